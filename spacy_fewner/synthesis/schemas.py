"""The target labels as configs name them, or as samples have them."""

from collections.abc import Iterable, Mapping, Sequence

from ..errors import FewnerError
from ..types import LabelSpec, Sample, Schema
from .extend import PREFIX


def declared(labels: Sequence[str], definitions: Mapping[str, str]) -> Schema:
    """Raises FewnerError for a label twice, or for the definition of one that is not there."""
    for label in definitions:
        if label not in labels:
            rule, remedy = "must define labels of `labels`", "Add it to labels."
            raise FewnerError("label_definitions", rule, label, remedy)
    return Schema(tuple(LabelSpec(label, definitions.get(label, "")) for label in labels))


def found(samples: Iterable[Sample]) -> Schema:
    """The labels of the samples' spans but for extensions, sorted."""
    schema = Schema.from_samples(samples)
    return Schema(tuple(label for label in schema if not label.id.startswith(PREFIX)))
