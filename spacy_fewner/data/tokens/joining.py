"""What stands between words, where only the words are known (rules: ours)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .scripts import FULL_WIDTH, UNSPACED

_UNSPACED = re.compile(f"[{UNSPACED}{FULL_WIDTH}]")


def usual_joiner(sentences: Sequence[Sequence[str]]) -> str:
    """Nothing, where most neighbours are of a script without spaces; else a space."""
    parted = [both for _, _, both in _neighbours(sentences)]
    return "" if parted.count(False) > parted.count(True) else " "


def pair_that_needs_a_space(sentences: Sequence[Sequence[str]]) -> str:
    """The first two neighbours that nobody writes without a space, "Ada met"; "" unless most are
    such."""
    found = list(_neighbours(sentences))
    spaced = [f"{one} {other}" for one, other, both in found if both]
    return spaced[0] if 2 * len(spaced) > len(found) else ""


def shown_joiner(joiner: str) -> str:
    """For people."""
    return f"joined by {joiner!r}" if joiner else "joined without spaces"


def _neighbours(sentences: Sequence[Sequence[str]]) -> Iterator[tuple[str, str, bool]]:
    """Words side by side of which the one ends and the other begins with a letter; and whether
    the scripts of both have spaces between words."""
    for words in sentences:
        for one, other in pairwise(filter(None, words)):
            if _is_letter(one[-1]) and _is_letter(other[0]):
                yield one, other, not (_UNSPACED.match(one[-1]) or _UNSPACED.match(other[0]))


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM"
