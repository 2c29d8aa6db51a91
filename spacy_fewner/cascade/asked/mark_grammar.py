"""A grammar whose only sentences are a text with marks around some of its words (ours)."""

import json
import re
from collections.abc import Iterator

from .marker import Marker

NESTED = 2  # marks within one another at most, where they may be
# Where marks may stand: at the edges of words, of numbers in them, and of every other character;
# in scripts without spaces between words (Thai, kana, Han, Hangul too) of each.
_ALONE = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af"
_WORD = re.compile(rf"[^\W\d_{_ALONE}]+|\d+|\S")


def mark_grammar(text: str, marker: Marker, nested: bool) -> str:
    """In GBNF, as llama.cpp reads it; it grows with the number of words, of which there must be
    one. nested: allow marks in marks, NESTED deep."""
    words = [match.span() for match in _WORD.finditer(text)]
    most = NESTED if nested else 1
    rules = [f"root ::= {_literal(text[: words[0][0]])} b0x0"]
    for number, (start, end) in enumerate(words):
        following = words[number + 1][0] if number + 1 < len(words) else len(text)
        space, is_last = text[end:following], number + 1 == len(words)
        for depth in range(most + 1):
            rules += _before(number, depth, most, text[start:end], marker)
            rules += _behind(number, depth, space, is_last, marker)
    return "\n".join(rules) + "\n"


def _before(number: int, depth: int, most: int, word: str, marker: Marker) -> Iterator[str]:
    """What may come before a word, in so many marks."""
    opened = f"{_literal(marker.opening)} b{number}x{depth + 1} | " if depth < most else ""
    yield f"b{number}x{depth} ::= {opened}{_literal(word)} a{number}x{depth}"


def _behind(number: int, depth: int, space: str, is_last: bool, marker: Marker) -> Iterator[str]:
    """What may come behind a word, in so many marks; the text ends in none."""
    ways = [f"{_literal(marker.closing)} a{number}x{depth - 1}"] if depth else []
    if not is_last:
        ways.append(f"{_literal(space)} b{number + 1}x{depth}")
    elif not depth:
        ways.append(_literal(space))
    yield f"a{number}x{depth} ::= {' | '.join(ways)}"


def _literal(text: str) -> str:
    """JSON's escapes are GBNF's too."""
    return json.dumps(text, ensure_ascii=False)
