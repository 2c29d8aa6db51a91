"""What texts are written of: a class, or classes that texts have together; and how many of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...data.classes.labels import chosen, classified, held
from ...errors import FewnerError
from ...types import LabelSpec, Sample, Schema


@dataclass(frozen=True)
class Group:
    """The classes of a text, one or several, in the order of the schema; seeds: texts with these
    and no others, none for a class that only a definition says."""

    ids: tuple[str, ...]
    seeds: tuple[Sample, ...] = ()


def schema_of(samples: Iterable[Sample]) -> Schema:
    """The classes that hold of any text, sorted."""
    ids = {label for sample in samples for label in held(sample)}
    return Schema(tuple(map(LabelSpec, sorted(ids))))


def groups_of(seeds: Iterable[Sample], schema: Schema) -> list[Group]:
    """What occurs together in the seeds, and each class of the schema that does not occur.

    In the order of the schema. Texts of none of the classes are of no group. Raises FewnerError for
    a class that the schema lacks, and for one with neither an example nor a description.
    """
    places = {label: place for place, label in enumerate(schema.ids)}
    found: defaultdict[tuple[str, ...], list[Sample]] = defaultdict(list)
    for seed in classified(seeds):
        classes = chosen(seed)
        _check_known(classes, schema, seed)
        if classes:
            found[tuple(sorted(classes, key=places.__getitem__))].append(seed)
    occurring = {label for ids in found for label in ids}
    for label in schema:
        if label.id not in occurring:
            _check_defined(label)
            found[label.id,] = []
    ordered = sorted(found, key=lambda ids: [places[label] for label in ids])
    return [Group(ids, tuple(found[ids])) for ids in ordered]


def shares(groups: Sequence[Group], size: int) -> dict[tuple[str, ...], int]:
    """How many texts of each group, by its ids, to write, so that classes come level.

    The class with the fewest texts, written ones included, is next, and of its groups the one that
    was written least often for how often it occurs.
    """
    texts = Counter({label: 0 for group in groups for label in group.ids})
    for group in groups:
        texts.update(dict.fromkeys(group.ids, len(group.seeds)))
    having: defaultdict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for label in group.ids:
            having[label].append(number)
    wanted = [0] * len(groups)
    for _ in range(size):
        fewest = min(texts, key=texts.__getitem__)
        number = min(having[fewest], key=lambda n: (wanted[n] + 1) / (len(groups[n].seeds) or 1))
        wanted[number] += 1
        texts.update(groups[number].ids)
    return {group.ids: count for group, count in zip(groups, wanted, strict=True)}


def _check_known(classes: Sequence[str], schema: Schema, seed: Sample) -> None:
    unknown = [label for label in classes if label not in schema]
    if unknown:
        remedy = "Add it to the classes, or correct the example."
        where = f"{unknown[0]!r} of {seed.text[:60]!r}"
        raise FewnerError("schema", "must have the classes of the examples", where, remedy)


def _check_defined(label: LabelSpec) -> None:
    if not label.description.strip():
        raise FewnerError(
            "schema",
            "a class needs an example or a description",
            f"{label.id}, which has neither",
            "Add a text of it, or say in the schema file what it means.",
        )


def by_class(groups: Iterable[Group]) -> Mapping[str, list[Sample]]:
    """The seeds of each class, on its own or with others."""
    seeds: defaultdict[str, list[Sample]] = defaultdict(list)
    for group in groups:
        for label in group.ids:
            seeds[label] += group.seeds
    return seeds
