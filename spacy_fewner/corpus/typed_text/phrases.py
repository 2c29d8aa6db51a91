"""Type phrases: noun phrases that say what something is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .boundaries import may_end, phrase_end
from .forms import is_plural
from .labels import compact
from .tokens import Token, at
from .words import closed, heads

MOST_WORDS = 9
_WITH_OF = heads.TRANSPARENT | heads.GROUPS_OF
_NOT_OF_GROUPS = heads.NO_TYPE | heads.TAXA  # "a species of the daisy family" is no family
_ALONE = ("species", "genus", "subspecies", "cultivar")


@dataclass(frozen=True)
class Phrase:
    """label: the compact type. full: the whole phrase. head: its noun. end: the place behind it."""

    label: str
    full: str
    head: str
    end: int


@dataclass(frozen=True)
class Found:
    """A mention, in characters of the text, its type phrase, and the rule that found it."""

    start: int
    end: int
    phrase: Phrase
    rule: str


def phrase_at(tokens: Sequence[Token], start: int, plural: bool = False) -> Phrase | None:
    """The type phrase that begins with the token behind an article; None if in doubt.

    plural: the phrase is plural, as behind "one of the".
    """
    end = phrase_end(tokens, start)
    found = _before_second_person(tokens[start:end])
    phrase = _phrase(tokens, start, found, end, plural)
    if phrase is None:
        return None
    following = at(tokens, phrase.end)
    if phrase.head in _WITH_OF and following is not None and following.low == "of":
        return _of_what(tokens, phrase)
    alone = phrase.label == phrase.head and phrase.head in heads.NO_TYPE_ALONE
    return None if alone or phrase.head in heads.NO_TYPE else phrase


def phrase_between(tokens: Sequence[Token], start: int, end: int) -> Phrase | None:
    """The type phrase that begins and ends there; None if there is none."""
    phrase = phrase_at(tokens[:end], start)
    return phrase if phrase and phrase.end == end else None


def _phrase(
    tokens: Sequence[Token], start: int, found: Sequence[Token], end: int, plural: bool | None
) -> Phrase | None:
    """Of the words found; end: where the noun phrase ends that they begin."""
    if not 0 < len(found) <= MOST_WORDS or not may_end(tokens, end, found[-1].low):
        return None
    made = compact(found, plural)
    if made is None:
        return None
    full = " ".join(token.text.replace(" - ", "-") for token in found)
    return Phrase(made[0], full, made[1], start + len(found))


def _of_what(tokens: Sequence[Token], group: Phrase) -> Phrase | None:
    """ "a species of land snail" is a land snail, "a genus of moths" a moth genus."""
    article = at(tokens, group.end + 1)
    start = group.end + 1 + (article is not None and article.low in closed.ARTICLES)
    end = phrase_end(tokens, start)
    found = tokens[start:end]
    if group.head in heads.TAXA:
        found, end = _before_second_plural(found), len(tokens)  # all that follows is in doubt
    what = _phrase(tokens, start, found, end, plural=None)
    if what is None or what.head in _NOT_OF_GROUPS:
        return group if group.head in _ALONE else None
    whole = replace(what, full=f"{group.full} of {what.full}")
    if group.head in heads.TRANSPARENT:
        return whole
    return replace(whole, label=f"{what.label} {group.head}", head=group.head)


def _before_second_person(found: Sequence[Token]) -> Sequence[Token]:
    """Lists of professions whose commas are lost ("singer lyricist") end with the first."""
    if not found or found[-1].low not in heads.PEOPLE:
        return found
    for place, token in enumerate(found[:-1]):
        if token.is_plain and token.low in heads.PEOPLE and found[place + 1].is_plain:
            return found[: place + 1]
    return found


def _before_second_plural(found: Sequence[Token]) -> Sequence[Token]:
    """Lists whose commas are lost ("sea snails marine molluscs") end with the first plural."""
    for place, token in enumerate(found):
        if token.is_plain and is_plural(token.low):
            return found[: place + 1]
    return found
