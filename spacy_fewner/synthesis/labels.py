"""Labels as prompts show them and as replies give them back."""

import re
from collections import Counter

from ..errors import FewnerError
from ..grounding.normal import fold
from ..types import Schema

_OTHER = re.compile(r"[\W_]+")


class LabelNames:
    """The names of a schema's labels.

    A label is shown by its name, the last part of its path, or by its whole id where two labels
    share the name. It is read back by name, id or declared synonym, whatever the case, spaces and
    punctuation; a synonym that is another label's name, or two labels' synonym, means nothing.
    Raises FewnerError for a schema without labels, or with ids that differ in case or punctuation
    only.
    """

    def __init__(self, schema: Schema):
        if not len(schema):
            raise FewnerError(
                "schema", "must have labels", "none", "Give labels, or seeds with spans."
            )
        counts = Counter(_key(label.name) for label in schema)
        self._shown = {
            label.id: label.name if counts[_key(label.name)] == 1 else label.id for label in schema
        }
        self.schema = schema
        self._ids = _names(schema, self._shown)
        for synonym, label_id in _synonyms(schema):
            self._ids.setdefault(synonym, label_id)

    def show(self, label_id: str) -> str:
        """What prompts call the label; an id that the schema lacks stands for itself."""
        return self._shown.get(label_id, label_id)

    def read(self, name: str) -> str | None:
        """The id of the label that a reply names, None if there is no such."""
        return self._ids.get(_key(name))

    def listed(self) -> list[dict[str, str]]:
        """Name and description of each label, for a prompt's list."""
        return [
            {"name": self._shown[label.id], "description": label.description}
            for label in self.schema
        ]


def _key(name: str) -> str:
    return _OTHER.sub(" ", fold(name)).strip() or name


def _names(schema: Schema, shown: dict[str, str]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for label in schema:
        for name in (shown[label.id], label.id):
            other = ids.setdefault(_key(name), label.id)
            if other != label.id:
                raise FewnerError(
                    "schema",
                    "labels must differ in more than case and punctuation",
                    f"{other!r} and {label.id!r}",
                    "Rename one of them.",
                )
    return ids


def _synonyms(schema: Schema) -> list[tuple[str, str]]:
    claimed = {(_key(synonym), label.id) for label in schema for synonym in label.synonyms}
    counts = Counter(key for key, _ in claimed)
    return sorted((key, label_id) for key, label_id in claimed if counts[key] == 1)
