"""Names at the beginning of a sentence, and names in quotation marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from .tokens import Token, at
from .words import closed, heads, modifiers, proper

QUOTES = {'"': '"', "“": "”", "``": "''", "«": "»"}
MOST_WORDS = 12
MOST_IN_FOREIGN_TITLE = 8
MOST_IN_COMMON_NAME = 4
_POSSESSIVES = ("'s", "’s")
_MARKS = ("-", "–", "'", "’", ".", "×", "#")
_SHORT = ("Jr", "Sr", "Inc", "Ltd", "St", "Dr", "Mr")
_NOT_FOREIGN = closed.CLOSED - proper.JOINERS - proper.TITLE_JOINERS
_NOT_COMMON = modifiers.STRIPPED - proper.OF_COMMON_NAMES


@dataclass(frozen=True)
class Name:
    """Tokens first (inclusive) to last (exclusive); after: the place behind quotation marks.

    the: "The" stands before it. titled: only a title may be built so. taxon: has words in lower
    case, as scientific names do. common: has no others.
    """

    first: int
    last: int
    after: int
    quoted: bool = False
    the: bool = False
    titled: bool = False
    taxon: bool = False
    common: bool = False


def name_at(tokens: Sequence[Token], start: int = 0) -> Name | None:
    """The name that begins with this token, the first of its sentence; None if in doubt."""
    token = at(tokens, start)
    if token is None:
        return None
    if token.text in QUOTES:
        return quoted_at(tokens, start)
    the = token.text == "The"
    if the and (common := _common_name(tokens, start + 1)):
        return common
    first = at(tokens, start + the)
    if first is None or not (first.is_capital or first.is_number):
        return None
    name = _capitalised(tokens, start + the, the)
    return name if name and _is_name(tokens[name.first : name.last]) else None


def quoted_at(tokens: Sequence[Token], start: int) -> Name | None:
    """The name in the quotation marks that open here; None if they hold none."""
    close = QUOTES[tokens[start].text]
    for place in range(start + 1, min(len(tokens), start + 2 + MOST_WORDS)):
        if tokens[place].text == close:
            last = place - (tokens[place - 1].text in ",.")
            holds = last > start + 1 and tokens[start + 1].is_word
            return Name(start + 1, last, place + 1, quoted=True) if holds else None
    return None


def foreign_title_at(tokens: Sequence[Token]) -> Name | None:
    """A title with words in lower case that begins the sentence, up to a verb or brackets."""
    last = 0
    while last < len(tokens) and tokens[last].is_word and tokens[last].text not in closed.COPULAS:
        low = tokens[last].low
        if low in heads.WORKS or (low in _NOT_FOREIGN and last):
            return None
        last += 1
    found = tokens[:last]
    if not 2 <= len(found) <= MOST_IN_FOREIGN_TITLE or not found[0].is_capital:
        return None
    if found[0].word in closed.CLOSED - closed.ARTICLES or _begins_clause(found):
        return None
    return Name(0, last, last, titled=True)


def _common_name(tokens: Sequence[Token], first: int) -> Name | None:
    """ "The crested wood snake": words in lower case before a verb, brackets or a Latin name."""
    last = first
    while last < len(tokens) and tokens[last].is_plain and tokens[last].low not in closed.CLOSED:
        if tokens[last].low in _NOT_COMMON:
            return None
        last += 1
    if not 2 <= last - first <= MOST_IN_COMMON_NAME or last == len(tokens):
        return None
    return Name(first, last, last, taxon=True, common=True)


def _capitalised(tokens: Sequence[Token], first: int, the: bool) -> Name | None:
    last, titled = _last(tokens, first)
    more = _epithets(tokens, last) if last == first + 1 and not the else 0
    last += more
    if last - first > MOST_WORDS:
        return None
    return Name(first, last, last, the=the, titled=titled, taxon=more > 0)


def _last(tokens: Sequence[Token], first: int) -> tuple[int, bool]:
    """(place behind the name, whether only a title may be built so)."""
    last = first + 1
    titled = maybe_titled = tokens[first].word in closed.CLOSED
    for place in range(first + 1, min(len(tokens), first + 1 + MOST_WORDS)):
        token = tokens[place]
        if token.is_capital or token.is_number or token.text in _POSSESSIVES:
            last, titled = place + 1, maybe_titled
        elif token.low in proper.TITLE_JOINERS or token.text in (":", "!", "?"):
            maybe_titled = True
        elif not _joins(tokens, place):
            break
    mark = at(tokens, last)
    return last + (mark is not None and mark.text == "!"), titled


def _joins(tokens: Sequence[Token], place: int) -> bool:
    token, before = tokens[place], tokens[place - 1].text
    if token.text == ".":
        return place + 1 < len(tokens) and (len(before) == 1 or before in _SHORT)
    return token.low in proper.JOINERS or token.text in _MARKS


def _epithets(tokens: Sequence[Token], place: int) -> int:
    """How many words in lower case, of a scientific name, follow its genus."""
    count = 0
    for token in tokens[place : place + 2]:
        if not token.is_plain or token.low in proper.NO_EPITHETS or len(token.text) < 4:
            break
        count += 1
    return count


def _is_name(found: Sequence[Token]) -> bool:
    if any(token.text in closed.COPULAS for token in found) or _begins_clause(found):
        return False
    if found[-1].text in _POSSESSIVES or found[0].word in proper.STARTS_NO_NAME:
        return False
    return len(found) > 1 or _is_name_alone(found[0])


def _is_name_alone(token: Token) -> bool:
    if token.is_number or len(token.text) < 2:
        return False
    word = token.word
    no_name = word in closed.CLOSED or word in proper.NOT_NAMES
    return not no_name and not word.endswith(("ing", "ly"))


def _begins_clause(found: Sequence[Token]) -> bool:
    """Whether an adverb or a participle begins it: "Founded in 2002 Acme is a company"."""
    first = found[0].low
    if first.endswith(("ally", "ently", "iously")):
        return True
    verb = first.endswith(("ed", "ing")) or first in closed.PARTICIPLES
    return verb and len(found) > 1 and found[1].low in closed.PREPOSITIONS
