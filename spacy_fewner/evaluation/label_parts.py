"""Labels in parts that are scored apart: catch-alls, seen in training or not."""

from collections.abc import Collection, Iterable, Sequence

from ..data.trees.paths import name
from ..discovery.type_labels import is_catch_all, plain_key
from ..errors import FewnerError
from ..spans.open.texts import names_of
from ..types import LabelSpec

ALL, OTHERS, CATCH_ALLS = "all labels", "without catch-alls", "catch-alls"
SEEN, UNSEEN = "seen names", "unseen names"


def label_parts(
    labels: Sequence[LabelSpec],
    leave_out: Collection[str] | None = None,
    seen: Iterable[str] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Ids of the labels in each part, the parts in the order to show; none is empty.

    leave_out: ids of catch-alls; None for those whose name says no more than "other" or "misc".
    seen: names of labels that a model was trained on, None if nobody knows. A label is seen if its
        name or one of its synonyms is among them, but for case, punctuation and number. Catch-alls
        are neither.
    Raises FewnerError for what is to be left out and is no label.
    """
    ids = tuple(label.id for label in labels)
    caught = _caught(ids, leave_out)
    parts = {ALL: ids}
    if caught:
        parts |= {OTHERS: tuple(one for one in ids if one not in caught), CATCH_ALLS: caught}
    if seen is not None:
        known = set(map(plain_key, seen))
        told = [one for one in labels if one.id not in caught]
        old = tuple(one.id for one in told if known & set(map(plain_key, names_of(one))))
        parts |= {SEEN: old, UNSEEN: tuple(one.id for one in told if one.id not in old)}
    return {part: own for part, own in parts.items() if own}


def _caught(ids: Sequence[str], leave_out: Collection[str] | None) -> tuple[str, ...]:
    if leave_out is None:
        return tuple(one for one in ids if is_catch_all(name(one)))
    for unknown in (one for one in leave_out if one not in ids):
        remedy = f"Name some of {', '.join(ids)}."
        raise FewnerError("leave_out", "must be labels that are scored", unknown, remedy)
    return tuple(one for one in ids if one in leave_out)
