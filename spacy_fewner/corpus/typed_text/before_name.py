"""The rules "the TYPE X", "Italian TYPE X", "by TYPE X" and "a TYPE called X"."""

import re
from collections.abc import Iterator, Sequence

from .names import QUOTES, Name, quoted_at
from .phrases import Found, Phrase, phrase_at, phrase_between
from .tokens import Token, at
from .words import closed, heads, modifiers, proper

RULE, CALLED = "before the name", "called"
MOST_BEFORE_HEAD = 3  # words
MOST_IN_NAME, MOST_IN_PERSON = 5, 4
_INITIALS = re.compile(r"(?:[A-Z]\.)*[A-Z]\.?")
_POSSESSIVES = ("'s", "’s")
_JOINERS = ("of", "the", "de", "van", "von", "der", "&", "la", "del", "di")
_AFTER_NAMES = closed.PREPOSITIONS | closed.CONJUNCTIONS | closed.RELATIVES
_OPENING = closed.PREPOSITIONS | closed.CONJUNCTIONS
_NOT_FIRST = closed.CLOSED - {"the"}
_ONE_NAME_ONLY = heads.PEOPLE | heads.TAXA  # "and" behind it begins another name


def before_name(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "the novel Dune", "American rock band Foo", "by producer Ada Bo"."""
    for place, head in enumerate(tokens[:-1]):
        plain = head.is_plain or head.text in modifiers.KEPT_CAPITALS
        if not plain or head.low not in heads.BEFORE_NAMES:
            continue
        name = _name_behind(tokens, place + 1, head.low)
        start = phrase_start(tokens, place)
        phrase = phrase_between(tokens, start, place + 1) if name and start >= 0 else None
        if name and phrase:
            yield _found(tokens, name, phrase, RULE)


def called(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "a village called Ash"."""
    for place, token in enumerate(tokens[:-1]):
        if token.text not in ("called", "named", "titled", "entitled"):
            continue
        phrase = _phrase_before(tokens, place)
        name = _name_behind(tokens, place + 1, phrase.head) if phrase else None
        if name and phrase and _may_be_called(tokens, name):
            yield _found(tokens, name, phrase, CALLED)


def phrase_start(tokens: Sequence[Token], head: int) -> int:
    """The place of the first word of the phrase with that head; -1 if it is not sure."""
    place = head
    while place and tokens[place - 1].is_plain and tokens[place - 1].low not in closed.CLOSED:
        place -= 1
    if place == 0 or head - place > MOST_BEFORE_HEAD:
        return -1
    before, noun = tokens[place - 1], tokens[head].low
    if before.low == "the":
        return place if place > 1 and not _opens(tokens, place - 2) else -1
    if is_nation(before):
        return -1 if place > 1 and _opens(tokens, place - 2) else place - 1
    if before.text in ("by", "with", "from", "featuring") and place > 1:
        return place if noun in heads.PERFORMERS else -1
    if before.text in ("and", "of", ",") and place > 2 and head == place:
        return place if noun in heads.PEOPLE else -1
    return -1


def is_nation(token: Token) -> bool:
    """Whether it names a nation, a language or a belief, as an adjective does."""
    if token.text in proper.NATIONS:
        return True
    last = token.text.rsplit("-", 1)[-1]
    return last[:1].isupper() and len(last) > 4 and last.endswith(proper.NATION_ENDINGS)


def _found(tokens: Sequence[Token], name: Name, phrase: Phrase, rule: str) -> Found:
    return Found(tokens[name.first].start, tokens[name.last - 1].end, phrase, rule)


def _phrase_before(tokens: Sequence[Token], end: int) -> Phrase | None:
    for start in range(end - 1, max(-1, end - 7), -1):
        if tokens[start].text in ("a", "an"):
            phrase = phrase_at(tokens, start + 1)
            return phrase if phrase and phrase.end == end else None
    return None


def _may_be_called(tokens: Sequence[Token], name: Name) -> bool:
    after = at(tokens, name.last)
    if tokens[name.first].low in proper.NOT_NAMES:
        return False
    return not _goes_on(tokens, name.last) and not (after and after.text in _POSSESSIVES)


def _opens(tokens: Sequence[Token], place: int) -> bool:
    """Whether a preposition begins the sentence, or a part of it, there: in "In the film Smith
    dies" the name is not that of the film."""
    starts = place == 0 or tokens[place - 1].text in ",.;:"
    return starts and tokens[place].low in _OPENING


def _name_behind(tokens: Sequence[Token], first: int, head: str) -> Name | None:
    """The name that follows its type; None if its end is not sure."""
    person = head in heads.PEOPLE
    if tokens[first].text in QUOTES:
        return None if person else quoted_at(tokens, first)
    last = _last(tokens, first)
    if not 0 < last - first <= (MOST_IN_PERSON if person else MOST_IN_NAME):
        return None
    if not _may_end(tokens, last, head) or not _is_name(tokens[first:last]):
        return None
    cut = person and _ends_sentence(tokens, last) and _INITIALS.fullmatch(tokens[last - 1].text)
    return None if cut else Name(first, last, last)


def _last(tokens: Sequence[Token], first: int) -> int:
    last = first
    while last < len(tokens) and last - first <= MOST_IN_NAME + 1:
        token, following = tokens[last], at(tokens, last + 1)
        joins = token.text in _JOINERS and following is not None and following.is_capital
        inner = last > first and (joins or token.is_number)
        if not (token.is_capital or inner):
            break
        last += 1
    return last


def _is_name(found: Sequence[Token]) -> bool:
    if found[0].low in _NOT_FIRST or is_nation(found[0]):
        return False
    return len(found) > 1 or found[0].low not in proper.NOT_NAMES


def _may_end(tokens: Sequence[Token], last: int, head: str) -> bool:
    """Whether what follows shows that the name is complete."""
    token, following = at(tokens, last), at(tokens, last + 1)
    if token is None:
        return True
    if head not in _ONE_NAME_ONLY and _goes_on(tokens, last):
        return False
    if token.text in _POSSESSIVES:
        return head not in heads.WORKS
    if token.low.endswith("ed") and following is not None:
        return following.low in closed.PREPOSITIONS
    if token.low == "as":
        return head != "character"  # "stars Bo as the character Ann as …" has two names
    return token.text in (".", ",", ";", "(", ")", "--") or token.low in _AFTER_NAMES


def _goes_on(tokens: Sequence[Token], last: int) -> bool:
    """Whether more of the name may follow in lower case or behind a colon."""
    token, following = at(tokens, last), at(tokens, last + 1)
    if token is None or following is None:
        return False
    if token.low == "of" or (token.low == "for" and following.low == "the"):
        return True
    joins = token.low in ("and", "&", "or", ":", "in", "on", "for", "with", "to")
    return joins and following.is_capital


def _ends_sentence(tokens: Sequence[Token], place: int) -> bool:
    token = at(tokens, place)
    return token is None or token.text == "."
