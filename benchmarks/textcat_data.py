"""Data sets of classes for the benchmark: samples of k a class, a dev and a test part each."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks.datasets import data_folder
from spacy_fewner.types import LabelSpec

NAMES = ("trec", "ag_news", "atis_intent", "dbpedia14")
SHOTS = (5, 10)
DEV, TEST = 500, 2000  # texts at most, drawn with seed 0
LABELS = Path(__file__).parent / "textcat_labels.jsonl"
JOINED = "#"  # of ATIS, two intents of one text


class Labelled(NamedTuple):
    """A text, and the classes of which each is right for it."""

    text: str
    right: tuple[str, ...]


@dataclass(frozen=True)
class Shots:
    """What a system is trained on and judged by.

    train: texts with one class each. held_out: texts to be classified.
    """

    name: str
    k: int
    seed: int
    train: tuple[tuple[str, str], ...]
    held_out: tuple[Labelled, ...]

    @property
    def classes(self) -> list[str]:
        return sorted({label for _, label in self.train})

    def accuracy(self, predicted: list[str]) -> float:
        """Of a text with two intents either is right."""
        right = [p in one.right for p, one in zip(predicted, self.held_out, strict=True)]
        return sum(right) / len(right)


def shots(name: str, k: int, seed: int, part: str = "test") -> Shots:
    """k texts of each class, or all where there are fewer; part: "dev" or "test".

    No text of the sample stands in dev or test, and none has two classes. TREC has no dev set: its
    is drawn from the training set.
    """
    pool, dev, test = _parts(name)
    order = random.Random(seed).sample(pool, len(pool))
    taken: Counter[str] = Counter()
    train = []
    for text, label in order:
        if taken[label] < k:
            taken[label] += 1
            train.append((text, label))
    return Shots(name, k, seed, tuple(train), tuple(dev if part == "dev" else test))


def meanings(name: str) -> dict[str, LabelSpec]:
    """What the classes of a data set mean, in our words."""
    rows = (json.loads(line) for line in LABELS.read_text(encoding="utf8").splitlines())
    return {
        row["id"]: LabelSpec(row["id"], row["description"], synonyms=(row["name"],))
        for row in rows
        if row["dataset"] == name
    }


@cache
def _parts(name: str) -> tuple[list[tuple[str, str]], list[Labelled], list[Labelled]]:
    train, test = _read(name, "train"), _read(name, "test")
    known = {one.text for one in test}
    pool = {one.text: one.right[0] for one in reversed(train) if len(one.right) == 1}
    texts = [(t, pool[t]) for t in dict.fromkeys(one.text for one in train) if t in pool]
    texts = [(text, label) for text, label in texts if text not in known]
    dev = _dev(name, texts)
    own = {one.text for one in dev}
    texts = [(text, label) for text, label in texts if text not in own]
    return texts, dev, test if len(test) <= TEST else random.Random(0).sample(test, TEST)


def _dev(name: str, texts: list[tuple[str, str]]) -> list[Labelled]:
    if (data_folder() / name / "dev.jsonl").is_file():
        return random.Random(0).sample(_read(name, "dev"), DEV)
    return [Labelled(text, (label,)) for text, label in random.Random(0).sample(texts, DEV)]


def _read(name: str, part: str) -> list[Labelled]:
    path = data_folder() / name / f"{part}.jsonl"
    rows = (json.loads(line) for line in path.read_text(encoding="utf8").splitlines())
    return [Labelled(row["text"], _classes(row["cats"])) for row in rows]


def _classes(cats: str) -> tuple[str, ...]:
    return tuple(cats.replace("atis_", "").split(JOINED))
