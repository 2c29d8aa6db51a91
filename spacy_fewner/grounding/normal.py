"""A text's normal form, with the way back to the characters it came from (ours, docs/methods.md).

Character by character, so that each character of the form has one origin: compatibility
decomposition, casefold, one kind of quotes and of dashes, one space for a run of spaces; invisible
characters vanish. All forms of the letter i become one, so that Turkish "İstanbul", "Istanbul" and
"istanbul" are the same.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_DOT_ABOVE = "\u0307"
_SAME = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u02b9\u02bb\u02bc\u0060\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u301d\u301e\u301f", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u02d7", "-"),
    "\u0131": "i",
}


@dataclass(frozen=True, slots=True)
class Normal:
    """text: the normal form. origins: for each character of it, the index of its source."""

    text: str
    origins: Sequence[int]


class _Folds(dict[str, str]):
    def __missing__(self, char: str) -> str:
        fold = self[char] = _fold(char)
        return fold


def _fold(char: str) -> str:
    if char in _SAME:
        return _SAME[char]
    if char.isspace():
        return " "
    if _is_invisible(char):
        return ""
    bare = unicodedata.normalize("NFKD", char).casefold()
    folded = "".join(_SAME.get(part, part) for part in unicodedata.normalize("NFKD", bare))
    # A lone accent decomposes to a space and a mark: that space is none of the text's.
    return folded.replace("i" + _DOT_ABOVE, "i").replace(" ", "")


def _is_invisible(char: str) -> bool:
    """Format and control characters, and the selectors between text and emoji shapes."""
    return unicodedata.category(char) in ("Cf", "Cc") or "\ufe00" <= char <= "\ufe0f"


_FOLDS = _Folds()


def normalize(text: str) -> Normal:
    parts: list[str] = []
    origins: list[int] = []
    last = ""
    for index, char in enumerate(text):
        folded = _FOLDS[char]
        if not folded or (folded == last == " ") or (folded == _DOT_ABOVE and last == "i"):
            continue
        parts.append(folded)
        origins.extend([index] * len(folded))
        last = folded[-1]
    # All is decomposed: what is left to normalize is the order of several marks on a letter.
    return Normal(unicodedata.normalize("NFD", "".join(parts)), origins)


def fold(text: str) -> str:
    """The normal form without spaces at its edges."""
    return normalize(text).text.strip(" ")
