"""Examples with spans, with classes, or with both: what of them is for which."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...data.classes.labels import classes_of, classified
from ...errors import FewnerError
from ...types import Sample, Schema


@dataclass(frozen=True)
class Apart:
    """spans: the texts that were annotated for spans; none where no text of a file with classes has
    any. classes: those annotated for classes. A text may be in both. The schemas are those of the
    spans' labels and of the classes; None where none was given."""

    spans: Sequence[Sample]
    classes: Sequence[Sample]
    span_schema: Schema | None = None
    class_schema: Schema | None = None


def told_apart(samples: Sequence[Sample], schema: Schema | None = None) -> Apart:
    """schema: of spans' labels, of classes, or of both.

    Raises FewnerError where there are both and a label of the schema occurs as neither.
    """
    spans = [sample for sample in samples if sample.spans_annotated]
    classes = classified(samples)
    if classes and not any(sample.targets for sample in spans):
        spans = []
    if schema is None or not (spans and classes):
        return Apart(spans, classes, schema if spans else None, schema if classes else None)
    of_spans = {span.label for sample in spans for span in sample.targets}
    of_texts = set(classes_of(classes))
    if neither := [label for label in schema.ids if label not in of_spans | of_texts]:
        remedy = "Add an example of it, so that it is known whether it is of spans or of texts."
        rule = "must occur in examples that have both spans and classes"
        raise FewnerError("labels", rule, ", ".join(neither), remedy)
    return Apart(spans, classes, _only(schema, of_spans), _only(schema, of_texts))


def _only(schema: Schema, ids: set[str]) -> Schema:
    return Schema(tuple(label for label in schema if label.id in ids))
