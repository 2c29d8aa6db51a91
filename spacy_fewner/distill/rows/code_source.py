"""A code row's Python: classes with guidelines, and the list of instances that is the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...prompts.render import Turn, render
from ...types import Sample
from .instances import Instance, Value
from .python_text import class_name, comment, docstring, field_name, free_name, literal
from .regularisers import Regularisers
from .type_guides import FieldGuide, Guides, TypeGuide

PROMPT = "code_task.v1"


@dataclass(frozen=True, slots=True)
class Code:
    """turns: of the task. answer: what completes it. classes: the label of each class by its name.
    fields: those of each class by their identifiers."""

    turns: Sequence[Turn]
    answer: str
    classes: dict[str, str]
    fields: dict[str, dict[str, FieldGuide]]


@dataclass(frozen=True)
class Source:
    """Writes rows of one data set."""

    guides: Guides
    changes: Regularisers

    def write(
        self,
        passage: Sample,
        types: Sequence[str],
        instances: Sequence[Instance],
        noise: float,
        rng: np.random.Generator,
    ) -> Code:
        """types: labels in the order of their classes. instances: of these types, and of no other.
        noise: chance that a class is called LABEL_i."""
        guides = [self.guides.of(label, passage, instances) for label in types]
        said = [self.changes.definition(guide, rng) for guide in guides]
        names = self._names(types, said, noise, rng)
        fields = {guide.label: _field_names(guide, names) for guide in guides}
        kinds = [
            {
                "name": names[guide.label],
                "docstring": docstring(text or f"{self.guides.rows.called_as(guide.label)}."),
                "fields": [
                    self._field(one, fields[guide.label][one.name], names, rng)
                    for one in guide.fields
                    if one.name in fields[guide.label]
                ],
            }
            for guide, text in zip(guides, said, strict=True)
        ]
        turns = render(PROMPT, kinds=kinds, text=literal(passage.text))
        classes = {name: label for label, name in names.items()}
        by_class = {names[one.label]: _by_identifier(one, fields[one.label]) for one in guides}
        return Code(turns, _answer(instances, names, fields), classes, by_class)

    def _names(
        self, types: Sequence[str], said: Sequence[str], noise: float, rng: np.random.Generator
    ) -> dict[str, str]:
        plain = [class_name(self.guides.rows.called_as(label)) for label in types]
        found = self.changes.names(plain, list(map(bool, said)), noise, rng)
        return dict(zip(types, found, strict=True))

    def _field(
        self, field: FieldGuide, name: str, names: Mapping[str, str], rng: np.random.Generator
    ) -> dict[str, Any]:
        kind = f'"{names[field.holds]}"' if field.holds else "str"
        shown = self.changes.shown(self.guides.examples(field.path), rng)
        such_as = f"Such as: {', '.join(map(literal, shown))}" if shown else ""
        said = comment(field.definition)
        said += "." if said and such_as and said[-1].isalnum() else ""
        said = " ".join(filter(None, (said, such_as)))
        return {"name": name, "type": f"List[{kind}]" if field.many else kind, "comment": said}


def _field_names(guide: TypeGuide, names: Mapping[str, str]) -> dict[str, str]:
    """The identifiers of a type's fields by their names in words; without those that hold types
    that are not asked about."""
    found: dict[str, str] = {}
    for field in guide.fields:
        if not field.holds or field.holds in names:
            found[field.name] = free_name(field_name(field.name), found.values())
    return found


def _by_identifier(guide: TypeGuide, identifiers: Mapping[str, str]) -> dict[str, FieldGuide]:
    return {identifiers[one.name]: one for one in guide.fields if one.name in identifiers}


def _answer(
    instances: Sequence[Instance],
    names: Mapping[str, str],
    fields: Mapping[str, Mapping[str, str]],
) -> str:
    lines = [f"    {_written(one, names, fields)},\n" for one in instances]
    return "".join(["[\n", *lines, "]"]) if lines else "[]"


def _written(
    value: Value, names: Mapping[str, str], fields: Mapping[str, Mapping[str, str]]
) -> str:
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, tuple):
        return f"[{', '.join(_written(one, names, fields) for one in value)}]"
    own = fields[value.label]
    given = [
        f"{own[name]}={_written(one, names, fields)}"
        for name, one in value.values.items()
        if name in own
    ]
    return f"{names[value.label]}({', '.join(given)})"
