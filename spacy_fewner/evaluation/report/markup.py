"""Text with its spans marked, as HTML by displaCy."""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from ...data.tokens.scripts import UNSPACED
from ...types import CharSpan

Colors = dict[str, str]

# Our own displaCy templates: classes instead of fixed styles (for dark mode), no stray
# white space around the text, and in `_START` a hidden copy of the label that keeps the
# token as wide as its label, so that labels of neighbours cannot cover each other.
_ENT = (
    '<mark class="ent" style="background: {bg}">{text}'
    '<span class="tag">{label}{kb_link}</span></mark>'
)
_SPAN = (
    '<span class="token" style="height: {total_height}px">{text}{span_slices}{span_starts}</span>'
)
_SLICE = '<span class="bar" style="background: {bg}; top: {top_offset}px"></span>'
_START = (
    '<span class="bar" style="background: {bg}; top: {top_offset}px">'
    '<span class="tag" style="background: {bg}" title="{label}">{label}{kb_link}</span></span>'
    '<span class="room" aria-hidden="true">{label}</span>'
)
_SPAN_TEMPLATES = {"span": _SPAN, "slice": _SLICE, "start": _START}

# A word with the space behind it; a character in scripts written without spaces.
_WORD = re.compile(rf"(?:[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s])\s*|\s+")
_NO_SPACE = "\ue000"  # after most tokens displaCy adds a space, which this takes out again
_MAX_PIECE = 24  # characters
_MAX_LABEL = 24


def label_colors(labels: Iterable[str]) -> Colors:
    """A light background colour for each label, apart in hue; black text reads on all."""
    # The golden angle keeps neighbours apart for any number of labels.
    return {
        label: f"hsl({round(i * 137.508) % 360} {75 if i % 2 else 55}% {80 if i % 3 else 86}%)"
        for i, label in enumerate(labels)
    }


def mark_spans(text: str, spans: Sequence[CharSpan], colors: Colors) -> str:
    """HTML of the text with its spans: displaCy's entity style, or its span style if they overlap.

    spans: in any order; scores are shown where there are any.
    colors: background per label; a label without one is grey.
    """
    from spacy import displacy

    style = "span" if _any_overlap(spans) else "ent"
    shown = [_shown_label(span) for span in spans]
    template: Any = _SPAN_TEMPLATES if style == "span" else _ENT
    options = {
        "template": template,
        "top_offset": 32,
        "top_offset_step": 18,
        "colors": {
            label: colors[span.label]
            for label, span in zip(shown, spans, strict=True)
            if span.label in colors
        },
    }
    content = _as_pieces(text, spans, shown) if style == "span" else _as_ents(text, spans, shown)
    content["settings"] = {"direction": _direction(text)}
    html = displacy.render(content, style=style, manual=True, jupyter=False, options=options)
    return html.replace(_NO_SPACE + " ", "").replace(_NO_SPACE, "")


def excerpt(
    text: str, spans: Sequence[CharSpan], start: int, end: int, margin: int = 160
) -> tuple[str, list[CharSpan]]:
    """The surroundings of characters start to end, with the spans that lie wholly in them.

    Long documents are cut `margin` characters to either side, at a space where there is
    one. The offsets of the spans are those of the excerpt.
    """
    left, right = _cut_left(text, start - margin), _cut_right(text, end + margin)
    before, after = "… " if left else "", " …" if right < len(text) else ""
    shift = len(before) - left
    inside = [
        replace(span, start=span.start + shift, end=span.end + shift)
        for span in spans
        if left <= span.start and span.end <= right
    ]
    return before + text[left:right] + after, inside


def _cut_left(text: str, position: int, slack: int = 30) -> int:
    if position <= slack:
        return 0
    space = text.find(" ", position - slack, position)
    return space + 1 if space >= 0 else position


def _cut_right(text: str, position: int, slack: int = 30) -> int:
    if position + slack >= len(text):
        return len(text)
    space = text.rfind(" ", position, position + slack)
    return space if space >= 0 else position


def _shown_label(span: CharSpan) -> str:
    """Label with score, escaped, since displaCy escapes the text but not the labels.

    Of long label paths the end is kept, which says most.
    """
    name = span.label if len(span.label) <= _MAX_LABEL else f"…{span.label[1 - _MAX_LABEL :]}"
    return escape(name) if span.score is None else f"{escape(name)}\u00a0{span.score:.2f}"


def _any_overlap(spans: Sequence[CharSpan]) -> bool:
    ordered = sorted(spans)
    return any(one.end > other.start for one, other in itertools.pairwise(ordered))


def _as_ents(text: str, spans: Sequence[CharSpan], shown: Sequence[str]) -> dict[str, Any]:
    ents = [
        {"start": span.start, "end": span.end, "label": label}
        for span, label in zip(spans, shown, strict=True)
    ]
    return {"text": text, "ents": ents}


def _as_pieces(text: str, spans: Sequence[CharSpan], shown: Sequence[str]) -> dict[str, Any]:
    """displaCy wants tokens: pieces of the text that no edge of a span divides."""
    cuts = _cuts(text, spans)
    index = {cut: i for i, cut in enumerate(cuts)}
    return {
        "tokens": [text[start:end] + _NO_SPACE for start, end in itertools.pairwise(cuts)],
        "spans": [
            {"start_token": index[span.start], "end_token": index[span.end], "label": label}
            for span, label in zip(spans, shown, strict=True)
        ],
    }


def _cuts(text: str, spans: Sequence[CharSpan]) -> list[int]:
    """Where pieces begin, and the end of the text.

    Pieces under a span cannot wrap, so that long ones are cut between words.
    """
    edges = sorted({0, len(text)} | {edge for span in spans for edge in (span.start, span.end)})
    cuts = set(edges)
    for start, end in itertools.pairwise(edges):
        if any(span.start <= start and end <= span.end for span in spans):
            cuts.update(_cuts_between_words(text, start, end))
    return sorted(cuts)


def _cuts_between_words(text: str, start: int, end: int) -> Iterator[int]:
    piece_start = start
    for word in _WORD.finditer(text, start, end):
        if word.end() - piece_start > _MAX_PIECE and word.start() > piece_start:
            piece_start = word.start()
            yield piece_start


def _direction(text: str) -> str:
    """Right to left if the first letter with a direction says so."""
    for char in text:
        bidirectional = unicodedata.bidirectional(char)
        if bidirectional in ("L", "R", "AL"):
            return "ltr" if bidirectional == "L" else "rtl"
    return "ltr"
