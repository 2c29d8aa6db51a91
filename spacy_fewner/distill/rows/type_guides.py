"""What is said of a type in code rows: its definition, its fields, examples of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...discovery.collect import records, text_of
from ...synthesis.induction.leaves import NAMING
from ...types import PATH_SEPARATOR, Sample
from .instances import SPAN, Instance, Value, instances_of, is_structured, listed
from .row_sets import RowSet

GUIDELINES = "guidelines"  # in meta: [{"name", "definition", "fields": [{"name", "definition"}]}]
MOST_EXAMPLES = 10  # of a type, of which rows show a few


@dataclass(frozen=True, slots=True)
class FieldGuide:
    """name: in words. path: label of its values, of which examples are. holds: "" for a string,
    else the label of the type whose instances it has. many: whether it has a list of them."""

    name: str
    path: str
    definition: str = ""
    holds: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class TypeGuide:
    """definitions: one or more ways to say what it means, the best first; none if nobody said."""

    label: str
    definitions: tuple[str, ...]
    fields: tuple[FieldGuide, ...]


@dataclass(frozen=True)
class Guides:
    """Of one data set."""

    rows: RowSet

    @cached_property
    def is_structured(self) -> bool:
        """Whether its types have fields, as those of GuideX."""
        return any(map(is_structured, self.rows.samples))

    @cached_property
    def types(self) -> tuple[str, ...]:
        """All labels, but for those of fields."""
        labels = self.rows.labels
        if not self.is_structured:
            return tuple(labels)
        own = (label for label in labels if PATH_SEPARATOR not in label)
        return tuple(dict.fromkeys([*own, *self._said, *(label for label, _ in self._holds)]))

    @cached_property
    def counts(self) -> Counter[str]:
        """Mentions by type."""
        counts = self.rows.counts
        return Counter({label: counts[label] for label in self.types})

    def of(self, label: str, passage: Sample, instances: Sequence[Instance] = ()) -> TypeGuide:
        """With the fields that the passage's own document says, else those that the first does that
        says some, and those that its instances have."""
        if not self.is_structured:
            return TypeGuide(label, self._definitions(label), (FieldGuide(SPAN, label),))
        own = (one for one in _guidelines(passage) if one["name"] == label)
        record = next((one for said in (own, self._said.get(label, ())) for one in said), None)
        named = dict(_pairs(record.get("fields") if record else None))
        values = self._all_values if record is None else _values(instances)
        used = {name: "" for kind, name, _ in values if kind == label}
        fields = tuple(self._field(label, *one) for one in {**used, **named}.items())
        return TypeGuide(label, self._definitions(label), fields or (FieldGuide(SPAN, label),))

    def said_of(self, passage: Sample) -> list[str]:
        """The types that the passage's own document defines."""
        return [one["name"] for one in _guidelines(passage)] if self.is_structured else []

    def examples(self, path: str) -> tuple[str, ...]:
        """Those of the schema, then the most frequent strings of the data."""
        known = self.rows.labels.get(path)
        found = self._strings.get(path, Counter())
        frequent = sorted(found, key=lambda one: (-found[one], one))
        return tuple(dict.fromkeys([*(known.examples if known else ()), *frequent]))[:MOST_EXAMPLES]

    def _definitions(self, label: str) -> tuple[str, ...]:
        """That of the schema, its paraphrases, and what documents say."""
        known = self.rows.labels.get(label)
        said = [text_of(one, "definition") for one in self._said.get(label, ())]
        texts = [known.description if known else "", *self.rows.paraphrases.get(label, ()), *said]
        return tuple(dict.fromkeys(" ".join(one.split()) for one in texts if one.strip()))

    def _field(self, label: str, name: str, definition: str) -> FieldGuide:
        holds = self._holds.get((label, name), Counter())
        most = holds.most_common(1)[0][0] if holds else ("", False)
        path = label if name in NAMING else label + PATH_SEPARATOR + name
        return FieldGuide(name, path, definition, *most)

    @cached_property
    def _said(self) -> dict[str, list[Mapping[str, Any]]]:
        """What documents say of each type."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for sample in self.rows.samples:
            for record in _guidelines(sample):
                found.setdefault(record["name"], []).append(record)
        return found

    @cached_property
    def _all_values(self) -> list[tuple[str, str, Value]]:
        return [one for sample in self.rows.samples for one in _values(instances_of(sample))]

    @cached_property
    def _holds(self) -> dict[tuple[str, str], Counter[tuple[str, bool]]]:
        """Of each field (label of what it holds, whether in lists), how often."""
        found: dict[tuple[str, str], Counter[tuple[str, bool]]] = defaultdict(Counter)
        for label, name, value in self._all_values:
            held = next((one.label for one in listed(value) if isinstance(one, Instance)), "")
            found[label, name][held, isinstance(value, tuple)] += 1
        return dict(found)

    @cached_property
    def _strings(self) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for sample in self.rows.samples:
            for span in sample.targets:
                found[span.label][" ".join(span.surface(sample.text).split())] += 1
        return dict(found)


def _guidelines(sample: Sample) -> list[Mapping[str, Any]]:
    return [one for one in records(sample.meta.get(GUIDELINES)) if text_of(one, "name")]


def _pairs(fields: Any) -> Iterator[tuple[str, str]]:
    for one in records(fields):
        if name := text_of(one, "name"):
            yield name, text_of(one, "definition")


def _values(instances: Sequence[Instance]) -> Iterator[tuple[str, str, Value]]:
    """(label of the type, field, value) of each value, of nested instances too."""
    for instance in instances:
        for name, value in instance.values.items():
            yield instance.label, name, value
        yield from _values(list(instance.inner()))
