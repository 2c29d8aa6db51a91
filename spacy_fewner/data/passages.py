"""Long texts in pieces that a prompt takes: cut at sections, then sentences, then words."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

PASSAGE = 256  # tokens (UniversalNER)
Piece = tuple[int, int]
# From coarse to fine: at headings and blank lines, at ends of lines, of sentences, of words.
_HEADING = r"(?=#{1,6} )"
_EDGES = (
    re.compile(rf"\n(?:[ \t]*\n)+|\n{_HEADING}"),
    re.compile(r"\n"),
    re.compile(
        r"(?<=[.!?\u2026])[\"'\u201d\u2019)\]]*\s+|(?<=[\u3002\uff01\uff1f])[\u300d\u300f\u201d]*"
    ),
    re.compile(r"\s+"),
)
# A word, a very long one in parts; of scripts that put no spaces between words (Thai, kana, Han,
# Hangul too) each character.
_TOKEN = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]"
    r"|[^\s\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]{1,20}"
)


def count_tokens(text: str) -> int:
    """Words between spaces, and characters of scripts without them."""
    return sum(1 for _ in _TOKEN.finditer(text))


def passages(text: str, max_tokens: int = PASSAGE) -> list[Piece]:
    """(start, end) characters of pieces of at most max_tokens tokens; see `pieces`."""
    found = [match.span() for match in _TOKEN.finditer(text)]
    starts, ends = [start for start, _ in found], [end for _, end in found]

    def fits(start: int, end: int) -> bool:
        """As count_tokens, but of a text once: neighbours are put together word by word."""
        return bisect_left(starts, end) - bisect_right(ends, start) <= max_tokens

    return pieces(text, fits)


def sections(text: str, max_chars: int) -> list[Piece]:
    """(start, end) characters of pieces of at most max_chars characters; see `pieces`."""
    return pieces(text, lambda start, end: end - start <= max_chars)


def sentences(text: str) -> list[Piece]:
    """(start, end) characters of each, and of lines without a sentence's end; no spaces at the
    edges. Every character that is no space is in one sentence."""
    lines = _split(text, 0, len(text), _EDGES[1])
    found = (_trimmed(text, *one) for line in lines for one in _split(text, *line, _EDGES[2]))
    return [(start, end) for start, end in found if start < end]


def pieces(text: str, fits: Callable[[int, int], bool]) -> list[Piece]:
    """The text in as few pieces as go together, each of which fits, without spaces at its edges.

    Cut where a section ends; a section that does not fit, where a line ends; then at the ends of
    sentences, of words, and only then anywhere. Every character that is no space is in one piece.
    """
    return list(_packed(_units(text, 0, len(text), 0, fits), text, fits))


def _units(
    text: str, start: int, end: int, level: int, fits: Callable[[int, int], bool]
) -> Iterator[Piece]:
    """Units that fit, each as coarse as can be."""
    start, end = _trimmed(text, start, end)
    if start == end:
        return
    if fits(start, end):
        yield start, end
    elif level < len(_EDGES):
        for one in _split(text, start, end, _EDGES[level]):
            yield from _units(text, *one, level + 1, fits)
    else:
        middle = (start + end) // 2
        halves = [(start, middle), (middle, end)] if end - start > 1 else []
        if not halves:
            yield start, end
        for one in halves:
            yield from _units(text, *one, level, fits)


def _split(text: str, start: int, end: int, edge: re.Pattern[str]) -> Iterable[Piece]:
    cuts = [match.end() for match in edge.finditer(text, start, end)]
    return pairwise([start, *cuts, end])


def _packed(units: Iterable[Piece], text: str, fits: Callable[[int, int], bool]) -> Iterator[Piece]:
    """Neighbours together, as long as they fit."""
    held: Piece | None = None
    for unit in units:
        if held and fits(held[0], unit[1]):
            held = held[0], unit[1]
            continue
        if held:
            yield held
        held = unit
    if held:
        yield held


def _trimmed(text: str, start: int, end: int) -> Piece:
    inside = text[start:end]
    left = len(inside) - len(inside.lstrip())
    return start + left, max(start + left, start + len(inside.rstrip()))
