"""Throughput of the LLM client, and 10,000 requests to a server that misbehaves on purpose.

OMP_NUM_THREADS=1 python benchmarks/llm_client.py
Prints tables and whether the goals are reached; writes them to --out, .md and .json.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT
from benchmarks.head_cell import run_apart
from benchmarks.llm_client_run import Part
from benchmarks.provenance import foot, provenance, table, verdict

STEADY = Part(requests=1000, concurrency=64, latency=0.2)
FAULTY = Part(requests=10_000, concurrency=64, latency=0.002, seed=0, timeout=2.0)
PASSES = 5
TIMES_IDEAL = 1.3
FLAT_MB = 20.0
TOKENS = 15  # a reply of tests/llm/server.py is billed so many

Measured = dict[str, Any]


def ideal(part: Part) -> float:
    return part.requests / part.concurrency * part.latency


def goals(steady: list[Measured], faulty: Measured) -> Iterator[str]:
    times = sorted(one["seconds"] / ideal(STEADY) for one in steady)
    name = f"1,000 requests of 200 ms, 64 at once, within {TIMES_IDEAL}x of the ideal time"
    shown = f"median {times[len(times) // 2]:.2f}x, slowest of {len(times)} {times[-1]:.2f}x"
    yield verdict(name, shown, times[len(times) // 2] <= TIMES_IDEAL)
    lost = FAULTY.requests - faulty["done"] + faulty["wrong"]
    yield verdict("faulty server: nothing lost or wrong", f"{lost} replies", lost == 0)
    twice = faulty["twice"] + faulty["tokens"] // TOKENS - FAULTY.requests
    yield verdict("nothing billed twice", f"{twice} replies", twice == 0)
    again = faulty["asked_again"] + faulty["again"]["wrong"]
    yield verdict("a second run asks for nothing", f"{again} requests", again == 0)
    growth = faulty["peak_mb"] - faulty["resident_mb"][0]
    name = f"memory after 1,000 replies to its peak: less than {FLAT_MB:.0f} MB more"
    yield verdict(name, f"{growth:.1f} MB", growth < FLAT_MB)


def steady_table(steady: list[Measured]) -> str:
    header = ["pass", "seconds", "x ideal", "CPU-s of the client", "at once", "second run, s"]
    rows = [
        [
            *(str(number), f"{one['seconds']:.2f}", f"{one['seconds'] / ideal(STEADY):.2f}"),
            *(f"{one['cpu']:.2f}", str(one["most_at_once"]), f"{one['again']['seconds']:.2f}"),
        ]
        for number, one in enumerate(steady, start=1)
    ]
    return table(header, rows)


def faults_table(faulty: Measured) -> str:
    counts = sorted(faulty["faults"].items(), key=lambda item: -item[1])
    return table(["fault", "times"], [[name, f"{count:,}"] for name, count in counts])


def page(steady: list[Measured], faulty: Measured, how: dict[str, str]) -> str:
    return "\n\n".join([*_intro(), "## Goals", "\n".join(goals(steady, faulty)),
                        "## Throughput", steady_table(steady),
                        "## A server that misbehaves", *_summary(faulty), faults_table(faulty),
                        "## How it was measured", foot(how)]) + "\n"  # fmt: skip


def _summary(faulty: Measured) -> Iterator[str]:
    yield _paragraph(
        f"""{faulty["done"]:,} replies in {faulty["seconds"]:.0f} s and {faulty["cpu"]:.0f} CPU-s
        of the client, from {faulty["attempts"]:,} attempts, of which {faulty["good"]:,} brought
        whole good replies; {faulty["lines"]:,} lines of the journal hold a reply. From the journal
        alone: {faulty["again"]["seconds"]:.1f} s."""
    )
    resident = ", ".join(f"{mb:.0f}" for mb in faulty["resident_mb"])
    blocks = ", ".join(f"{count / 1000:.0f}" for count in faulty["blocks"])
    yield _paragraph(
        f"""After each 1,000 replies: resident memory of the process, MB: {resident}; peak
        {faulty["peak_mb"]:.0f}. Thousands of small memory blocks that Python objects
        hold (two a reply are the journal's index): {blocks}."""
    )


def _intro() -> Iterator[str]:
    yield "# The LLM client: throughput and faults"
    libraries = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("httpx", "httpcore", "tenacity")
    )
    yield _paragraph(
        f"""The Client of spacy_fewner.llm with a journal on the disk (each reply is there before it
        is yielded) and OpenAIModel ({libraries}) ask tests/llm/server.py on loopback, a process of
        its own; client and server share the machine's cores with whatever else runs. Prompts of
        {STEADY.prompt_length:,} characters. Each row is a new process; its time begins before the
        first connection and includes the import of httpx."""
    )
    yield _paragraph(
        f"""Throughput: {STEADY.requests:,} requests of {1000 * STEADY.latency:.0f} ms,
        {STEADY.concurrency} at once; ideal: {ideal(STEADY):.2f} s. Faults: {FAULTY.requests:,}
        requests of {1000 * FAULTY.latency:.0f} ms to a server that misbehaves at random (seed
        {FAULTY.seed}) in up to three attempts of a request; answers over 1 MB are refused, and a
        whole attempt may take {FAULTY.timeout:.0f} s. Billed is what the server counts: the whole
        good replies that it sent to each request. Most of the time there goes to waiting for
        hanging and dripping answers to time out."""
    )


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/llm_client")
    parser.add_argument("--machine", default="", help="the machine in words")
    args = parser.parse_args()
    parts = [STEADY] * PASSES + [FAULTY]
    *steady, faulty = [
        run_apart("benchmarks.llm_client_run", json.dumps(asdict(part))) for part in parts
    ]
    how = provenance(args.machine)
    content = json.dumps({"steady": steady, "faulty": faulty, "how": how}, indent=1)
    args.out.with_suffix(".json").write_text(content + "\n", encoding="utf8")
    text = page(steady, faulty, how)
    args.out.with_suffix(".md").write_text(text, encoding="utf8")
    print(text)


if __name__ == "__main__":
    main()
