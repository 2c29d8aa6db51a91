"""What `fit` says of itself, and what comes of it: the way of training, the headline, calibration.

FEWNER_DATA=data python benchmarks/textcat_fit.py --encoder minilm=PATH [--datasets trec ag_news]
Ten examples a class, seed 0, five folds. Expected calibration error on the test part, as trained
(temperature 1) and with the temperature that `fit` picked on held-out examples. Writes
results/textcat_fit.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import spacy

from benchmarks.accuracy import named_path
from benchmarks.datasets import ROOT
from benchmarks.textcat_data import NAMES, Shots, meanings, shots
from spacy_fewner import fit
from spacy_fewner.evaluation.classes.calibration import calibration_error
from spacy_fewner.textcat.component import TextClassifier, textcat_of
from spacy_fewner.types import Sample, Schema

OUT = ROOT / "benchmarks/results/textcat_fit.json"
K, SEED, FOLDS = 10, 0, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--datasets", nargs="+", choices=NAMES, default=("trec", "ag_news"))
    told = parser.parse_args()
    found = {name: measured(shots(name, K, SEED), told.encoder[1]) for name in told.datasets}
    OUT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf8")
    print(json.dumps(found, indent=2))


def measured(task: Shots, encoder: str) -> dict[str, Any]:
    known = meanings(task.name)
    scheme = Schema(tuple(known[label] for label in task.classes))
    samples = [Sample(text, cats={label: 1.0}) for text, label in task.train]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        said = fit(samples, out, labels=scheme, encoder=encoder, folds=FOLDS, progress=False)
        nlp = spacy.load(out / "model")
    pipe = textcat_of(nlp)
    fitted = pipe.temperature
    return {
        "headline": said.summary().splitlines()[0],
        "way": next(one for one in said.summary().splitlines() if one.startswith("way: ")),
        "seconds": said.seconds,
        "temperature": fitted,
        "test_accuracy": task.accuracy(_classes(nlp, pipe, task)),
        "error_as_trained": _error(nlp, pipe, task, 1.0),
        "error_as_saved": _error(nlp, pipe, task, fitted),
    }


def _classes(nlp: Any, pipe: TextClassifier, task: Shots) -> list[str]:
    return [pipe.chosen(doc)[0] for doc in nlp.pipe(one.text for one in task.held_out)]


def _error(nlp: Any, pipe: TextClassifier, task: Shots, temperature: float) -> float:
    import numpy as np

    pipe.temperature = temperature
    said, right = [], []
    for one, doc in zip(task.held_out, nlp.pipe(o.text for o in task.held_out), strict=True):
        best = max(doc.cats, key=lambda label: doc.cats[label])
        said.append(doc.cats[best])
        right.append(best in one.right)
    return calibration_error(np.asarray(said), np.asarray(right, dtype=float))


if __name__ == "__main__":
    main()
