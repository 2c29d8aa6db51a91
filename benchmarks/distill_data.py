"""Texts of the distillation benchmark: CrossNER AI, AnythingNER with its tree, open annotations."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.cascade_data import load as load_tree
from benchmarks.datasets import data_folder, read_split, to_sample
from benchmarks.open import definitions, name_of
from spacy_fewner.data import read_samples
from spacy_fewner.data.trees.labels import to_tree
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.distill.rows.row_sets import RowSet, read_row_set
from spacy_fewner.pretraining.schemes import OpenLabel, read_scheme
from spacy_fewner.types import LabelSpec, Sample, Schema

CROSSNER = "crossner_ai"


@dataclass(frozen=True)
class Flat:
    """Texts to learn from, others to choose on, others to score on; labels are names in words."""

    schema: Schema
    train: list[Sample]
    dev: list[Sample]
    test: list[Sample]

    def row_set(self, samples: Sequence[Sample]) -> RowSet:
        return RowSet(CROSSNER, samples, self.schema)


@dataclass(frozen=True)
class InTree:
    """The same with labels of a tree."""

    tree: LabelTree
    train: list[Sample]
    dev: list[Sample]
    test: list[Sample]


def crossner(dev: int, test: int, more: int = 0) -> Flat:
    """The published 100 to learn from; so many of its dev and test sentences, drawn with seed 0.

    more: of the other dev sentences, to learn from besides.
    """
    train, dev_, test_ = (_named(split) for split in ("train", "dev", "test"))
    labels = sorted({span.label for one in test_ for span in one.spans})
    told = definitions(CROSSNER)
    schema = Schema(tuple(LabelSpec(label, told.get(label, "")) for label in labels))
    measured_on = drawn(dev_, dev)
    rest = [one for one in dev_ if one not in measured_on]
    return Flat(schema, [*train, *drawn(rest, more)], measured_on, drawn(test_, test))


def _named(split: str) -> list[Sample]:
    samples = [to_sample(one) for one in read_split(CROSSNER, split)]
    return [
        replace(one, spans=tuple(replace(s, label=name_of(s.label)) for s in one.spans))
        for one in samples
    ]


def anythingner(train: int, dev: int, test: int) -> InTree:
    """Sentences of the example file of AnythingNER with the paths of its 155 types; those of the
    test part are no sentences of CrossNER or of the train part."""
    task = load_tree("anythingner", 0, None)
    folder = data_folder() / "anythingner_example"
    texts = {one.text for one in task.test}
    own = {
        name: [one for one in _read(folder / f"{name}.jsonl", task.tree) if one.text not in texts]
        for name in ("train", "dev")
    }
    seen = {one.text for one in own["train"]}
    rest = [one for one in own["dev"] if one.text not in seen]
    return InTree(task.tree, drawn(own["train"], train), drawn(rest, dev), drawn(task.test, test))


def _read(path: Path, tree: LabelTree) -> list[Sample]:
    once = [replace(one, spans=_first_label(one)) for one in read_samples(path)]
    return to_tree([one for one in once if one.spans], tree)


def _first_label(sample: Sample):
    spans = {(span.start, span.end): span for span in sample.spans[::-1]}
    return tuple(spans.values())[::-1]


def open_annotations(size: int) -> RowSet:
    """Passages of the Pile with the open types that ChatGPT named (Pile-NER by way of SLIMER)."""
    one = read_row_set(data_folder() / "open" / "slimer_pile")
    whole = [sample for sample in one.samples if sample.spans]
    return replace(one, samples=drawn(whole, size))


def open_labels() -> Mapping[str, OpenLabel]:
    """What the types of `open_annotations` mean, as the span model takes it."""
    return read_scheme(data_folder() / "open" / "slimer_pile").labels


def drawn(samples: Sequence[Sample], size: int) -> list[Sample]:
    """At most so many, at random with seed 0, in their order."""
    if len(samples) <= size:
        return list(samples)
    chosen = random.Random(0).sample(range(len(samples)), size)
    return [samples[at] for at in sorted(chosen)]
