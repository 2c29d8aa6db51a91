"""Sentences and words of a text, pre-spaced or not, without spaCy's tokenizer's splits at hyphens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|[A-Z]\.(?=\s+\S)"  # J.
    r"|(?:Inc|Ltd|Co|Corp|Jr|Sr|St|Mt|Dr|Mr|Mrs|Ms|No|Bros|vs|Vol|Gen|Lt|Col|Capt|Sgt|Ft|feat)\."
    r"|['’]s\b"
    r"|R ?& ?B\b"
    r"|[^\W_]+ - (?:based|born|language|style|class|era|speaking)\b"
    r"|[a-z]+ - (?!(?:a|an|the|and|or|who|which|that|in|on|at|of|for|with|by|to|from|is|was)\b)[a-z]+\b"
    r"|[^\W_]+(?:(?:[-–‑.&/+]|['’](?!s\b))[^\W_]+)*"
    r"|\S"
)
_ABBREVIATIONS = re.compile(
    r"(?:\b[A-Z]|\b(?:Inc|Ltd|Co|Corp|Jr|Sr|St|Mt|Dr|Mr|Mrs|Ms|No|Bros|vs|Vol|Gen|Lt|Col|Capt|Sgt|Ft"
    r"|c|ca|b|d|r|var|subsp|cf|al|feat|approx))\s?\.$"
)
_END = re.compile(r"[.!?](?:[\"'”’)\]]|\[[^\]]{1,20}\])*(?=\s+[\"“'‘(]?\s?[A-Z0-9])")
_GLUED = re.compile(r"(?<=[a-z0-9)\]])\.(?=[A-Z][a-z]+\s)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark; start and end are characters of the whole text."""

    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def word(self) -> str:
        """As `low`, but abbreviations stay: "UP" is not "up"."""
        return self.text if len(self.text) > 1 and self.text.isupper() else self.text.lower()

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def is_capital(self) -> bool:
        """Begins with a capital letter or has one ("iPhone", "al-Qaeda")."""
        return self.is_word and any(char.isupper() for char in self.text)

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()

    @property
    def is_plain(self) -> bool:
        """Lower-case letters only, but for hyphens and apostrophes within."""
        return self.text[0].isalpha() and self.text == self.low and not any(map(str.isdigit, self.text))


def sentences(text: str) -> Iterator[list[Token]]:
    """The words of each sentence; full stops without a space behind them end one too."""
    start = 0
    ends = sorted({m.end() for m in _END.finditer(text)} | {m.end() for m in _GLUED.finditer(text)})
    for end in [*ends, len(text)]:
        if end < len(text) and _ABBREVIATIONS.search(text, max(start, end - 10), end):
            continue
        found = list(words(text, start, end))
        if found:
            yield found
        start = end


def words(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    for found in _WORD.finditer(text, start, len(text) if end is None else end):
        yield Token(found[0], found.start(), found.end())


def after_brackets(tokens: Sequence[Token], place: int) -> int:
    """The token behind any brackets that open here; -1 if they do not close."""
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
