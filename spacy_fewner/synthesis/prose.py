"""Running text out of a reply: no markup, no refusal, no loop, no half sentence; and its parts."""

import re

from ..llm.replies.parsed import CUT_SHORT, LOOP, REFUSAL, Problem, Repeats, explain_nothing
from ..llm.types import Reply
from .annotated_texts import COPY, NOT_UNICODE, TOO_SHORT, is_unicode

_MARKUP = re.compile(r"^\s{0,8}(?:#{1,6} |[-*•] |\d{1,3}[.)] |```.*$|</?\w{1,20}(?:-\d+)?>\s*$)")
_EMPHASIS = re.compile(r"\*\*|__|`")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]?(?=\s|$)|[。！？][”’」]?")
_OPENING = 200  # characters in which a refusal shows
# Where a sentence may end: what comes next does not begin with a small letter, and what stands
# before is no abbreviation or initial.
_BREAK = re.compile(r"(?<=[.!?])[\"'”’)]?\s+(?=[^\sa-z])|(?<=[。！？])[”’」]?")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:\w|Dr|Mr|Mrs|Ms|Prof|St|No|vs|etc|Op|Jr|Sr|Inc|Ltd|Co|Corp|Fig|e\.g|i\.e)\.$"
)
_LONGEST_ABBREVIATION = 6  # characters, with what stands before it


def paragraphs(reply: Reply, source: str, min_chars: int) -> list[str] | Problem:
    """The paragraphs of at least min_chars, or why there is none.

    source: the text that was to be gone on from; what the reply repeats of it is left out, and so
    is the half sentence at the end of a reply cut short.
    """
    text = reply.text.strip()
    nothing = explain_nothing(text[:_OPENING])
    if not text or nothing.reason == REFUSAL:
        return Problem(nothing.reason, nothing.detail, reply.text)
    if not is_unicode(text):
        return Problem(NOT_UNICODE, text[:120].encode("ascii", "replace").decode(), reply.text)
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
    repeats = Repeats()
    if any(repeats.loops(sentence) for sentence in sentences):
        return Problem(LOOP, sentences[-1][:120], reply.text)
    lines = _lines(text.replace(source.strip(), " "), whole=reply.finish != "length")
    kept = [line for line in lines if len(line) >= min_chars]
    if kept:
        return kept
    if not lines:
        reason = CUT_SHORT if reply.finish == "length" else COPY
        return Problem(reason, text[:120], reply.text)
    return Problem(TOO_SHORT, lines[0][:120], reply.text)


def sentences(paragraph: str) -> list[str]:
    """The sentences of one paragraph, in order, without spaces at their edges."""
    found, start = list[str](), 0
    for gap in _BREAK.finditer(paragraph):
        last = max(start, gap.start() - _LONGEST_ABBREVIATION)
        if not _ABBREVIATION.search(paragraph[last : gap.start()]):
            found.append(paragraph[start : gap.end()].strip())
            start = gap.end()
    return [one for one in (*found, paragraph[start:].strip()) if one]


def _lines(text: str, *, whole: bool) -> list[str]:
    """Lines without markup and runs of spaces; whole: the last one is not cut short."""
    plain = [_EMPHASIS.sub("", _MARKUP.sub("", line)) for line in text.splitlines()]
    lines = [" ".join(line.split()) for line in plain]
    lines = [line for line in lines if line]
    if lines and not whole:
        ends = [match.end() for match in _SENTENCE_END.finditer(lines[-1])]
        lines[-1:] = [lines[-1][: ends[-1]]] if ends else []
    return lines
