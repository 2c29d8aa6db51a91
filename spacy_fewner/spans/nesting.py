"""Which labels may lie in themselves: a span in a wider one of the same label. Ours."""

from collections.abc import Collection, Iterable
from typing import Any, Literal, get_args

from ..errors import FewnerError

Nesting = Literal["any", "learnt"]


def nesting(argument: str, value: Any) -> Nesting:
    """The value; FewnerError unless it is one of the two."""
    for known in get_args(Nesting):
        if value == known:
            return known
    known = ", ".join(get_args(Nesting))
    raise FewnerError(argument, f"must be one of {known}", value, "Choose one.")


def self_nested(places: Iterable[tuple[int, int, str]]) -> set[str]:
    """Labels of which one span of a text lies in another.

    places: (start, end, label) of the text's spans, in any order; the same one twice is one.
    """
    found: set[str] = set()
    furthest: dict[str, int] = {}  # end of the spans of a label so far, none of which starts later
    for _, end, label in sorted(set(places), key=lambda place: (place[0], -place[1])):
        if end <= furthest.get(label, -1):
            found.add(label)
        furthest[label] = max(end, furthest.get(label, -1))
    return found


def never_in_itself(
    rule: Nesting, labels: Iterable[str], seen: Collection[str] | None
) -> frozenset[str]:
    """The labels that may not lie in themselves.

    seen: those that did in the training data; None if that is not known, as of a pipeline that was
        trained before it was looked at.
    """
    if rule == "any" or seen is None:
        return frozenset()
    return frozenset(labels) - frozenset(seen)
