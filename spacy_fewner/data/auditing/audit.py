"""Look at examples before training: what is wrong, where, and what to do about it.

- error: no spans, bad offsets, no label, empty text, unknown label, rare label, lost label (none
  of its spans fits the tokens), conflicting texts; in flat mode also conflicting labels (of one
  span) and overlapping spans
- of classes: see `kinds.CLASS_KINDS`
- warning: misaligned (lost with alignment "strict", else moved), the same of extensions, unbroken
  token (a clause without spaces), edge whitespace, blank span, crossing spans and two labels of one
  span (nested mode), duplicate span, duplicate text, wide span, single label, leakage, near leakage

Extensions (`ext/` labels) are no part of the label scheme, may be rare, and overlap what they like.
`report.KINDS` holds the table with rules and remedies. Errors are what no model can be trained
from as meant; warnings are losses that a user may accept, once told.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ...errors import check_number
from ...types import CharSpan, Sample, Schema
from ..classes.labels import is_classified, kind_of
from ..docs import Alignment, check_alignment
from ..given import as_samples
from ..tokens.pipeline import blank_pipeline
from .checks import Question, all_findings, label_counts
from .class_checks import class_counts
from .finding import Finding
from .report import KINDS, AuditReport, Issue

if TYPE_CHECKING:
    from spacy.language import Language

_CONTEXT = 20
_WIDEST = 70


def audit(
    samples: Sequence[Sample],
    nlp: "Language | None" = None,
    *,
    labels: Schema | None = None,
    classes: Schema | None = None,
    exclusive: bool | None = None,
    flat: bool = False,
    against: Mapping[str, Sequence[Sample]] | None = None,
    max_span_width: int | None = None,
    min_count: int = 2,
    alignment: Alignment = "strict",
) -> AuditReport:
    """Check the samples of one set.

    nlp: whose tokens the spans must fit (a sample's own tokens come first); without it
        misaligned and wide spans are found only in samples with tokens.
    labels: the labels of spans allowed; any if None.
    classes: the classes of texts allowed, those with a description need no example; any if None.
    exclusive: whether each text has exactly one class; None takes it from the data.
    flat: whether the model predicts spans that neither nest nor cross.
    against: other sets by name, to look for texts in both.
    max_span_width: in tokens.
    min_count: the fewest spans that a label may have, and the fewest texts of a class.
    alignment: what training will do with misaligned spans.
    """
    check_alignment(alignment)
    check_number("min_count", min_count, least=0, whole=True)
    samples = as_samples(samples, "samples")
    others = {name: as_samples(other, name) for name, other in (against or {}).items()}
    asked = Question(
        samples=samples,
        nlp=nlp or blank_pipeline(),
        own_tokens_only=nlp is None,
        labels=labels,
        classes=classes,
        exclusive=exclusive,
        flat=flat,
        against=others,
        max_span_width=max_span_width,
        min_count=min_count,
        alignment=alignment,
    )
    issues = [_issue(finding, samples) for finding in all_findings(asked)]
    order = {kind: number for number, kind in enumerate(KINDS)}  # errors come first there
    issues.sort(key=lambda issue: (order[issue.kind], -1 if issue.index is None else issue.index))
    return AuditReport(
        tuple(issues),
        label_counts(samples),
        len(samples),
        extensions=sum(len(sample.spans) - len(sample.targets) for sample in samples),
        class_counts=class_counts(samples),
        exclusive=_exclusive(samples, exclusive),
    )


def _exclusive(samples: Sequence[Sample], asked: bool | None) -> bool | None:
    if not any(map(is_classified, samples)):
        return None
    return kind_of(samples) == "exclusive" if asked is None else asked


def _issue(finding: Finding, samples: Sequence[Sample]) -> Issue:
    kind = KINDS[finding.kind]
    text = "" if finding.index is None else samples[finding.index].text
    return Issue(
        severity=kind.severity,
        kind=finding.kind,
        index=finding.index,
        excerpt=_excerpt(text, finding.span),
        detail=finding.detail,
        remedy=finding.remedy or kind.remedy,
        at="" if finding.index is None else samples[finding.index].place,
        label=finding.span.label if finding.span else "",
    )


def _excerpt(text: str, span: CharSpan | None) -> str:
    """The span in [brackets] with some context, or how the text begins; on one line."""
    if span is None:
        shown = text
    else:
        before = text[max(0, span.start - _CONTEXT) : span.start]
        dots = "…" if span.start > _CONTEXT else ""
        after = text[span.end : span.end + _CONTEXT]
        more = "…" if span.end + _CONTEXT < len(text) else ""
        shown = f"{dots}{before}[{span.surface(text)}]{after}{more}"
    line = " ".join(shown.split())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"
