"""One measurement: train a system, predict, score, and count the seconds."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import device
from benchmarks.datasets import Sentence, digest
from benchmarks.scoring import scores
from benchmarks.store import Key, Store, recipe_hash, versions

# Each module offers train_and_predict(train, test_tokens, encoder_path, seed, **recipe).
SYSTEMS = {
    "fewner": "benchmarks.ours",
    "fewner_open": "benchmarks.ours_open",
    "fewner_text": "benchmarks.ours_text",
    "bio": "benchmarks.peers.bio",
    "spacy_ner": "benchmarks.peers.spacy_ner",
    "spacy_spancat": "benchmarks.peers.spacy_spancat",
    "span_marker": "benchmarks.peers.span_marker",
}
RECIPES = Path(__file__).parent / "peers" / "recipes.json"


def recipe_of(system: str, encoder: str) -> dict[str, Any]:
    """The recipe in use: of the peers what tuning chose, of ours the module's RECIPE."""
    if system.startswith("fewner"):
        return dict(getattr(importlib.import_module(SYSTEMS[system]), "RECIPE", {}))
    chosen = json.loads(RECIPES.read_text(encoding="utf8"))[system]
    return {**chosen["default"], **chosen.get(encoder, {})}


def run_missing(
    store: Store,
    key: Key,
    sentences: tuple[Sequence[Sentence], Sequence[Sentence]],
    encoder_path: str,
    recipe: dict[str, Any],
    say: Callable[[str], None] = print,
) -> None:
    """Measure the cell unless the store has it."""
    name = f"{key.dataset} {key.encoder} {key.system} seed {key.seed} {json.dumps(recipe)}"
    if key in store:
        say(f"have {name}")
        return
    measured = measure(key.system, *sentences, encoder_path, key.seed, recipe)
    store.append(key, {"recipe": recipe, **measured})
    say(f"F1 {100 * measured['f1']:.1f} in {measured['cpu_seconds']:.0f} CPU-s: {name}")


def measure(
    system: str,
    train: Sequence[Sentence],
    test: Sequence[Sentence],
    encoder_path: str,
    seed: int,
    recipe: dict[str, Any],
) -> dict[str, Any]:
    """Scores of one run with its costs; gold labels are hidden from the system."""
    module = importlib.import_module(SYSTEMS[system])
    tokens = [sentence.tokens for sentence in test]
    cpu, wall = time.process_time(), time.monotonic()
    predicted = module.train_and_predict(train, tokens, encoder_path, seed, **recipe)
    return {
        **scores(test, predicted),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "wall_seconds": round(time.monotonic() - wall, 1),
        "train_digest": digest(train),
        "train_sentences": len(train),
        "test_sentences": len(test),
        "device": device.name(),
        "versions": versions(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def key_of(dataset: str, encoder: str, system: str, seed: int, recipe: dict[str, Any]) -> Key:
    return Key(dataset, encoder, system, seed, recipe_hash(recipe))
