"""Mentions marked in a copy of the text: `who directed <title>Alien</title>` (ours).

A model that copies a text while marking it says which occurrence it means, but may change the copy
on its way. Up to one word in twenty may differ, and none within or at the edge of a mention.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from ..types import CharSpan
from .boundaries import Boundaries
from .ladder import Rung
from .mentions import Failure, Grounding, Mention, Purpose
from .normal import fold

MAX_EDITS = 0.05  # of the words of the text
MAX_WORDS = 1000  # between the first and the last difference; aligning more is slow

REWRITTEN = "text rewritten"
MOVED = "mention rewritten"
UNBALANCED = "marks not balanced"
EMPTY_MARK = "nothing marked"

_WORD = re.compile(r"w[wmj]*|h[hmj]*|um*|.")  # over Boundaries.kinds


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its marks, and what was marked in it. problem: why it cannot be used."""

    text: str
    spans: tuple[CharSpan, ...] = ()
    problem: str = ""


def read_tags(marked: str, labels: Sequence[str]) -> Marked:
    """Take `<label>...</label>` off; only the labels given are marks, all else is text.

    Spans have no space at their edges; those in one another are kept.
    """
    if not labels:
        return Marked(marked)
    names = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    tags = re.finditer(f"<(/?)({names})>", marked)
    return _take_off(marked, (_Tag(*tag.span(), not tag[1], tag[2]) for tag in tags))


def read_marks(marked: str, opening: str, closing: str, label: str) -> Marked:
    """Take one pair of marks off, such as `[[` and `]]`; else as read_tags.

    opening, closing: the same, which every other mark then is, or neither is part of the other.
    """
    marks = enumerate(re.finditer(f"{re.escape(opening)}|{re.escape(closing)}", marked))
    alike = opening == closing
    tags = (
        _Tag(*mark.span(), at % 2 == 0 if alike else mark[0] == opening, label)
        for at, mark in marks
    )
    return _take_off(marked, tags)


class _Tag(NamedTuple):
    """Characters start to end of a marked text; opens: whether a mention begins or ends there."""

    start: int
    end: int
    opens: bool
    label: str


def _take_off(marked: str, tags: Iterable[_Tag]) -> Marked:
    parts: list[str] = []
    spans: list[CharSpan] = []
    opened: list[tuple[str, int]] = []
    position = length = 0
    for tag in tags:
        parts.append(marked[position : tag.start])
        length += len(parts[-1])
        position = tag.end
        if tag.opens:
            opened.append((tag.label, length))
        elif opened and opened[-1][0] == tag.label:
            label, start = opened.pop()
            spans.append(CharSpan(start, length, label))
        else:
            return Marked("", problem=UNBALANCED)
    text = "".join(parts) + marked[position:]
    if opened:
        return Marked("", problem=UNBALANCED)
    trimmed = tuple(sorted(_trim(text, span) for span in spans))
    empty = any(span.start >= span.end for span in trimmed)
    return Marked(text, trimmed, EMPTY_MARK if empty else "")


def project(marked: Marked, text: str, purpose: Purpose) -> Grounding:
    """What was marked in the copy as spans of the text itself; purpose as of `ground`.

    Rung "exact" where copy and text are the same, else "normalised".
    """
    if marked.problem:
        return _failed(marked.problem)
    if marked.text == text:
        return _grounded(marked.spans, "exact")
    copy, original = _words(marked.text), _words(text)
    pairs = _align([word for word, _, _ in copy], [word for word, _, _ in original])
    if pairs is None:
        return _failed(REWRITTEN)
    starts = {copy[one][1]: (one, other) for one, other in pairs.items()}
    ends = {copy[one][2]: (one, other) for one, other in pairs.items()}
    spans, failures = [], []
    for span in marked.spans:
        first, last = starts.get(span.start), ends.get(span.end)
        if first and last and _is_kept(pairs, first, last):
            spans.append(CharSpan(original[first[1]][1], original[last[1]][2], span.label))
        else:
            mention = Mention(span.surface(marked.text), span.label)
            failures.append(Failure(mention, MOVED))
    if failures and purpose == "training":
        spans = []
    return _grounded(sorted(spans), "normalised", failures)


def _grounded(spans: Sequence[CharSpan], rung: Rung, failures: Sequence[Failure] = ()) -> Grounding:
    return Grounding(tuple(spans), (rung,) * len(spans), tuple(failures))


def _failed(reason: str) -> Grounding:
    return Grounding((), (), (Failure(Mention("", ""), reason),))


def _trim(text: str, span: CharSpan) -> CharSpan:
    surface = span.surface(text)
    start = span.start + len(surface) - len(surface.lstrip())
    return CharSpan(start, max(start, span.start + len(surface.rstrip())), span.label)


def _words(text: str) -> list[tuple[str, int, int]]:
    """Words and punctuation, folded, with their characters."""
    found = (match.span() for match in _WORD.finditer(Boundaries(text).kinds))
    return [(fold(text[start:end]), start, end) for start, end in found if text[start:end].strip()]


def _align(copy: list[str], original: list[str]) -> dict[int, int] | None:
    """Word of the copy -> the same word of the original; None if too many differ."""
    head, tail = _same_ends(copy, original)
    one, other = copy[head : len(copy) - tail], original[head : len(original) - tail]
    pairs = {place: place for place in range(head)}
    pairs |= {len(copy) - place: len(original) - place for place in range(1, tail + 1)}
    allowed = MAX_EDITS * len(original)
    if max(len(one), len(other)) > MAX_WORDS or _bag_edits(one, other) > allowed:
        return None
    edits = 0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, start, end, there, there_end in matcher.get_opcodes():
        if kind == "equal":
            pairs |= {head + start + step: head + there + step for step in range(end - start)}
        else:
            edits += max(end - start, there_end - there)
    return pairs if edits <= allowed else None


def _same_ends(one: list[str], other: list[str]) -> tuple[int, int]:
    """How many words at the start, and then at the end, are the same."""
    shorter = min(len(one), len(other))
    head = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    rest = shorter - head
    tail = next((i for i in range(rest) if one[-1 - i] != other[-1 - i]), rest)
    return head, tail


def _bag_edits(one: list[str], other: list[str]) -> int:
    """At least so many edits, whatever the order."""
    mine, theirs = Counter(one), Counter(other)
    return max((mine - theirs).total(), (theirs - mine).total())


def _is_kept(pairs: dict[int, int], first: tuple[int, int], last: tuple[int, int]) -> bool:
    """Whether all words from first to last are paired, without a gap in the original."""
    width = last[0] - first[0]
    if width < 0 or last[1] - first[1] != width:
        return False
    return all(pairs.get(first[0] + step) == first[1] + step for step in range(width + 1))
