"""`annotate`: rate and memory over many texts, kill -9 in the middle, one very long text.

OMP_NUM_THREADS=1 python benchmarks/annotate.py [--model PIPELINE] [--texts 1000000]
Prints a page and whether the goals are reached; writes it to --out, .md and .json. --model: a
trained pipeline whose rate is measured too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.annotate_runs import (
    command,
    in_its_own_process,
    killed,
    make_pipeline,
    make_texts,
    watched,
)
from benchmarks.datasets import ROOT
from benchmarks.provenance import foot, provenance, table, verdict

KILLS, LONGEST = 20, 1.0  # how often, and at most how many seconds after a step forward
TOKENS = (10_000, 100_000, 1_000_000)
GROWTH, LINEAR = 1.1, 1.3  # goals: memory from 10 % to 100 %; cost a token, long against short
EMBEDDED = ROOT / "assets/organ/unlabelled.jsonl"


def measured(folder: Path, texts: int, kill_texts: int, model: str | None) -> dict[str, Any]:
    """All numbers, as JSON."""
    pipeline = make_pipeline(folder / "pipeline")
    given = make_texts(folder / "texts.jsonl", texts)
    found: dict[str, Any] = {"many": _run(pipeline, given, folder / "a.jsonl", texts)}
    print(found, file=sys.stderr, flush=True)
    found["killed"] = _killed(pipeline, folder, kill_texts)
    print(found["killed"], file=sys.stderr, flush=True)
    found["start"] = _run(pipeline, make_texts(folder / "1.jsonl", 1), folder / "1", 1)["cpu"]
    found["long"] = {str(n): _long(pipeline, folder, n) for n in TOKENS}
    if model:
        rows = EMBEDDED.read_text("utf8").splitlines()
        path = folder / "organ.jsonl"
        path.write_text("\n".join(rows * (2000 // len(rows) + 1)) + "\n", "utf8")
        count = len(rows) * (2000 // len(rows) + 1)
        found["model"] = _run(model, path, folder / "m.jsonl", count, "--batch-size", "64")
    return found


def _run(model: Path | str, given: Path, out: Path, texts: int, *options: str) -> dict[str, Any]:
    work = out.with_name(out.name + ".unfinished")
    return watched(command(model, given, out, *options), work, texts)


def _killed(pipeline: Path, folder: Path, texts: int) -> dict[str, Any]:
    given = make_texts(folder / "killed.jsonl", texts)
    whole, out = folder / "whole.jsonl", folder / "cut.jsonl"
    _run(pipeline, given, whole, texts)
    work = out.with_name(out.name + ".unfinished")
    at = killed(command(pipeline, given, out), work, KILLS, LONGEST)
    return {"texts": texts, "at": at, "same": whole.read_bytes() == out.read_bytes()}


def _long(pipeline: Path, folder: Path, tokens: int) -> dict[str, float]:
    given = make_texts(folder / f"{tokens}.jsonl", 1, tokens)
    return in_its_own_process(pipeline, given, folder / f"{tokens}.out.jsonl")


def page(found: dict[str, Any], how: dict[str, str]) -> str:
    """Markdown."""
    peaks = found["many"]["peaks"]
    parts = [
        "# annotate: many texts, kill -9, one very long text",
        "\n".join(goals(found)),
        "## Many texts",
        table(
            ["texts", "a second", "a CPU second", *(f"MB at {share}" for share in peaks)],
            [_many(found["many"], found["start"])],
        ),
        *_model(found),
        "## One text",
        table(["tokens", "CPU seconds", "µs a token", "MB", "KB a token"], _long_rows(found)),
        "In a process that has annotated another text before.",
        f"## kill -9, {len(found['killed']['at'])} times in one run",
        "Texts confirmed at each: " + ", ".join(f"{n:,}" for n in found["killed"]["at"]) + ".",
        "## How it was measured",
        "Blank English pipeline with an entity ruler, rows of 12 words of which one is in no other "
        "row, JSONL to JSONL, one process of the command line, watched from another. The rate is "
        "by the clock, from the first chunk that is confirmed to the end, and says what else the "
        "machine did; CPU seconds are without those of a run of one short text. Peaks are VmHWM, "
        "so far, with all that spaCy imports where torch is installed.",
        foot(how),
    ]
    return "\n\n".join(parts) + "\n"


def _many(run: dict[str, Any], start: float) -> list[str]:
    peaks = [f"{mb:,.0f}" for mb in run["peaks"].values()]
    each = f"{run['texts'] / (run['cpu'] - start):,.0f}"
    return [f"{run['texts']:,}", f"{run['rate']:,.0f}", each, *peaks]


def _model(found: dict[str, Any]) -> Iterator[str]:
    if run := found.get("model"):
        each = run["texts"] / (run["cpu"] - found["start"])
        yield "## A trained pipeline"
        yield f"{run['texts']:,} texts, {run['rate']:,.0f} a second, {each:,.0f} a CPU second."


def _long_rows(found: dict[str, Any]) -> Iterator[list[str]]:
    for name, run in found["long"].items():
        n, seconds, mb = int(name), run["seconds"], run["mb"]
        each = [f"{1e6 * seconds / n:.1f}", f"{mb:,.0f}", f"{1024 * mb / n:.2f}"]
        yield [f"{n:,}", f"{seconds:.2f}", *each]


def goals(found: dict[str, Any]) -> Iterator[str]:
    """What the numbers are held against."""
    peaks = found["many"]["peaks"]
    growth = peaks["100%"] / peaks["10%"]
    name = f"memory at 100 % of the texts at most {GROWTH} times that at 10 %"
    yield verdict(name, f"{growth:.2f}", growth <= GROWTH)
    cut = found["killed"]
    name = f"byte-identical after {KILLS} times kill -9"
    yield verdict(name, "yes" if cut["same"] else "NO", cut["same"] and len(cut["at"]) == KILLS)
    few, many = (found["long"][str(n)] for n in TOKENS[1:])
    for what, unit in (("time", "seconds"), ("memory", "mb")):
        ratio = many[unit] / few[unit] / 10
        name = f"{what} a token of a text of 1,000,000 against 100,000, at most {LINEAR}"
        yield verdict(name, f"{ratio:.2f}", ratio <= LINEAR)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--kill-texts", type=int, default=600_000)
    parser.add_argument("--model")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/annotate.md")
    parser.add_argument("--machine", default="", help="the machine in words")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), args.texts, args.kill_texts, args.model)
    args.out.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", "utf8")
    said = page(found, provenance(args.machine))
    args.out.write_text(said, "utf8")
    print(said)


if __name__ == "__main__":
    main()
