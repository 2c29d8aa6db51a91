"""The time of a cascade over 155 leaves beside that of `fewner` alone, in one run.

FEWNER_DATA=data python benchmarks/cascade_speed.py --encoder minilm=PATH
Pipelines are trained for a few steps only: time does not depend on how good they are, but on how
many spans are found, so the extraction's threshold is set to let through as many as gold has.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.accuracy import named_path
from benchmarks.cascade_data import load
from benchmarks.cascade_systems import BATCH, settings_for
from benchmarks.datasets import ROOT
from benchmarks.provenance import foot, provenance, table, verdict
from spacy_fewner.data import samples_to_docs
from spacy_fewner.fitting.training.cascade_config import CascadeSettings, cascade_config
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.types import Sample

RESULTS = ROOT / "benchmarks/results/cascade_speed.json"
GOAL = 1.5
STEPS = 20
SOME = 150  # texts that the threshold is set on


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    name, path = args.encoder
    measured = measure(path, args.repeats)
    how = provenance(args.machine)
    args.out.write_text(json.dumps({"encoder": name, **measured, **how}, indent=1) + "\n")
    text = page(name, measured, how)
    args.out.with_suffix(".md").write_text(text, encoding="utf8")
    print(text)


def measure(path: str, repeats: int) -> dict[str, Any]:
    """Median CPU-seconds of each way over the same texts; the ways take turns."""
    import torch

    torch.set_num_threads(1)
    task = load("anythingner", 0, None)
    texts = [*task.train, *task.test]
    gold = sum(len(sample.spans) for sample in texts)
    ways: dict[str, tuple[Any, list[str]]] = {}
    for way, shared in (("shared encoder", True), ("two encoders", False)):
        nlp = _pipeline(task, path, shared)
        _let_through(nlp, texts[:SOME])
        ways[way] = (nlp, [])
        if not shared:
            ways["fewner alone"] = (nlp, ["fewner_cascade"])
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    spans: dict[str, int] = {}
    for _ in range(repeats):
        for way, (nlp, disabled) in ways.items():
            spent, spans[way] = _run(nlp, disabled, texts)
            seconds[way].append(round(spent, 3))
    words = sum(len(sample.tokens or ()) for sample in texts)
    return {
        "texts": len(texts),
        "words": words,
        "gold_spans": gold,
        "leaves": len(task.tree.leaves),
        "spans": spans,
        "cpu_seconds": seconds,
    }


def _pipeline(task: Any, path: str, shared: bool) -> Any:
    how = CascadeSettings(shared=shared, threshold=0.0)
    config = cascade_config(settings_for(path), how, task.tree, len(task.train), 0, nested=False)
    config["training"]["max_steps"] = config["training"]["eval_frequency"] = STEPS
    return train_pipeline(config, task.train)


def _let_through(nlp: Any, texts: Sequence[Sample]) -> None:
    """Set the extraction's threshold so that about as many spans are found as gold has."""
    wanted = sum(len(sample.spans) for sample in texts)
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        nlp.get_pipe("fewner").cfg["threshold"] = middle
        _, found = _run(nlp, ["fewner_cascade"], texts)
        low, high = (middle, high) if found > wanted else (low, middle)


def _run(nlp: Any, disabled: Sequence[str], texts: Sequence[Sample]) -> tuple[float, int]:
    docs, _ = samples_to_docs(texts, nlp, "none")
    with nlp.select_pipes(disable=list(disabled)):
        begun = time.process_time()
        found = sum(len(doc.spans["sc"]) for doc in nlp.pipe(docs, batch_size=BATCH))
        return time.process_time() - begun, found


def page(encoder: str, measured: dict[str, Any], how: dict[str, str]) -> str:
    alone = median(measured["cpu_seconds"]["fewner alone"])
    rows = [
        [
            way,
            f"{median(seconds):.2f}",
            f"{measured['words'] / median(seconds):,.0f}",
            f"{median(seconds) / alone:.2f}",
            str(measured["spans"][way]),
        ]
        for way, seconds in measured["cpu_seconds"].items()
    ]
    runs = len(measured["cpu_seconds"]["fewner alone"])
    ratio = median(measured["cpu_seconds"]["shared encoder"]) / alone
    lines = [
        f"# Time of a cascade over {measured['leaves']} leaves, {encoder}",
        table(["", "CPU-s", "words a CPU-s", "times fewner alone", "spans"], rows),
        verdict(f"at most {GOAL}x `fewner` alone, encoder shared", f"{ratio:.2f}x", ratio <= GOAL),
        f"{measured['texts']} texts of AnythingNER, {measured['words']} words, "
        f"{measured['gold_spans']} gold spans; median of {runs} runs in turn, one thread.",
        foot(how),
    ]
    return "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
