"""Marking spans in a sentence, and reading back the sentence that a model marked.

The paper wraps entities in `##`, opening and closing alike. [ours] The two marks differ, so that
spans may lie in one another, and none of their characters is in the text. The latter holds for the
paper's form too, which is for models tuned on it. A model that changes the sentence while copying
it is forgiven one word in twenty, outside of its marks (ours).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...data.tokens.scripts import UNSPACED
from ...errors import FewnerError
from ...grounding.marked import REWRITTEN, UNBALANCED, project, read_marks
from ...grounding.mentions import Failure, Grounding, Mention, Purpose
from ...llm.replies.quotes import unquote
from ...types import ENTITY, CharSpan

EVERYTHING = "all marked"
MAX_WHOLE = 12  # words that a single mark around the whole text may hold
MAX_LINES = 50  # of a reply that are looked at one by one
MAX_LONGER = 10  # times the text's length, and _MORE characters, that a copy with its marks may be
MAX_SEARCHED = 20  # times the text's length, and _MORE characters, that are searched for a copy
_MORE = 10_000
_PER_WORD = 2  # characters of a script without spaces
_BY_CHARACTER = re.compile(f"[{UNSPACED}]")

_PAIRS = (
    ("@@", "##"),
    ("[[", "]]"),
    ("{{", "}}"),
    ("<<", ">>"),
    ("⟦", "⟧"),
    ("⟪", "⟫"),
    ("«", "»"),
)
_ALIKE = ("##", "@@", "~~", "^^", "||")  # in the paper's form
_SYMBOLS = range(0x2190, 0x2BFF)  # arrows, box drawing, shapes: for texts that have all of these


@dataclass(frozen=True, slots=True)
class Marker:
    """What stands before and behind a marked span."""

    opening: str
    closing: str


def choose_marker(*texts: str) -> Marker:
    """The first pair of marks of which no character is in any of the texts."""
    return _first_free(_PAIRS, texts)


def choose_bare_marker(*texts: str) -> Marker:
    """The same mark before and behind: `##`, or the first of others that no text has."""
    return _first_free([(one, one) for one in _ALIKE], texts)


def _first_free(pairs: Sequence[tuple[str, str]], texts: Sequence[str]) -> Marker:
    used = set().union(*map(set, texts))
    for opening, closing in pairs:
        if used.isdisjoint(opening + closing):
            return Marker(opening, closing)
    free = [chr(code) for code in _SYMBOLS if chr(code) not in used][:2]
    if len(free) < 2:
        raise FewnerError(
            "text", "must leave two symbols to mark with", "all are in it", "Split the text."
        )
    return Marker(*free)


def mark(text: str, spans: Sequence[CharSpan], marker: Marker) -> str:
    """The text with marks around the spans, whatever their labels; spans at one place count once.

    Raises FewnerError for a span that is empty, crosses another or ends outside the text, and
    for a text that has the marks in it.
    """
    if marker.opening in text or marker.closing in text:
        raise FewnerError(
            "marker", "must not be in the text", text, "Choose one with choose_marker(text)."
        )
    places = sorted({(span.start, span.end) for span in spans}, key=lambda at: (at[0], -at[1]))
    parts: list[str] = []
    position, open_ends = 0, [len(text)]
    for start, end in places:
        while open_ends[-1] <= start and len(open_ends) > 1:
            parts += [text[position : open_ends[-1]], marker.closing]
            position = open_ends.pop()
        if not 0 <= start < end <= open_ends[-1]:
            raise _bad_span(text, start, end)
        parts += [text[position:start], marker.opening]
        position = start
        open_ends.append(end)
    for end in reversed(open_ends[1:]):
        parts += [text[position:end], marker.closing]
        position = end
    return "".join(parts) + text[position:]


def read_marked(
    reply: str, text: str, marker: Marker, *, label: str = ENTITY, purpose: Purpose = "inference"
) -> Grounding:
    """The spans of the text that a reply marks in its copy of it.

    The copy may be the whole reply or one line of it, in quotes or behind "Output:". Nothing
    marked is no failure. Failures have reasons: "text rewritten" for over 5 % of words changed,
    "mention rewritten" for a change inside or at the edge of a mark, "marks not balanced",
    "nothing marked" for an empty mark, "all marked" for a mark around all of a text of more than
    MAX_WHOLE words, each of two characters where words are not spaced. purpose: "training" gives
    up the text at any of them, "inference" keeps the marks that are well.
    """
    first = None
    for copy in _copies(reply, text):
        found = project(read_marks(copy, marker.opening, marker.closing, label), text, purpose)
        if not _is_unusable(found):
            return _check_whole(found, text)
        first = first or found
    return first or Grounding((), (), (Failure(Mention("", label), REWRITTEN),))


def _copies(reply: str, text: str) -> Iterator[str]:
    """What of a reply may be the copy, the likeliest first, none twice; of a long reply not all."""
    longest = MAX_LONGER * len(text) + _MORE
    left = MAX_SEARCHED * len(text) + _MORE
    seen: set[str] = set()
    for copy in _possible_copies(reply, text):
        if copy in seen or len(copy) > longest:
            continue
        seen.add(copy)
        left -= len(copy)
        if left < 0:
            return
        yield copy


def _possible_copies(reply: str, text: str) -> Iterator[str]:
    yield reply
    lines = [line.strip() for line in reply.strip().split("\n")]
    bare = [line for line in lines if not line.startswith("```")]
    if len(bare) < len(lines):
        yield "\n".join(bare)
    if "\n" not in text.strip():
        for line in bare[:MAX_LINES]:
            yield line
            yield unquote(line)
            yield unquote(line.partition(":")[2])
            yield unquote(line.partition("：")[2])


def _is_unusable(found: Grounding) -> bool:
    return any(failure.reason in (REWRITTEN, UNBALANCED) for failure in found.failures)


def _check_whole(found: Grounding, text: str) -> Grounding:
    whole = text.strip()
    if _words(whole) <= MAX_WHOLE:
        return found
    if all(span.surface(text) != whole for span in found.spans):
        return found
    return Grounding((), (), (Failure(Mention(whole, found.spans[0].label), EVERYTHING),))


def _words(text: str) -> float:
    """How many there are, or about so many in a script without spaces."""
    apart, characters = _BY_CHARACTER.subn(" ", text)
    return len(apart.split()) + characters / _PER_WORD


def _bad_span(text: str, start: int, end: int) -> FewnerError:
    return FewnerError(
        "spans",
        f"each must be within the text's {len(text)} characters, hold one, and cross no other",
        f"{start} to {end}",
        "Remove it, or mark the text in two rounds.",
    )
