"""How good a start is without any example: one threshold for all dev sets, and scores on each."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.disk import scratch_folder
from ...evaluation.scores import PRF, SpanScores, span_strict
from ...evaluation.thresholds import DEFAULT_GRID, Thresholds, apply_thresholds
from ...progress import counted
from ...types import CharSpan, LabelSpec, Schema
from ..schemes import OpenLabel, Scheme

if TYPE_CHECKING:
    from ...spans.open.start import Start


NEARLY = 0.005  # of F1


@dataclass(frozen=True)
class Found:
    """What a start finds in a dev set: per text all spans with a score of at least the floor."""

    scheme: Scheme
    candidates: Sequence[Sequence[CharSpan]]

    def scores(self, threshold: float) -> SpanScores:
        """Strict. Spans may lie in each other if some of the set's own do."""
        from ...corpus.checking.sample_checks import is_nested
        from ...fitting.measuring.validation import decoder

        decode = decoder(is_nested(self.scheme.samples))
        one = Thresholds(threshold)
        predicted = [apply_thresholds(spans, one, decode) for spans in self.candidates]
        gold = [sample.spans for sample in self.scheme.samples]
        return span_strict(gold, predicted, self.scheme.known)


def with_scores(start: "Start", dev: Sequence[Scheme], seen: Collection[str]) -> "Start":
    """The start with the threshold that suits the dev sets, and with scores in its card; as it is
    without dev sets.

    The threshold is chosen by the mean strict F1 over the sets (`choose`; ours). It is one number,
    so scores on the texts that it was chosen on are hardly too good; test sets stay for benchmarks.
    seen: names that labels had in training.
    """
    if not dev:
        return start
    found = list(_found(start, dev))
    threshold = choose(found)
    sets = {one.scheme.name: _card_of(one, threshold, seen) for one in found}
    zero_shot = {"mean_f": sum(one["all"]["f"] for one in sets.values()) / len(sets), "sets": sets}
    return replace(start, threshold=threshold, about={**start.about, "zero_shot": zero_shot})


def choose(found: Sequence[Found]) -> float:
    """The highest threshold whose mean F1 is within half a point of the best: fewer wrong spans for
    as good a score."""
    from ...fitting.measuring.validation import FLOOR

    points = [point for point in DEFAULT_GRID if point >= FLOOR]
    means = {p: sum(one.scores(p).micro.f for one in found) / len(found) for p in points}
    return max(point for point in points if means[point] >= max(means.values()) - NEARLY)


def _found(start: "Start", dev: Sequence[Scheme]) -> Iterable[Found]:
    """By the component itself, from the weights as they are stored."""
    from ...spans.open.start import write_start

    with scratch_folder() as folder:
        write_start(start, folder)
        for scheme in counted(dev, "Scoring without examples", "data sets", len(dev)):
            yield Found(scheme, _candidates(folder, scheme))


def _candidates(folder: Path, scheme: Scheme) -> list[list[CharSpan]]:
    import spacy

    from ...fitting.measuring.validation import predict_candidates
    from ...spans.component import labeller_of
    from ...spans.open.given import as_records

    labels = Schema(tuple(_spec(label, scheme.label(label)) for label in scheme.known))
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner", config={"labels": as_records(labels), "start": str(folder)})
    labeller_of(nlp).make_ready()
    return predict_candidates(nlp, scheme.samples)


def _spec(label: str, known: OpenLabel) -> LabelSpec:
    definition = next(iter(known.definitions), "")
    return LabelSpec(label, definition, (), known.names[1:])


def _card_of(found: Found, threshold: float, seen: Collection[str]) -> dict[str, Any]:
    scores = found.scores(threshold)
    known = [label for label in scores.labels if found.scheme.label(label).names[0] in seen]
    new = [label for label in scores.labels if label not in known]
    return {
        "texts": len(found.scheme.samples),
        "labels": len(scores.labels),
        "defined": sum(bool(found.scheme.label(label).definitions) for label in scores.labels),
        "all": _rates(scores.micro),
        "seen": {"labels": known, **_rates(_sum(scores, known))},
        "unseen": {"labels": new, **_rates(_sum(scores, new))},
    }


def _sum(scores: SpanScores, labels: Iterable[str]) -> PRF:
    return sum((scores.per_label[label] for label in labels), PRF())


def _rates(row: PRF) -> dict[str, float]:
    return {"p": row.p, "r": row.r, "f": row.f, "spans": row.support}
