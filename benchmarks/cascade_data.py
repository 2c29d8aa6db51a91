"""Few-NERD and AnythingNER as samples labelled with paths of a tree."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.datasets import ROOT, Sentence, read_split, to_sample
from spacy_fewner.data.sampling import k_shot
from spacy_fewner.data.trees.file import read_tree
from spacy_fewner.data.trees.labels import relabel, to_tree, tree_from_labels
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.types import LabelSpec, Sample, Schema

NAMES = ("fewnerd", "anythingner")
SHOTS = 5
HELD_OUT = 1 / 3  # of the fine types, for zero-shot


@dataclass(frozen=True)
class Task:
    """A few annotated texts, others to score on, and the tree whose leaves label both."""

    tree: LabelTree
    train: list[Sample]
    test: list[Sample]


def load(name: str, seed: int, test_size: int | None) -> Task:
    """5 examples a type, drawn from the training part; all of the test part, or a drawn part of it.

    AnythingNER has fewer than 5 of some types.
    """
    folder, path = {
        "fewnerd": ("fewnerd_inter36", ROOT / "benchmarks/fewnerd_tree.yaml"),
        "anythingner": ("anythingner_example", ROOT / "assets/anythingner/schema.yaml"),
    }[name]
    tree = read_tree(path)
    train, test = (_samples(read_split(folder, split), name, tree) for split in ("train", "test"))
    texts = {sample.text for sample in test}
    pool = [sample for sample in train if sample.text not in texts]
    few = k_shot(pool, SHOTS, seed, strict=False)
    if test_size is not None:
        test = random.Random(0).sample(test, min(test_size, len(test)))
    return Task(tree, list(few), test)


def _samples(sentences: Sequence[Sentence], name: str, tree: LabelTree) -> list[Sample]:
    samples = [_once(to_sample(one)) for one in sentences]
    if name == "anythingner":
        return to_tree(samples, tree)
    labels = sorted({span.label for sample in samples for span in sample.spans})
    return relabel(samples, tree_from_labels(labels, "-").paths)


def _once(sample: Sample) -> Sample:
    """AnythingNER has some spans under two labels: the first counts, here and for all systems."""
    spans = {(span.start, span.end): span for span in sample.spans[::-1]}
    return replace(sample, spans=tuple(spans.values())[::-1])


def held_out_types(tree: LabelTree, seed: int) -> set[str]:
    """A third of the leaves, spread over the parents, each of which keeps one; catch-alls stay,
    since they mean nothing by themselves."""
    rng, chosen = random.Random(seed), set[str]()
    wanted = round(HELD_OUT * len(tree.leaves))
    free = {
        parent: rng.sample(plain, len(plain))
        for parent in sorted({str(tree.parent(leaf)) for leaf in tree.leaves})
        if (plain := _plain_leaves(tree, parent))
    }
    while len(chosen) < wanted and any(map(_spare, free.values())):
        # From where most are left, so that no parent loses all it has.
        parent = max(free, key=lambda one: (_spare(free[one]), one))
        chosen.add(free[parent].pop())
    return chosen


def _plain_leaves(tree: LabelTree, parent: str) -> list[str]:
    leaves = [one for one in tree.children(parent) if tree.is_leaf(one)] if parent in tree else []
    return [leaf for leaf in leaves if leaf not in tree.catch_alls]


def _spare(left: list[str]) -> int:
    """How many may still go."""
    return len(left) - 1


def without_types(samples: Sequence[Sample], types: set[str]) -> list[Sample]:
    """The samples without spans of these types."""
    return [replace(s, spans=tuple(x for x in s.spans if x.label not in types)) for s in samples]


def names_only(tree: LabelTree) -> LabelTree:
    return _described(tree, {path: "" for path in tree})


def shuffled(tree: LabelTree, seed: int) -> LabelTree:
    """Every leaf with the definition of another one, anywhere in the tree."""
    leaves = list(tree.leaves)
    others = random.Random(seed).sample(leaves, len(leaves))
    turned = dict(zip(others, [*others[1:], others[0]], strict=True))
    told = {path: tree[turned.get(path, path)].description for path in tree}
    return _described(tree, told)


def _described(tree: LabelTree, descriptions: dict[str, str]) -> LabelTree:
    labels = tuple(LabelSpec(path, descriptions[path]) for path in tree)
    return LabelTree(Schema(labels), tree.catch_alls)
