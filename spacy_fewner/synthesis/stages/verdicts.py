"""What becomes of spans that a model has ruled on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...grounding.ladder import find
from ...grounding.mentions import NOT_FOUND
from ...grounding.normal import fold
from ...llm.replies.choices import Verdict
from ...llm.replies.parsed import Problem
from ...types import CharSpan, Sample
from ..annotated_texts import UNKNOWN_LABEL
from ..labels import LabelNames

_NO_TYPE = frozenset(("other", "none", "no entity", "not an entity"))


@dataclass
class Ruled:
    """spans: of a sample, as ruled. counts: of each ruling, and of "unread". problems: in full."""

    spans: list[CharSpan] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


def rule(
    sample: Sample, verdicts: Mapping[tuple[str, str], Verdict | Problem], names: LabelNames
) -> Ruled:
    """verdicts: by surface and label's name; a span without one, or with a problem, stays."""
    ruled = Ruled()
    for span in sample.spans:
        verdict = verdicts.get((span.surface(sample.text), names.show(span.label)))
        found = _ruled(span, verdict, sample.text, names) if verdict else [span]
        if isinstance(found, Problem):
            ruled.problems.append(found)
            ruled.counts["unread"] += 1
            found = [span]
        elif isinstance(verdict, Verdict):
            ruled.counts[verdict.ruling] += 1
        ruled.spans += found
    return ruled


def _ruled(
    span: CharSpan, verdict: Verdict | Problem, text: str, names: LabelNames
) -> list[CharSpan] | Problem:
    if isinstance(verdict, Problem):
        return verdict
    if verdict.ruling == "boundary":
        return _moved(span, verdict, text)
    if verdict.ruling == "type":
        return _relabelled(span, verdict, text, names)
    return [span] if verdict.ruling == "kept" else []


def _moved(span: CharSpan, verdict: Verdict, text: str) -> list[CharSpan] | Problem:
    """To the place of each corrected surface that the old span touches."""
    moved = []
    for surface in verdict.surfaces:
        touching = [m for m in find(surface, text) if m.start < span.end and span.start < m.end]
        if not touching:
            return Problem(NOT_FOUND, f"{surface!r} for {span.surface(text)!r}", surface)
        moved.append(replace(span, start=touching[0].start, end=touching[0].end))
    return moved


def _relabelled(
    span: CharSpan, verdict: Verdict, text: str, names: LabelNames
) -> list[CharSpan] | Problem:
    label = names.read(verdict.label)
    if label is not None:
        return [replace(span, label=label)]
    if fold(verdict.label) in _NO_TYPE:
        return []
    return Problem(UNKNOWN_LABEL, f"{verdict.label!r} for {span.surface(text)!r}", verdict.label)
