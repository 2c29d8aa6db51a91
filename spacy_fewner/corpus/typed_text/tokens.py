"""Sentences and words of a text whose marks may stand apart from words ("Rome , Italy").

Not spaCy's tokenizer: compounds with hyphens have to be one word here, and spans are of characters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_SHORT = (
    "Inc|Ltd|Co|Corp|Jr|Sr|St|Mt|Dr|Mr|Mrs|Ms|No|Bros|vs|Vol|Ft|feat"  # "Inc."
    "|Gen|Lt|Col|Capt|Sgt|Maj|Brig|Adm|Rev|Hon|Prof|Gov|Sen|Rep|Msgr"
)
_CLOSED = "a|an|the|and|or|who|which|that|in|on|at|of|for|with|by|to|from|is|was"
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|[A-Z]\.(?=\s+\S)"  # J.
    rf"|(?:{_SHORT})\."
    r"|['’]s\b"
    r"|R ?& ?B\b"
    r"|[^\W_]+ - (?:based|born|language|style|class|era|speaking)\b"
    rf"|[a-z]+ - (?!(?:{_CLOSED})\b)[a-z]+\b"
    r"|[^\W_]+(?:(?:[-–‑.&/+]|['’](?!s\b))[^\W_]+)*"
    r"|\S"
)
_ABBREVIATION = re.compile(rf"(?:\b[A-Z]|\b(?:{_SHORT}|c|ca|b|d|r|var|subsp|cf|al|approx))\s?\.$")
_END = re.compile(r"[.!?](?:[\"'”’)\]]|\[[^\]]{1,20}\])*(?=\s+[\"“'‘(]?\s?[A-Z0-9])")
_GLUED = re.compile(r"(?<=[a-z0-9)\]])\.(?=[A-Z][a-z]+\s)")  # "in 1804.Built"


@dataclass(frozen=True)
class Token:
    """A word or a mark; start and end are characters of the whole text."""

    text: str
    start: int
    end: int

    @cached_property
    def low(self) -> str:
        return self.text.lower()

    @property
    def word(self) -> str:
        """As `low`, but abbreviations stay: "UP" is not "up"."""
        return self.text if len(self.text) > 1 and self.text.isupper() else self.low

    @property
    def joined(self) -> str:
        """In lower case, hyphens without spaces around them."""
        return self.low.replace(" - ", "-")

    @cached_property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @cached_property
    def is_capital(self) -> bool:
        """Has a capital letter, at its beginning or within ("iPhone", "al-Qaeda")."""
        return self.is_word and any(char.isupper() for char in self.text)

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()

    @cached_property
    def is_plain(self) -> bool:
        """Letters in lower case, but for marks within."""
        letters = self.text[0].isalpha() and not any(map(str.isdigit, self.text))
        return letters and self.text == self.low


def sentences(text: str) -> Iterator[list[Token]]:
    """The words of each sentence; a full stop without a space behind it may end one too."""
    start = 0
    ends = {found.end() for pattern in (_END, _GLUED) for found in pattern.finditer(text)}
    for end in [*sorted(ends), len(text)]:
        if end < len(text) and _ABBREVIATION.search(text, max(start, end - 10), end):
            continue
        if found := list(_words(text, start, end)):
            yield found
        start = end


def _words(text: str, start: int, end: int) -> Iterator[Token]:
    for found in _WORD.finditer(text, start, end):
        yield Token(found[0], found.start(), found.end())


def at(tokens: Sequence[Token], place: int) -> Token | None:
    """The token there; None behind the last."""
    return tokens[place] if place < len(tokens) else None


def after_brackets(tokens: Sequence[Token], place: int) -> int:
    """The place behind any brackets that open here; -1 if they do not close."""
    while place < len(tokens) and tokens[place].text in "([":
        depth = 0
        for end in range(place, len(tokens)):
            depth += (tokens[end].text in "([") - (tokens[end].text in ")]")
            if not depth:
                break
        else:
            return -1
        place = end + 1
    return place
