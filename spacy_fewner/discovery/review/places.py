"""Entries of a review where they stand, and found by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...data.trees import paths
from ...errors import FewnerError
from ...types import PATH_SEPARATOR
from .entries import Entry, Review


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An entry, and of a field the type that it stands under."""

    entry: Entry
    above: "Place | None" = None

    @property
    def label(self) -> str:
        """By the names that stand in the review."""
        above = None if self.above is None else self.above.entry.name
        return paths.child(above, self.entry.name)

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for entries that would be one label."""
        return tuple(map(paths.key, paths.parts(self.label)))

    def error(self, rule: str, value: str, remedy: str) -> FewnerError:
        return FewnerError(self.entry.where, rule, value, remedy)


class Places:
    """All entries, each type before its fields.

    Raises FewnerError for two entries with one name, unless one is dropped or merged, and for a
    label that two entries have.
    """

    def __init__(self, review: Review):
        self._all = list(_places(review.entries))
        self._by_key: dict[tuple[str, ...], list[Place]] = {}
        for place in self:
            self._by_key.setdefault(place.key, []).append(place)
        for same in self._by_key.values():
            _check_names(same)
        self._check_labels()

    def __iter__(self) -> Iterator[Place]:
        return iter(self._all)

    def target(self, place: Place) -> Place:
        """The entry that `merge_into` names: of a field a field of the same type, if there is one.

        Raises FewnerError if it is none, or the entry itself.
        """
        names = paths.parts(place.entry.merge_into)
        key = tuple(paths.key(name) for name in names)
        keys = [(*place.above.key, *key)] if place.above and len(key) == 1 else []
        found = [one for wanted in (*keys, key) for one in self._by_key.get(wanted, ())]
        others = sorted((one for one in found if one is not place), key=_rank)
        if others:
            return others[0]
        if found:
            remedy = "Name another entry, or take the line out."
            raise place.error("no entry may be merged into itself", place.label, remedy)
        raise self._unknown(place)

    def field_of(self, kind: Place, name: str) -> Place | None:
        """The field of that name under a type that is not dropped."""
        same = self._by_key.get((*kind.key, paths.key(name)), [])
        return next((one for one in same if one.above is kind and not one.entry.drop), None)

    def _unknown(self, place: Place) -> FewnerError:
        near = paths.closest(
            place.entry.merge_into, [one.label for one in self if one is not place]
        )
        hint = f" It may be {' or '.join(map(repr, near))}." if near else ""
        rule = "merge_into must name an entry of the review"
        remedy = f"Correct the name, or add an entry of that name.{hint}"
        return place.error(rule, place.entry.merge_into, remedy)

    def _check_labels(self) -> None:
        owners: dict[str, Place] = {}
        for place in self:
            for label in place.entry.labels:
                other = owners.setdefault(label, place)
                if other is not place:
                    shown = f"{label!r}, which {other.entry.where} has too"
                    remedy = "Remove it from one of them."
                    raise place.error("a label must be in one entry only", shown, remedy)


def _places(entries: Iterable[Entry]) -> Iterator[Place]:
    for entry in entries:
        above = Place(entry)
        yield above
        yield from (Place(below, above) for below in entry.fields)


def _check_names(same: list[Place]) -> None:
    kept = [one for one in same if _rank(one) == 0]
    if len(kept) > 1:
        first, second = kept[:2]
        name = second.label.replace(PATH_SEPARATOR, " / ")
        shown = f"{name!r}, which {first.entry.where} has too"
        remedy = f"To make them one, add `merge_into: {first.label}` here; else rename one."
        raise second.error("two entries must differ in their names", shown, remedy)


def _rank(place: Place) -> int:
    """0 for an entry that stays, 1 for one that is merged, 2 for one that is dropped."""
    if place.entry.drop:
        return 2
    if place.entry.merge_into:
        return 1
    return 2 if place.above is not None and place.above.entry.drop else 0
