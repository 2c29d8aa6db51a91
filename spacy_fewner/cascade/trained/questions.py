"""Which label is to be told from which others when the classifier trains.

A gold path asks one question a level: which child of the parent is it?
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from ...data.trees import paths
from ...data.trees.tree import LabelTree


@dataclass(frozen=True)
class Questions:
    """Q questions about S spans over L labels.

    labels: paths of the L labels that are options of any question.
    spans: (Q,) which span. gold: (Q,) which label is right. options: (Q, L) of bool.
    """

    labels: list[str]
    spans: np.ndarray
    gold: np.ndarray
    options: np.ndarray


def ask(
    gold: Sequence[str],
    tree: LabelTree,
    max_labels: int,
    drop_distractors: float,
    rng: np.random.Generator,
    known: Container[str] | None = None,
) -> Questions:
    """The questions of spans with these gold paths, all in the tree.

    max_labels: how many labels a batch may read; wrong options are drawn to fit, right ones stay
        even if they alone are more.
    drop_distractors: probability that a wrong option is left out.
    known: the labels that may be wrong options; all if not given.
    Spans of a batch share their options. Questions with one option are not asked.
    """
    asked = [
        (span, paths.parent(step), step)
        for span, path in enumerate(gold)
        for step in paths.lineage(path)
    ]
    right = dict.fromkeys(step for _, _, step in asked)
    parents = dict.fromkeys(parent for _, parent, _ in asked)
    siblings = [one for parent in parents for one in tree.children(parent) if one not in right]
    wrong = [one for one in siblings if known is None or one in known]
    kept = _draw(wrong, max_labels - len(right), drop_distractors, rng)
    labels = [*right, *kept]
    above = np.asarray([list(parents).index(paths.parent(label)) for label in labels], dtype=int)
    columns = {label: column for column, label in enumerate(labels)}
    groups = {parent: above == number for number, parent in enumerate(parents)}
    real = [one for one in asked if groups[one[1]].sum() > 1]
    return Questions(
        labels,
        np.asarray([span for span, _, _ in real], dtype=int),
        np.asarray([columns[step] for _, _, step in real], dtype=int),
        np.asarray([groups[parent] for _, parent, _ in real], dtype=bool).reshape(
            len(real), len(labels)
        ),
    )


def _draw(
    wrong: list[str], room: int, drop_distractors: float, rng: np.random.Generator
) -> list[str]:
    kept = [one for one in wrong if rng.random() >= drop_distractors]
    if len(kept) <= room:
        return kept
    chosen = sorted(rng.choice(len(kept), size=max(room, 0), replace=False))
    return [kept[at] for at in chosen]
