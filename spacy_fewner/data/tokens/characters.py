"""Characters as readers see them: a sign with the marks, joiners and modifiers that follow it.

Ours, close to the extended grapheme clusters of Unicode's annex 29 without its tables: marks,
variation selectors, what a zero-width joiner joins, skin tones, pairs of regional indicators, the
sound marks of half-width kana, and syllables of conjoining jamo stay together.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

JOINER = "\u200d"
_EXTENDS = re.compile("[\u200c\u200d\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
_FOLLOWING_JAMO = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")
_LEADING_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]")


def characters(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each character of the text, in order; white space is left out."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not _sticks(text, start, end):
            if not text[start:end].isspace():
                yield start, end
            start = end


def _sticks(text: str, start: int, place: int) -> bool:
    """Whether the sign at `place` belongs to the character that began at `start`."""
    before, sign = text[place - 1], text[place]
    if sign < "\u0300" or text[start].isspace():
        return False
    if before == JOINER and not text[start].isalpha():
        return not sign.isspace()
    if _FOLLOWING_JAMO.match(sign):
        return _LEADING_JAMO.match(before) is not None
    if REGIONAL.match(sign):
        return place - start == 1 and REGIONAL.match(before) is not None
    return extends(sign)


@lru_cache(maxsize=4096)
def extends(sign: str) -> bool:
    """Whether a sign belongs to the one before it, whatever that is."""
    return unicodedata.category(sign)[0] == "M" or _EXTENDS.match(sign) is not None
