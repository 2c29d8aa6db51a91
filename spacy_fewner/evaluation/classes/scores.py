"""Accuracy, precision, recall and F1 of the classes of texts."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias

from ...data.trees import paths
from ...types import CharSpan
from ..scores import PRF, SpanScores, check_parallel, span_strict

ClassSets: TypeAlias = Sequence[Collection[str]]
"""The classes that hold for each text."""

SCORER = "classes"


@dataclass(frozen=True)
class ClassScores(SpanScores):
    """What was right of the classes of texts; `labels` are the classes.

    exact: texts with all classes right and none besides.
    """

    exact: int = 0

    @property
    def accuracy(self) -> float:
        """Share of texts with all classes right and none besides, in [0, 1]."""
        return self.exact / self.docs if self.docs else 0.0

    @property
    def macro_f(self) -> float:
        """Mean F1 of the classes that occur, in gold or as predicted."""
        found = [prf.f for prf in self.per_label.values() if prf.tp + prf.fp + prf.fn]
        return fmean(found) if found else 0.0


def class_scores(
    gold: ClassSets, predicted: ClassSets, classes: Iterable[str] | None = None
) -> ClassScores:
    """Compare the classes of texts; texts that are not annotated are to be left out before.

    classes: to be scored; all that occur if None. Errors: FewnerError if the lists differ in
    length.
    """
    check_parallel(gold=gold, predicted=predicted)
    wanted = sorted(set().union(*gold, *predicted)) if classes is None else list(classes)
    found = span_strict(as_spans(gold), as_spans(predicted), wanted)
    only = set(wanted)
    exact = sum(set(g) & only == set(p) & only for g, p in zip(gold, predicted, strict=True))
    return ClassScores(found.micro, found.per_label, found.labels, SCORER, found.docs, exact)


def pool_classes(parts: Sequence[ClassScores]) -> ClassScores:
    """The counts of disjoint sets of texts added up, such as the folds of one run."""
    labels = tuple(dict.fromkeys(label for part in parts for label in part.labels))
    per_label = {
        label: sum((part.per_label.get(label, PRF()) for part in parts), PRF()) for label in labels
    }
    micro = sum((part.micro for part in parts), PRF())
    docs, exact = sum(part.docs for part in parts), sum(part.exact for part in parts)
    return ClassScores(micro, per_label, labels, SCORER, docs, exact)


def as_spans(texts: ClassSets) -> list[list[CharSpan]]:
    """Each class as a span of the whole text, for what is made for spans."""
    return [[CharSpan(0, 1, label) for label in classes] for classes in texts]


def confusions(gold: ClassSets, predicted: ClassSets) -> Counter[tuple[str, str]]:
    """How often a class was predicted in place of another; "" stands for none.

    In a text with several classes, each missed one with each that is wrong.
    """
    check_parallel(gold=gold, predicted=predicted)
    found: Counter[tuple[str, str]] = Counter()
    for right, said in zip(gold, predicted, strict=True):
        missed, wrong = sorted(set(right) - set(said)), sorted(set(said) - set(right))
        if missed or wrong:
            found.update((g, p) for g in missed or [""] for p in wrong or [""])
    return found


def level_class_scores(
    gold: ClassSets, predicted: ClassSets, classes: Iterable[str] | None = None
) -> Iterator[tuple[int, ClassScores]]:
    """Of classes that are paths, the scores of each level, 1 the top; nothing if none is.

    A class that stays above a level does not count there; what is deeper counts as what it is
    below. classes: those of the data set; all that occur if None.
    """
    known = set(classes if classes is not None else set().union(*gold, *predicted))
    depth = max(map(paths.depth, known), default=0)
    for level in range(1, depth + 1) if depth > 1 else ():
        of_level = sorted(_cut(known, level))
        right, said = ([_cut(one, level) for one in side] for side in (gold, predicted))
        yield level, class_scores(right, said, of_level)


def _cut(classes: Collection[str], level: int) -> set[str]:
    return {paths.prefix(label, level) for label in classes if paths.depth(label) >= level}
