"""How far the number that `fit` shows is from the score on a test set.

FEWNER_DATA=data python benchmarks/headline.py
Per data set: the headline of three folds, as `fit` had it, and of as many as it now takes; and the
score of the model trained on all examples on 600 test sentences, with the thresholds of either. One
seed. Finished data sets are kept in --out and not run again; the table is written beside it.
This measures the report, and chooses nothing.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT, load, read_split, to_sample
from benchmarks.provenance import foot, provenance, table
from benchmarks.store import Key, Store, recipe_hash, versions
from spacy_fewner.corpus.checking.sample_checks import is_nested
from spacy_fewner.data import read_samples
from spacy_fewner.evaluation.aggregate import aggregate_folds
from spacy_fewner.fitting.heads import honest
from spacy_fewner.fitting.measuring.span_head import SpanHead
from spacy_fewner.fitting.measuring.validation import (
    HeldOut,
    choose_thresholds,
    predict_candidates,
    run_split,
    splits,
)
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.types import Sample

TESTED = 600
EARLIER_FOLDS = 3
Data = tuple[list[Sample], list[Sample]]


def organ() -> Data:
    train, test = (read_samples(ROOT / f"assets/organ/{name}.jsonl") for name in ("train", "test"))
    return list(train), list(test)


def published(name: str, limit: int | None = None) -> Data:
    train, test = load(name, 0)
    return list(map(to_sample, train[:limit])), list(map(to_sample, test))


def mit_movie(shots: int) -> Data:
    train, test = load("mit_movie", 0, shots)
    return list(map(to_sample, train)), list(map(to_sample, test))


def wnut(split: int) -> Data:
    train, test = (read_split("wnut17_5shot", part) for part in (f"train_{split}", "test"))
    return list(map(to_sample, train)), list(map(to_sample, test))


SETS: dict[str, Callable[[], Data]] = {
    "organ": organ,
    "WNUT-17 5-shot 0": lambda: wnut(0),
    "MIT Movie k=5": lambda: mit_movie(5),
    "CrossNER AI": lambda: published("crossner_ai"),
    "WNUT-17 5-shot 1": lambda: wnut(1),
    "MIT Movie k=10": lambda: mit_movie(10),
    "WNUT-17 5-shot 2": lambda: wnut(2),
    "CrossNER literature": lambda: published("crossner_literature"),
    "CrossNER politics, 100": lambda: published("crossner_politics", 100),
}


def measure(train: list[Sample], test: list[Sample]) -> dict[str, Any]:
    nested = is_nested(train)
    tested = random.Random(0).sample(test, min(TESTED, len(test)))
    settings = FitSettings(start="scratch")
    config = training_config(settings, len(train), settings.seed, nested)
    nlp = train_pipeline(config, train)
    final = HeldOut(0, len(train), 0, tested, predict_candidates(nlp, tested))
    ways = {"before": replace(settings, folds=EARLIER_FOLDS), "after": settings}
    rows = {name: _headline(train, final, way, nested) for name, way in ways.items()}
    return {"texts": len(train), "tested": len(tested), **rows, "versions": versions()}


def _headline(
    train: list[Sample], final: HeldOut, settings: FitSettings, nested: bool
) -> dict[str, Any]:
    labels = sorted({span.label for sample in train for span in sample.targets})
    cpu = time.process_time()
    found = [run_split(split, settings, nested) for split in splits(train, [], settings)]
    cpu = time.process_time() - cpu
    scores = aggregate_folds(honest(SpanHead(labels, nested), found).scores).micro.f
    tested = final.score(choose_thresholds(found, labels, nested), nested, labels).micro.f
    trained_on = mean(one.n_train for one in found)
    return {
        "folds": len(found),
        "trained_on": trained_on,
        "headline": scores.mean,
        "sd": scores.sd,
        "test": tested,
        "cpu_seconds": round(cpu),
    }


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/headline.jsonl")
    args = parser.parse_args()
    torch.set_num_threads(1)
    store = Store(args.out)
    for name in args.sets:
        key = Key(name, "auto", "fewner", 0, recipe_hash({"earlier_folds": EARLIER_FOLDS}))
        if key not in store:
            store.append(key, measure(*SETS[name]()))
            print("done", name, flush=True)
    text = page(list(store.rows()), provenance(args.machine))
    args.out.with_suffix(".md").write_text(text, encoding="utf8")
    print(text)


def page(rows: Sequence[dict[str, Any]], how: dict[str, str]) -> str:
    header = ["data set", "texts", "before", "test", "off by", "after", "test", "off by", "CPU-s"]
    lines = [
        "# The number that `fit` shows, and the score on a test set",
        "Strict span F1 in percent, one seed, all-MiniLM-L6-v2. Before: three folds. After: as "
        "many as the time of three folds and a learning curve allows; in brackets the folds, and "
        "the texts that each model was trained on. Test: the model trained on all texts, with the "
        f"thresholds of those folds, on up to {TESTED} test sentences drawn once. CPU-s: of all "
        "folds, before and after.",
        table(header, map(_line, rows)),
        *map(_mean_line, ("before", "after"), [rows, rows]),
        foot(how),
    ]
    return "\n\n".join(lines) + "\n"


def _line(row: dict[str, Any]) -> list[str]:
    cells = [row["key"].dataset, str(row["texts"])]
    for name in ("before", "after"):
        one = row[name]
        shown = f"{100 * one['headline']:.1f} ({one['folds']} x {one['trained_on']:.0f})"
        cells += [shown, f"{100 * one['test']:.1f}", f"{_off(one):+.1f}"]
    return [*cells, f"{row['before']['cpu_seconds']}, {row['after']['cpu_seconds']}"]


def _off(one: dict[str, Any]) -> float:
    """Points that the headline lies above the test score."""
    return 100 * (one["headline"] - one["test"])


def _mean_line(name: str, rows: Sequence[dict[str, Any]]) -> str:
    off = [_off(row[name]) for row in rows]
    return (
        f"{name}: {mean(map(abs, off)):.1f} points from the test score on average, "
        f"{mean(off):+.1f} with the sign."
    )


if __name__ == "__main__":
    main()
