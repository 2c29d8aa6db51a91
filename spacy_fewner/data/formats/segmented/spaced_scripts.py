"""Whether words are of a script that parts them by spaces (rules: ours)."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from ...tokens.scripts import FULL_WIDTH, UNSPACED

_UNSPACED = re.compile(f"[{UNSPACED}{FULL_WIDTH}]")


def pair_that_needs_a_space(sentences: Sequence[Sequence[str]]) -> str:
    """The first two neighbours that nobody writes without a space, "Ada met"; "" unless most are.

    Neighbours count where the one ends and the other begins with a letter.
    """
    spaced: list[tuple[str, str]] = []
    others = 0
    for words in sentences:
        for one, other in pairwise(words):
            parted = _is_spaced(one[-1]), _is_spaced(other[0])
            if None in parted:
                continue
            if all(parted):
                spaced.append((one, other))
            else:
                others += 1
    return " ".join(spaced[0]) if len(spaced) > others else ""


def _is_spaced(char: str) -> bool | None:
    """None of what is no letter."""
    return _UNSPACED.match(char) is None if unicodedata.category(char)[0] in "LM" else None
