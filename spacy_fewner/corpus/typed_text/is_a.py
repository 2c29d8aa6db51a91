"""The rule "X is a TYPE", at the beginning of a sentence."""

from collections.abc import Iterator, Sequence

from .names import Name, foreign_title_at, name_at
from .phrases import Found, Phrase, phrase_at
from .tokens import Token, after_brackets, at
from .words import closed, heads, proper

RULE = "is a"
MOST_INSERTED = 12  # words between commas; twice as many behind "also known as"
_STOPS = closed.RELATIVES | closed.AUXILIARIES
_WITH_LOWER_CASE = heads.ORGANISMS | heads.SUBSTANCES


def is_a(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "Dune is a novel", "Ada Bo ( born 1901 ) was the first …", "The Elb or Alb is one of …"."""
    names = _subjects(tokens)
    place = _behind_copula(tokens, names[-1].after) if names else -1
    phrase = _predicate(tokens, place) if place > 0 else None
    if phrase is None or not all(_agree(tokens, name, phrase) for name in names):
        yield from _foreign_title(tokens)
    elif len(names) == 1 or phrase.head not in heads.WORKS:  # "or" may belong to a title
        for name in names:
            first = name.first - (name.the and phrase.head in heads.INTO_NAMES)
            yield _found(tokens, first, name.last, phrase)


def _found(tokens: Sequence[Token], first: int, last: int, phrase: Phrase) -> Found:
    return Found(tokens[first].start, tokens[last - 1].end, phrase, RULE)


def _subjects(tokens: Sequence[Token]) -> list[Name]:
    """One name, or two of the same thing with "or" between."""
    name = name_at(tokens)
    if name is None:
        return []
    joiner = at(tokens, name.after)
    if joiner is None or joiner.text != "or":
        return [name]
    other = name_at(tokens, name.after + 1)
    return [name, other] if other and not name.quoted else []


def _foreign_title(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "La ciudad perdida is a 1950 film": what is dated or counted so is a work."""
    name = foreign_title_at(tokens)
    place = _behind_copula(tokens, name.after) if name else -1
    phrase = _predicate(tokens, place) if place > 0 else None
    if name is None or phrase is None or phrase.head not in heads.DATED:
        return
    first = tokens[place + 1]
    if first.is_number or first.low in proper.ORDINALS:
        yield _found(tokens, name.first, name.last, phrase)


def _predicate(tokens: Sequence[Token], place: int) -> Phrase | None:
    found = [token.text for token in tokens[place : place + 3]]
    if found == ["one", "of", "the"]:
        return phrase_at(tokens, place + 3, plural=True)
    if len(found) > 1 and found[0] in closed.ARTICLES:
        return phrase_at(tokens, place + 1)
    return None


def _behind_copula(tokens: Sequence[Token], place: int) -> int:
    """The place behind "is" and the like, over brackets and one insertion; -1 if there is none."""
    place = _behind_insertion(tokens, after_brackets(tokens, place))
    if not 0 <= place < len(tokens) or tokens[place].text not in closed.COPULAS:
        return -1
    place += 1
    while place < len(tokens) and tokens[place].text in closed.BETWEEN:
        place += 1
    return place


def _behind_insertion(tokens: Sequence[Token], place: int) -> int:
    token = at(tokens, place) if place >= 0 else None
    if token is None:
        return -1
    if _says_more(tokens, place):
        return _next_copula(tokens, place)
    if token.text != ",":
        return place
    more = _says_more(tokens, place + 1)
    return _next_copula(tokens, place + 1) if more else _behind_commas(tokens, place)


def _behind_commas(tokens: Sequence[Token], place: int) -> int:
    for end in range(place + 2, min(len(tokens), place + 2 + MOST_INSERTED)):
        if tokens[end].text == "," and end + 1 < len(tokens):
            return end + 1
        if tokens[end].text in closed.COPULAS or tokens[end].text in ("and", "or", "&", '"'):
            return -1
    return -1


def _says_more(tokens: Sequence[Token], place: int) -> bool:
    """Whether "also known as …", "born …" or "founded in …" begins here."""
    found = [token.text for token in tokens[place : place + 2]]
    if len(found) < 2:
        return False
    first, second = found
    if first in closed.KNOWN:
        return second in closed.NAMED
    made = first in closed.MADE and second in closed.PREPOSITIONS
    return made or first in closed.NAMED or first == "born"


def _next_copula(tokens: Sequence[Token], place: int) -> int:
    """The place of the verb of the sentence; -1 if it is not sure."""
    end = place + 1
    while 0 <= end < len(tokens) and end - place < 2 * MOST_INSERTED:
        token = tokens[end]
        if token.text in closed.COPULAS:
            return end
        if token.text in "([":
            end = after_brackets(tokens, end)
        elif token.low in _STOPS or token.text in ".;:":
            return -1
        else:
            end += 1
    return -1


def _agree(tokens: Sequence[Token], name: Name, phrase: Phrase) -> bool:
    """Whether a name that is built so can be of that type."""
    if name.quoted:
        return True
    first = tokens[name.first].word
    if name.titled or first in closed.CLOSED:
        return phrase.head in heads.WORKS and name.last - name.first > 1
    if name.common:
        return "species of " in phrase.full and _is_of_organisms(tokens)
    if name.taxon:
        return phrase.head in _WITH_LOWER_CASE or _is_of_organisms(tokens)
    alone = name.the and name.last - name.first == 1
    return not (alone and first in proper.NOT_NAMES)


def _is_of_organisms(tokens: Sequence[Token]) -> bool:
    return any(
        token.low in proper.TAXON_WORDS or token.low.endswith(proper.TAXON_ENDINGS)
        for token in tokens
    )
