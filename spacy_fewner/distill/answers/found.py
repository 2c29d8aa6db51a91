"""What answers about the passages of one text say together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...data.passages import Piece, count_tokens, passages
from ...errors import FewnerError
from ...grounding.mentions import Mention, ground
from ...llm.replies.parsed import Problem
from ...synthesis.pieces import moved
from ...synthesis.provenance import inherited
from ...synthesis.stage import Outcome
from ...types import CharSpan, Reject, Sample, Schema, is_extension


class Found:
    """In a text so far.

    answers: that could be read. ungrounded: label and string of each that is not in the text.
    left_out: label, reason and detail of answers, or parts of them, that could not be read.
    """

    def __init__(self) -> None:
        self.answers = 0
        self.spans: list[CharSpan] = []
        self.ungrounded: list[list[str]] = []
        self.left_out: list[list[str]] = []

    def take(self, text: str, start: int, mentions: Sequence[Mention], *, ordered: bool) -> None:
        """An answer about the passage that starts there. ordered: whether its mentions are in the
        order of the text; else each string has its label wherever it stands."""
        self.answers += 1
        found = ground(text, mentions, ordered=ordered, purpose="inference")
        self.spans += [moved(span, start) for span in found.spans]
        self.ungrounded += [[one.mention.label, one.mention.surface] for one in found.failures]

    def leave_out(self, label: str, problem: Problem) -> None:
        self.left_out.append([label, problem.reason, problem.detail])

    def outcome(self, sample: Sample, stage: str, flat: bool, **meta: Any) -> Outcome:
        """The sample with these spans and its own `ext/` ones; a reject if no answer was of use.
        flat: of spans that overlap, only the longest."""
        if self.left_out and not self.answers:
            _, reason, detail = self.left_out[0]
            return Reject(reason, detail, stage, sample.text)
        told = {"ungrounded": self.ungrounded, "left_out": self.left_out, **meta}
        spans = _longest(self.spans) if flat else tuple(sorted(set(self.spans)))
        own = {**inherited(sample), **{key: value for key, value in told.items() if value}}
        return replace(sample, spans=(*spans, *_kept(sample)), meta=own)


def check_labels(schema: Schema) -> None:
    """Raises FewnerError for a schema without labels."""
    if not len(schema):
        rule, remedy = "must name a type to ask for", "Say what to find."
        raise FewnerError("labels", rule, "none", remedy)


def without_spans(sample: Sample, **meta: Any) -> Sample:
    """What a text gets that is not asked about: there is nothing in it."""
    return replace(sample, spans=_kept(sample), meta={**inherited(sample), **meta})


def parts_of(text: str, max_tokens: int) -> list[Piece]:
    """The passages that are asked about, as rows are cut; none of a blank text."""
    whole = bool(text.strip()) and count_tokens(text) <= max_tokens
    return [(0, len(text))] if whole else passages(text, max_tokens)


def _longest(spans: Sequence[CharSpan]) -> tuple[CharSpan, ...]:
    """Disjoint ones, longer ones first; of two alike the one whose type was asked for first."""
    kept: list[CharSpan] = []
    for span in sorted(spans, key=lambda one: one.start - one.end):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept))


def _kept(sample: Sample) -> tuple[CharSpan, ...]:
    return tuple(span for span in sample.spans if is_extension(span.label))
