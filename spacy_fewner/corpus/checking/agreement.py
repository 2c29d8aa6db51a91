"""Agreement between the spans that an LLM marked and what a trained span model thinks of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ...errors import FewnerError
from ...types import CharSpan, Sample
from .chain import Exempt, Outcome, examine_with, nothing, reject

Candidates: TypeAlias = Callable[[Sequence[Sample]], list[list[CharSpan]]]
"""Samples -> for each the model's scored spans, down to a low floor, overlapping ones too."""


@dataclass(frozen=True)
class AgreementCheck:
    """Rejects a sample that the model contradicts with confidence.

    candidates: of a model that was not trained on these samples.
    sure: score from which the model's own span counts: it must be among the sample's spans
        ("model marks another span", "model marks more").
    doubt: a span of the sample is doubted when the model scores it lower, and the sample goes if
        besides a sure span of the model's overlaps it. Doubt alone rejects nothing: a model of few
        examples has not seen most of what is new in synthetic text.
    exempt: which samples are not judged; those not annotated for spans never are.

    Source: ours, for the step "filter by agreement" of the loop.
    """

    candidates: Candidates
    sure: float = 0.9
    doubt: float = 0.5
    exempt: Exempt = nothing
    name: str = "agreement"

    def __post_init__(self) -> None:
        if not 0 <= self.doubt <= self.sure <= 1:
            raise FewnerError(
                "AgreementCheck",
                "needs 0 <= doubt <= sure <= 1",
                (self.doubt, self.sure),
                "Set them so.",
            )

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_with(outcomes, self.candidates, self._examine)

    def _examine(self, sample: Sample, candidates: Sequence[CharSpan]) -> Outcome:
        if not sample.spans_annotated or self.exempt(sample):
            return sample
        scores = {(s.start, s.end, s.label): s.score or 0.0 for s in candidates}
        own = {(s.start, s.end, s.label) for s in sample.spans}
        for span in candidates:
            place = (span.start, span.end, span.label)
            if (span.score or 0.0) < self.sure or place in own:
                continue
            detail = f"{span.label} {span.surface(sample.text)!r} scores {span.score:.2f}"
            rivals = [s for s in sample.targets if s.start < span.end and span.start < s.end]
            if not rivals:
                return reject(sample, "model marks more", detail, self.name)
            if any(scores.get((s.start, s.end, s.label), 0.0) < self.doubt for s in rivals):
                return reject(sample, "model marks another span", detail, self.name)
        return sample
