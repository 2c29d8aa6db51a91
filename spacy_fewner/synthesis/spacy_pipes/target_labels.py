"""The target labels as configs name them."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...data.config_keys import by_label
from ...errors import FewnerError
from ...types import LabelSpec, Schema


def declared(labels: Sequence[str], definitions: Mapping[str, str] | Sequence[Any]) -> Schema:
    """definitions: a mapping, or a list of [label, definition] for labels that cannot be keys.

    Raises FewnerError for a label twice, or for the definition of one that is not there.
    """
    definitions = by_label("label_definitions", definitions)
    for label in definitions:
        if label not in labels:
            rule, remedy = "must define labels of `labels`", "Add it to labels."
            raise FewnerError("label_definitions", rule, label, remedy)
    return Schema(tuple(LabelSpec(label, definitions.get(label, "")) for label in labels))
