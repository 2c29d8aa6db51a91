"""The rules "the village of X" and "the family X", whose names are one word."""

from collections.abc import Iterator, Sequence

from .before_name import is_nation, phrase_start
from .phrases import Found, Phrase, phrase_between
from .tokens import Token, at
from .words import heads, proper

OF, FAMILY = "place of", "family"
_FAMILIES = ("family", "subfamily", "superfamily")
_AFTER = frozenset({*".,;()", "in", "on", "near", "and", "at", "is", "was"})


def place_of(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "the village of Ash in Kent".

    Longer names are left: where commas are lost, "the town of Ash Kent" has two.
    """
    for place in range(1, len(tokens) - 2):
        if tokens[place].low not in heads.PLACES or tokens[place + 1].text != "of":
            continue
        last = place + 3 + (tokens[place + 2].low in proper.PLACE_PREFIXES)
        start = phrase_start(tokens, place)
        phrase = phrase_between(tokens, start, place + 1) if start >= 0 else None
        if phrase and _is_place(tokens, place + 2, last):
            yield Found(tokens[place + 2].start, tokens[last - 1].end, phrase, OF)


def _is_place(tokens: Sequence[Token], first: int, last: int) -> bool:
    after = at(tokens, last)
    if last > len(tokens) or (after is not None and after.text not in _AFTER):
        return False
    if len(tokens[last - 1].text) < 3 or is_nation(tokens[last - 1]):
        return False
    return all(token.is_capital for token in tokens[first:last])


def family(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "the seabream family Sparidae", "of the Noctuidae family"."""
    for place in range(1, len(tokens) - 1):
        kind = tokens[place].low
        if kind not in _FAMILIES:
            continue
        alone = Phrase(kind, kind, kind, place + 1)
        if _is_family(tokens[place + 1]):
            start = phrase_start(tokens, place)
            phrase = phrase_between(tokens, start, place + 1) if start >= 0 else None
            yield _found(tokens[place + 1], phrase or alone)
        if _is_family(tokens[place - 1]):
            yield _found(tokens[place - 1], alone)


def _is_family(token: Token) -> bool:
    ends = token.low.endswith(proper.TAXON_ENDINGS)
    return token.is_capital and ends and token.text.isalpha()


def _found(name: Token, phrase: Phrase) -> Found:
    return Found(name.start, name.end, phrase, FAMILY)
