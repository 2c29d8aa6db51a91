"""The rule "X , a TYPE …" between commas."""

from collections.abc import Iterator, Sequence

from .phrases import Found, phrase_at
from .tokens import Token
from .words import closed

RULE = "between commas"
MOST_IN_NAME = 4
MOST_TO_COMMA = 10  # words
_OPENING = closed.PREPOSITIONS | closed.CONJUNCTIONS | closed.RELATIVES
_AFTER_TYPE = closed.PREPOSITIONS | closed.RELATIVES | {"and"}
_NOT_BEFORE = ("of", "and", "or", "the", "in", "on", "at", "&")


def apposition(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "Ada Bo , a lawyer from Rome , …".

    Not in sentences that begin with a preposition: in "In Rome , a lawyer spoke" it is no Rome.
    """
    if tokens[0].low in _OPENING:
        return
    for place in range(1, len(tokens) - 2):
        if tokens[place].text != "," or tokens[place + 1].text not in ("a", "an"):
            continue
        first = _first_of_name(tokens, place)
        phrase = phrase_at(tokens, place + 2) if first >= 0 else None
        if phrase and _closes(tokens, phrase.end):
            yield Found(tokens[first].start, tokens[place - 1].end, phrase, RULE)


def _first_of_name(tokens: Sequence[Token], end: int) -> int:
    """The place of the first word of the name that ends there; -1 if it is not sure."""
    first = end
    while first > 0 and tokens[first - 1].is_capital:
        first -= 1
    if not 0 < end - first <= MOST_IN_NAME or tokens[first].low in closed.CLOSED:
        return -1
    if first == 0:
        return 0 if end > 1 else -1
    before = tokens[first - 1]
    return first if before.is_plain and before.low not in _NOT_BEFORE else -1


def _closes(tokens: Sequence[Token], place: int) -> bool:
    """Whether a comma or the end of the sentence closes it before a verb comes."""
    if place < len(tokens) and tokens[place].is_word and tokens[place].low not in _AFTER_TYPE:
        return False
    for token in tokens[place : place + MOST_TO_COMMA]:
        if token.text in (",", ".", ";"):
            return True
        if token.text in closed.AUXILIARIES or token.text == ":":
            return False
    return place + MOST_TO_COMMA >= len(tokens)
