"""spaCy scorer of `doc.cats` that leaves out texts without annotation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np
from spacy.tokens import Doc
from spacy.training import Example

from ...data.classes.labels import holding
from ..scores import PRF
from ..thresholds import Thresholds
from .decide import decider
from .scores import ClassScores, class_scores


def make_class_scorer() -> Callable[..., dict[str, Any]]:
    """Registered as `spacy-fewner.ClassScorer.v1`: scores of the classes that `fewner_textcat`
    chooses, by its labels and thresholds.

    The keys are those of spaCy's own with the same meaning: `cats_micro_p`, `_r`, `_f` and
    `cats_macro_p`, `_r`, `_f` in [0, 1], `cats_f_per_type`, `cats_score` with `cats_score_desc`;
    and `cats_accuracy`, the share of texts with all classes right and none besides. `cats_score` is
    accuracy of exclusive classes, else micro F1. All are None where no text is annotated.

    Unlike spaCy's (ours): a text whose reference has no `cats` is left out, though something was
    predicted; a class that an annotated reference does not name does not hold; and classes hold by
    the component's thresholds, of each class its own.
    """
    return score_classes


def score_classes(
    examples: Iterable[Example],
    *,
    labels: Sequence[str] = (),
    exclusive: bool = True,
    threshold: float = 0.0,
    label_thresholds: Mapping[str, float] | None = None,
    **_cfg: Any,
) -> dict[str, Any]:
    """`_cfg` takes what else spaCy passes to every scorer."""
    annotated = [eg for eg in examples if eg.reference.cats]
    if not annotated:
        return dict.fromkeys(_keys(class_scores([], []), exclusive))
    gold = [held_of(eg.reference) for eg in annotated]
    classes = list(dict.fromkeys([*labels, *sorted(set().union(*gold))]))
    thresholds = Thresholds(threshold, dict(label_thresholds or {}))
    given = [[eg.predicted.cats.get(label, 0.0) for label in labels] for eg in annotated]
    rows = np.array(given, dtype="float64").reshape(len(annotated), len(labels))
    predicted = decider(labels, exclusive)(rows, thresholds)
    return _keys(class_scores(gold, predicted, classes), exclusive)


def held_of(doc: Doc) -> set[str]:
    """The classes that hold for a reference."""
    return set(holding(doc.cats))


def _keys(scores: ClassScores, exclusive: bool) -> dict[str, Any]:
    rows = list(scores.per_label.values()) or [PRF()]
    return {
        "cats_score": scores.accuracy if exclusive else scores.micro.f,
        "cats_score_desc": "accuracy" if exclusive else "micro F",
        "cats_accuracy": scores.accuracy,
        **{f"cats_micro_{name}": getattr(scores.micro, name) for name in "prf"},
        **{f"cats_macro_{name}": fmean(getattr(row, name) for row in rows) for name in "prf"},
        "cats_f_per_type": {
            label: {"p": row.p, "r": row.r, "f": row.f} for label, row in scores.per_label.items()
        },
    }
