"""Variants of the training recipe on sentences held out from training; nothing is scored on a test
file.

FEWNER_DATA=data python benchmarks/recipe.py --encoder minilm=PATH --data crossner_ai
One seed each. Finished trainings are kept in --out and not run again; the tables of all of them are
written beside it.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any
from unittest import mock

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.accuracy import named_path
from benchmarks.datasets import ROOT, Sentence, few_and_held_out, read_split, to_sample
from benchmarks.ours import RECIPE, predict
from benchmarks.peers.tune import folds
from benchmarks.provenance import foot, provenance, table
from benchmarks.scoring import scores
from benchmarks.store import Key, Store, recipe_hash, versions
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.spans.grid import loss

FOLDS, HELD_OUT = 3, 400
Fold = tuple[list[Sentence], list[Sentence]]  # trained on, scored on
FEWNER = "components.fewner.model"
OPTIMIZER = "training.optimizer"
VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "mean over word pieces, not maximum": {
        f"{FEWNER}.tok2vec.pooling": {"@layers": "reduce_mean.v1"}
    },
    "first word piece": {f"{FEWNER}.tok2vec.pooling": {"@layers": "reduce_first.v1"}},
    "constant learn rate": {
        f"{OPTIMIZER}.learn_rate": {"@schedules": "constant.v1", "rate": RECIPE["learn_rate"]}
    },
    "longer warm-up, 30 %": {"warmup": 0.3},
    "true spans weigh double": {"positives": 2.0},
    "encoder without its last layer": {"layers": -1},
    "swapped mentions in none": {"corpora.train.swap_mentions": 0.0},
    "weight decay 0.05": {f"{OPTIMIZER}.L2": 0.05},
    "no token loss": {f"{FEWNER}.token_loss": 0.0},
    "token loss weighs triple": {f"{FEWNER}.token_loss": 3.0},
}


def _crossner_folds() -> dict[str, Fold]:
    pairs = folds(read_split("crossner_ai", "train"), FOLDS)
    return {f"crossner_ai/train fold {i} of {FOLDS}": fold for i, fold in enumerate(pairs, 1)}


def _wnut_samples() -> dict[str, Fold]:
    dev = random.Random(0).sample(read_split("wnut17", "dev"), HELD_OUT)
    return {
        f"wnut17_5shot/train_{i}": (read_split("wnut17_5shot", f"train_{i}"), dev) for i in (0, 2)
    }


def _movie_samples() -> dict[str, Fold]:
    return {f"mit_movie_5/train {i}": few_and_held_out("mit_movie", 5, i, HELD_OUT) for i in (0, 1)}


DATA: dict[str, tuple[str, Callable[[], dict[str, Fold]]]] = {
    "crossner_ai": ("the held-out folds of crossner_ai's training sentences", _crossner_folds),
    "wnut17_5shot": (f"{HELD_OUT} sentences of WNUT-17's dev, samples 0 and 2", _wnut_samples),
    "mit_movie_5": (
        f"{HELD_OUT} sentences of MIT Movie's training file, samples 0 and 1",
        _movie_samples,
    ),
}


def measure(encoder: str, fold: Fold, variant: dict[str, Any]) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    cpu = time.process_time()
    train, held_out = fold
    with _encoder(encoder, variant.get("layers", 0)) as path, _loss(variant.get("positives", 1.0)):
        settings = FitSettings(encoder=path, nested=False, **RECIPE)
        config = training_config(settings, len(train), 0, nested=False)
        for name, value in variant.items():
            _set(config, name, value)
        nlp = train_pipeline(config, [to_sample(sentence) for sentence in train])
        found = predict(nlp, [sentence.tokens for sentence in held_out])
    cpu = time.process_time() - cpu
    return {**scores(held_out, found), "cpu_seconds": round(cpu, 1), "versions": versions()}


def _set(config: dict[str, Any], name: str, value: Any) -> None:
    if name == "warmup":
        rate = config["training"]["optimizer"]["learn_rate"]
        rate["warmup_steps"] = round(value * config["training"]["max_steps"])
    elif "." in name:
        *path, last = name.split(".")
        block = config
        for part in path:
            block = block[part]
        block[last] = value


@contextmanager
def _encoder(path: str, change: int) -> Iterator[str]:
    """The encoder, or a copy that reads this many layers fewer."""
    if not change:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "encoder"
        shutil.copytree(path, copy)
        config = json.loads((copy / "config.json").read_text("utf8"))
        config["num_hidden_layers"] += change
        (copy / "config.json").write_text(json.dumps(config), "utf8")
        yield str(copy)


@contextmanager
def _loss(positives: float) -> Iterator[None]:
    """The loss with the cells of gold spans weighed by so much."""
    plain: Callable[..., tuple[float, Any]] = loss.grid_loss

    def weighed(logits: Any, gold: Any, *rest: Any) -> tuple[float, Any]:
        value, gradient = plain(logits, gold, *rest)
        gradient[tuple(gold)] *= positives
        return value, gradient

    with mock.patch.object(loss, "grid_loss", plain if positives == 1.0 else weighed):
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--data", choices=DATA, default="crossner_ai")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/recipe.jsonl")
    args = parser.parse_args()
    store, (encoder, path) = Store(args.out), args.encoder
    pairs = DATA[args.data][1]()
    for name in args.variants:
        recipe = {**RECIPE, **VARIANTS[name]}
        for data, fold in pairs.items():
            key = Key(data, encoder, name, 0, recipe_hash(recipe))
            if key not in store:
                store.append(key, {"recipe": recipe, **measure(path, fold, VARIANTS[name])})
                print("done", name, data, flush=True)
    page = _page(store, provenance(args.machine))
    args.out.with_suffix(".md").write_text(page, encoding="utf8")
    print(page)


def _page(store: Store, how: dict[str, str]) -> str:
    found: dict[str, dict[str, list[dict[str, Any]]]] = {name: defaultdict(list) for name in DATA}
    for row in store.rows():
        found[row["key"].dataset.partition("/")[0]][_name(row)].append(row)
    lines = [
        "# Variants of the training recipe",
        "Strict F1 in percent; the threshold is the recipe's. One seed, so about ± 2 points of "
        "each mean are noise.",
    ]
    for name, variants in found.items():
        if variants:
            head = ["variant", "one by one", "mean", "CPU-s each"]
            lines += [f"On {DATA[name][0]}:", table(head, map(_line, variants.items()))]
    return "\n\n".join([*lines, foot(how)]) + "\n"


def _name(row: dict[str, Any]) -> str:
    """The variant; rows from before the recipe had a token loss say so."""
    name = str(row["key"].system)
    return name if "token_loss" in row["recipe"] else f"{name}, without token loss"


def _line(variant: tuple[str, Sequence[dict[str, Any]]]) -> list[str]:
    name, rows = variant
    f1 = [100 * row["f1"] for row in rows]
    shown = ", ".join(f"{one:.1f}" for one in f1)
    return [name, shown, f"{mean(f1):.1f}", f"{mean(row['cpu_seconds'] for row in rows):.0f}"]


if __name__ == "__main__":
    main()
