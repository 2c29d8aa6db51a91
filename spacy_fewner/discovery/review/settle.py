"""What the entries of a review say together: where each label goes, and what labels there are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...data.trees import paths
from ...errors import FewnerError
from ...types import LabelSpec, Schema
from ..type_labels import field_of, type_of
from .ends import Ends
from .entries import Review
from .places import Place, Places


@dataclass(frozen=True)
class Settled:
    """A review carried out.

    labels: of the annotations -> the new label, None for those that go.
    schema: the new labels, each type before its fields, in the order of the review.
    renamed, merged: what was called so -> its label now. dropped: what is no more.
    """

    labels: dict[str, str | None]
    schema: Schema
    renamed: dict[str, str]
    merged: dict[str, str]
    dropped: tuple[str, ...]


def settle(review: Review) -> Settled:
    """Carry out the edits.

    A type that is merged takes its fields along; those that are called as a field of the other
    become one with it. Fields of a dropped type go with it, but for those that are merged
    elsewhere.
    What an entry was called that is merged, and its synonyms, are synonyms of the other, unless
    they are names or synonyms of a third label as well.
    Raises FewnerError, naming the entry, for two entries with one name, a label in two entries,
    `merge_into` that names no entry, a dropped one or the entry itself, or leads in a circle, a
    type with fields merged into a field, a field kept of a type that is dropped, and if no entry is
    left.
    """
    places = Places(review)
    ends = Ends(places)
    found = _as_one([(place, ends.path(place)) for place in places])
    kept = [(place, path) for place, path in found if path is not None]
    if not kept:
        remedy = "Keep one entry."
        raise FewnerError(review.where, "must keep a type", "none that is not dropped", remedy)
    return Settled(
        {label: path for place, path in found for label in place.entry.labels},
        Schema(tuple(_unambiguous(_specs(kept)))),
        _renamed(kept),
        {place.label: path for place, path in kept if place.entry.merge_into},
        tuple(place.label for place, path in found if path is None),
    )


def _as_one(found: Iterable[tuple[Place, str | None]]) -> list[tuple[Place, str | None]]:
    """With one spelling of labels that differ in case and punctuation only, as fields of two merged
    types may: that of the entry that stays, or else of the first."""
    given = list(found)
    spelling: dict[tuple[str, ...], str] = {}
    for _, path in sorted(given, key=lambda one: one[0].label != one[1]):
        if path is not None:
            spelling.setdefault(_key(path), path)
    return [(place, None if path is None else spelling[_key(path)]) for place, path in given]


def _key(path: str) -> tuple[str, ...]:
    return tuple(map(paths.key, paths.parts(path)))


def _specs(kept: Iterable[tuple[Place, str]]) -> list[LabelSpec]:
    """One of each label, types with their fields behind them. An entry that has the label's name
    says what it means and where it stands, before those that became it."""
    by_path: defaultdict[str, list[tuple[bool, int, Place]]] = defaultdict(list)
    for number, (place, path) in enumerate(kept):
        by_path[path].append((place.label != path, number, place))
    several = {path: sorted(found, key=lambda one: one[:2]) for path, found in by_path.items()}
    numbers = {path: found[0][1] for path, found in several.items()}
    order = sorted(
        several, key=lambda path: (numbers[type_of(path)], bool(field_of(path)), numbers[path])
    )
    return [_spec(path, [place for _, _, place in several[path]]) for path in order]


def _spec(path: str, places: list[Place]) -> LabelSpec:
    definitions = (one.entry.definition for one in places if one.entry.definition)
    called = [name for one in places for name in (one.entry.name, *one.entry.synonyms)]
    return LabelSpec(path, next(definitions, ""), synonyms=tuple(dict.fromkeys(called)))


def _unambiguous(specs: list[LabelSpec]) -> list[LabelSpec]:
    """Without synonyms that would stand for two labels."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for spec in specs:
        for called in (spec.id, spec.name, *spec.synonyms):
            owners[paths.key(called)].add(spec.id)
    return [
        replace(spec, synonyms=tuple(one for one in spec.synonyms if _is_own(one, spec, owners)))
        for spec in specs
    ]


def _is_own(synonym: str, spec: LabelSpec, owners: dict[str, set[str]]) -> bool:
    key = paths.key(synonym)
    return owners[key] == {spec.id} and key != paths.key(spec.name)


def _renamed(kept: Iterable[tuple[Place, str]]) -> dict[str, str]:
    """Entries that are called as none of their labels is."""
    found = {}
    for place, path in kept:
        labels = place.entry.labels
        names = [field_of(label) or label for label in labels]
        if labels and not place.entry.merge_into and place.entry.name not in names:
            found[labels[0]] = path
    return found
