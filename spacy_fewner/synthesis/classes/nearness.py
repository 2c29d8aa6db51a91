"""Which classes are near one another: with examples and definitions alike (ours)."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from ...data.auditing.near import normalize, tokens
from ...data.trees.paths import is_within
from ...types import Sample, Schema
from ..retrieval.embed import Embed, unit_vectors

Nearest: TypeAlias = Mapping[str, Sequence[str]]
"""Class -> all others but those above and below it in a tree, the most like first."""

_NAME_PARTS = re.compile(r"[\W_]+")


def nearest(schema: Schema, seeds: Mapping[str, Sequence[Sample]], embed: Embed | None) -> Nearest:
    """By the cosine of the classes' mean vectors; those under the same parent come first.

    embed: of texts; None counts words, each divided by how many classes have it, which is the same
        on every machine. Of equally near ones the first of the schema comes first.
    """
    texts = {
        label.id: [f"{label.name} {label.description}", *(s.text for s in seeds.get(label.id, ()))]
        for label in schema
    }
    vectors = _means(texts, _shared_words(texts) if embed is None else embed)
    likeness = (vectors @ vectors.T).round(5)
    parents = [label.parent for label in schema]
    found = {}
    for place, label in enumerate(schema):
        kin = [bool(label.parent) and parent == label.parent for parent in parents]
        order = sorted(range(len(schema)), key=lambda n: (not kin[n], -likeness[place, n], n))
        found[label.id] = [schema.ids[n] for n in order if not _in_line(label.id, schema.ids[n])]
    return found


def _in_line(one: str, other: str) -> bool:
    """Whether they are the same class, or one is above the other in a tree."""
    return is_within(one, other) or is_within(other, one)


def _means(texts: Mapping[str, Sequence[str]], embed: Embed) -> np.ndarray:
    """(classes, d) of length 1 each; one vector a class."""
    vectors = unit_vectors(embed, [text for own in texts.values() for text in own])
    ends = np.cumsum([len(own) for own in texts.values()])
    means = np.stack([part.mean(0) for part in np.split(vectors, ends[:-1])])
    return unit_vectors(lambda _: means, list(texts))


def _shared_words(texts: Mapping[str, Sequence[str]]) -> Callable[[Sequence[str]], np.ndarray]:
    """Texts to counts of words; what few classes share counts most, what all have hardly at all."""
    having = Counter(
        word for own in texts.values() for word in {word for text in own for word in _words(text)}
    )
    places = {word: place for place, word in enumerate(sorted(having))}
    weights = np.array([1 / having[word] for word in places], dtype=np.float32)

    def counts(given: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(given), len(places)), dtype=np.float32)
        for row, text in zip(rows, given, strict=True):
            for word in _words(text):
                row[places[word]] += weights[places[word]]
        return rows

    return counts


def _words(text: str) -> list[str]:
    return tokens(normalize(_NAME_PARTS.sub(" ", text)))
