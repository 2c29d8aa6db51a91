"""The checks of an audit, each a generator of findings."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ...shown import counted
from ...types import CharSpan, Sample, Schema, is_extension
from ..alignment import remedy
from ..docs import Alignment, Misaligned, sample_to_doc
from ..edge_space import trimmed
from ..tokens.scripts import HANGUL, UNSPACED
from ..tokens.tiles import all_tile
from .class_checks import class_findings, has_classes_alone
from .finding import Finding
from .leakage import find_leaks

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

CUT = re.compile(f"[{UNSPACED}{HANGUL}]")
MAX_UNBROKEN = 12  # characters of such a script in one word: hardly any has as many


@dataclass(frozen=True)
class Question:
    """What `audit` was asked (see there); own_tokens_only: no pipeline was given, so that only
    samples with tokens can be held against them."""

    samples: Sequence[Sample]
    nlp: "Language"
    own_tokens_only: bool
    labels: Schema | None
    classes: Schema | None
    exclusive: bool | None
    flat: bool
    against: Mapping[str, Sequence[Sample]]
    max_span_width: int | None
    min_count: int
    alignment: Alignment


def all_findings(asked: Question) -> Iterator[Finding]:
    lost: defaultdict[str, list[str]] = defaultdict(list)
    for index, sample in enumerate(asked.samples):
        sound = [span for span in sample.spans if _inside(span, sample.text)]
        yield from _text_findings(index, sample)
        yield from _label_findings(index, sample, asked.labels)
        for finding in _span_findings(index, sample, sound):
            if finding.lost and finding.span:
                lost[finding.span.label].append(finding.remedy)
            yield finding
        sound = trimmed(sound, sample.text)
        predicted = {span for span in sound if not is_extension(span.label)}
        yield from _pair_findings(index, sorted(predicted), asked.flat)
        for finding in _token_findings(index, sample, sound, asked):
            if finding.lost and finding.span:
                lost[finding.span.label].append(finding.remedy)
            yield finding
    yield from _count_findings(asked.samples, lost, asked.min_count)
    yield from _repeated_texts(asked.samples)
    yield from _leaks(asked.samples, asked.against)
    yield from class_findings(
        asked.samples, asked.classes, asked.against, asked.exclusive, asked.min_count
    )


def _inside(span: CharSpan, text: str) -> bool:
    return 0 <= span.start < span.end <= len(text)


def _text_findings(index: int, sample: Sample) -> Iterator[Finding]:
    if not sample.text.strip():
        yield Finding("empty text", index, None, f"{len(sample.text)} spaces and nothing else")
    for span in sample.spans:
        if not _inside(span, sample.text):
            yield Finding(
                "bad offsets",
                index,
                None,
                f"{span.label or 'a span'} from {span.start} to {span.end} "
                f"in {len(sample.text)} characters",
            )


def _label_findings(index: int, sample: Sample, labels: Schema | None) -> Iterator[Finding]:
    known = set(labels.ids) if labels is not None else set()
    for span in sample.targets:
        if not span.label.strip():
            inside = span if _inside(span, sample.text) else None
            yield Finding("no label", index, inside, f"characters {span.start} to {span.end}")
        elif labels is not None and span.label not in known:
            yield Finding("unknown label", index, span, span.label)


def _span_findings(index: int, sample: Sample, spans: list[CharSpan]) -> Iterator[Finding]:
    for span, count in Counter(spans).items():
        if count > 1:
            yield Finding("duplicate span", index, span, f"{span.label}, {count} times")
        surface = span.surface(sample.text)
        if not surface.strip():
            yield Finding("blank span", index, span, f"{span.label} {surface!r}", lost=True)
        elif surface != surface.strip():
            yield Finding("edge whitespace", index, span, f"{span.label} {surface!r}")


def _pair_findings(index: int, spans: list[CharSpan], flat: bool) -> Iterator[Finding]:
    """spans: sorted, each once."""
    for one, other in _overlaps(spans):
        both = f"{one.label} and {other.label}"
        if (one.start, one.end) == (other.start, other.end):
            yield Finding("conflicting labels" if flat else "two labels", index, one, both)
        elif one.start < other.start < one.end < other.end:
            kind = "overlapping spans" if flat else "crossing spans"
            yield Finding(kind, index, CharSpan(one.start, other.end, ""), f"{both} cross")
        elif flat:
            wide = max(one, other, key=lambda span: span.end - span.start)
            yield Finding("overlapping spans", index, wide, f"{both} nest")


def _overlaps(spans: list[CharSpan]) -> Iterator[tuple[CharSpan, CharSpan]]:
    for number, one in enumerate(spans):
        for other in spans[number + 1 :]:
            if other.start >= one.end:
                break
            yield one, other


def _token_findings(
    index: int, sample: Sample, spans: list[CharSpan], asked: Question
) -> Iterator[Finding]:
    if asked.own_tokens_only and sample.tokens is None:
        return
    sound = replace(sample, spans=tuple(spans))
    doc, misaligned = sample_to_doc(sound, asked.nlp, "sc", asked.alignment, index=index)
    for missed in misaligned:
        detail = _fate(missed, doc.text)
        kind = "misaligned extension" if is_extension(missed.span.label) else "misaligned"
        what = "" if is_extension(missed.span.label) else remedy(missed, sample, asked.nlp)
        yield Finding(kind, index, missed.span, detail, missed.placed is None, what)
    yield from _unbroken_findings(index, sample, doc)
    for span in doc.spans.get("sc", ()):
        if asked.max_span_width is not None and len(span) > asked.max_span_width:
            found = CharSpan(span.start_char, span.end_char, span.label_)
            yield Finding("wide span", index, found, f"{span.label_}, {len(span)} tokens")


def _unbroken_findings(index: int, sample: Sample, doc: "Doc") -> Iterator[Finding]:
    """The first token that is a clause of a script without spaces."""
    what = "" if sample.tokens is None else "Leave the tokens out of the file, or cut it."
    for token in doc:
        if len(token) >= MAX_UNBROKEN and len(CUT.findall(token.text)) >= MAX_UNBROKEN:
            found = CharSpan(token.idx, token.idx + len(token), "")
            yield Finding("unbroken token", index, found, repr(token.text), False, what)
            return


def _fate(missed: Misaligned, text: str) -> str:
    fate = f"becomes {missed.placed.surface(text)!r}" if missed.placed else "lost"
    return f"{missed.span.label} {missed.surface!r} in {missed.tokens!r}, {fate}"


def _count_findings(
    samples: Sequence[Sample], lost: Mapping[str, list[str]], min_count: int
) -> Iterator[Finding]:
    """lost: label -> what to do about each span of it that training will go without."""
    counts = label_counts(samples)
    if not (any(sample.targets for sample in samples) or has_classes_alone(samples)):
        yield Finding("no spans", None, None, f"{len(samples)} examples without a span")
    if len(counts) == 1 and not all_tile(samples):  # of segmented text it is all there is
        yield Finding("single label", None, None, next(iter(counts)))
    for label, count in sorted(counts.items()):
        remedies = lost.get(label, [])
        gone = f", {len(remedies)} of them misaligned" if remedies else ""
        if count == len(remedies):
            what = f"the one span of {label}" if count == 1 else f"all {count} spans of {label}"
            detail = f"{what} misaligned"
            yield Finding("lost label", None, None, detail, remedy=remedies[0])
        elif count - len(remedies) < min_count:
            detail = f"{counted(count, 'span')} of {label}{gone}, {min_count} needed"
            remedy = remedies[0] if count >= min_count else ""  # there are enough of them
            yield Finding("rare label", None, None, detail, remedy=remedy)


def label_counts(samples: Sequence[Sample]) -> Counter[str]:
    """Spans of each label; those without one are a finding of their own."""
    spans = (span for sample in samples for span in sample.targets)
    return Counter(span.label for span in spans if span.label.strip())


def _repeated_texts(samples: Sequence[Sample]) -> Iterator[Finding]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, sample in enumerate(samples):
        if sample.text.strip():
            places[sample.text].append(index)
    for indices in places.values():
        for before, index in pairwise(indices):
            odd = _difference(samples[before], samples[index])
            kind = "conflicting texts" if odd else "duplicate text"
            yield Finding(kind, index, None, f"{odd or 'as'} example {before + 1}")


def _difference(one: Sample, other: Sample) -> str:
    """Spans that the second sample has and the first does not, or the other way round; "" if one of
    them was not annotated for spans. (For classes: `class_checks`.)"""
    before, after = set(one.targets), set(other.targets)
    odd = sorted(after - before) or sorted(before - after)
    if not (odd and one.spans_annotated and other.spans_annotated):
        return ""
    return ", ".join(f"{span.surface(other.text)!r} ({span.label})" for span in odd[:2])


def _leaks(samples: Sequence[Sample], against: Mapping[str, Sequence[Sample]]) -> Iterator[Finding]:
    texts = [sample.text for sample in samples]
    for name, others in against.items():
        for leak in find_leaks(texts, [other.text for other in others]):
            kind = "leakage" if leak.exact else "near leakage"
            twin = "" if leak.exact else f": {others[leak.other].text[:60]!r}"
            yield Finding(kind, leak.index, None, f"{name} example {leak.other + 1}{twin}")
