"""What `fit` was given, as all its steps see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..corpus.checking.extended_gold import with_extended, without_extensions
from ..types import Sample, Schema
from .classes.head import ClassHead
from .heads import Head
from .measuring.span_head import SpanHead
from .training.settings import FitSettings


@dataclass(frozen=True)
class Task:
    """What is trained on and how.

    samples: gold. dev: empty for cross-validation. synthetic: to be used if it helps.
    extended: gold with extension spans, as far as it has some, to take its place if that helps;
        empty if there are none.
    schema: the label scheme, if one was given. held_out: name -> samples of test sets.
    start: from where training begins and why, for people; empty while that is not known.
    way: how classes are trained and why, for people. notes: what was left out, and why.
    """

    samples: list[Sample]
    dev: list[Sample]
    synthetic: list[Sample]
    settings: FitSettings
    nested: bool
    extended: list[Sample] = field(default_factory=list)
    schema: Schema | None = None
    held_out: Mapping[str, Sequence[Sample]] = field(default_factory=dict)
    start: str = ""
    way: str = ""
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> list[str]:
        """Of spans, those that are predicted."""
        return sorted({span.label for sample in self.samples for span in sample.targets})

    def mixed_in(self, synthetic: Sequence[Sample], extended: bool) -> list[Sample]:
        """Synthetic texts as they go beside gold with or without its extension spans: where those
        were dropped, these have none either."""
        dropped = bool(self.extended) and not extended
        return without_extensions(synthetic) if dropped else list(synthetic)

    @property
    def heads(self) -> tuple[Head, ...]:
        """What is predicted."""
        spans, classes = self.settings.predicts_spans, self.settings.classes
        return (
            *([SpanHead(self.labels, self.nested)] if spans else []),
            *([ClassHead.of(classes)] if classes else []),
        )


def with_made(task: Task, made: Sequence[Sample]) -> Task:
    """The task with what a language model made: new texts, and gold texts with extension spans."""
    extended, others = with_extended(task.samples, made)
    changed = len(others) < len(made)
    return replace(task, synthetic=others, extended=extended if changed else [])
