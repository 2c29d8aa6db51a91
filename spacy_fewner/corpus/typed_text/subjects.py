"""Names at the beginning of a sentence, with what may stand between them and their verb."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import words as w
from .tokens import Token

QUOTES = {'"': '"', "“": "”", "``": "''", "«": "»"}
MOST_IN_NAME = 12


@dataclass(frozen=True, slots=True)
class Name:
    """Tokens first (inclusive) to last (exclusive); after: the token behind quotation marks.

    the: whether "The" stands before it. titled: only a title may be built so.
    taxon: has lower-case words, as scientific names do; common: has no others.
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
    """The name that begins with this token, the first of its sentence."""
    if start >= len(tokens):
        return None
    if tokens[start].text in QUOTES:
        return quoted_at(tokens, start)
    the = tokens[start].text == "The"
    first = start + the
    if the and (common := _common_name(tokens, first)):
        return common
    if first >= len(tokens) or not (tokens[first].is_capital or tokens[first].is_number):
        return None
    last, titled = _last(tokens, first)
    taxon = False
    if last == first + 1 and not the:
        more = _epithets(tokens, last)
        last, taxon = last + more, bool(more)
    if last - first > MOST_IN_NAME:
        return None
    name = Name(first, last, last, False, the, titled, taxon)
    return name if _is_name(tokens, name) else None


def _common_name(tokens: Sequence[Token], first: int) -> Name | None:
    """ "The crested wood snake": words in lower case before a verb, brackets or a scientific name."""
    last = first
    while last < len(tokens) and tokens[last].is_plain and tokens[last].low not in w.CLOSED:
        if tokens[last].low in w.STRIPPED - w.COLOURS:
            return None
        last += 1
    if not 2 <= last - first <= 4 or last >= len(tokens):
        return None
    return Name(first, last, last, taxon=True, common=True)


def foreign_title_at(tokens: Sequence[Token], start: int = 0) -> Name | None:
    """A title with words in lower case, up to a verb or brackets."""
    last = start
    while last < len(tokens) and tokens[last].is_word and tokens[last].text not in w.COPULAS:
        low = tokens[last].low
        if low in w.WORKS or (low in w.CLOSED - w.JOINERS - w.TITLE_JOINERS and last > start):
            return None
        last += 1
    found = tokens[start:last]
    if not 2 <= len(found) <= 8 or not found[0].is_capital or _is_taken_for_name(found):
        return None
    if found[0].word in w.CLOSED - w.ARTICLES:
        return None
    return Name(start, last, last, titled=True)


def quoted_at(tokens: Sequence[Token], start: int) -> Name | None:
    """The name in the quotation marks that open here."""
    close = QUOTES[tokens[start].text]
    for place in range(start + 1, min(len(tokens), start + 2 + MOST_IN_NAME)):
        if tokens[place].text == close:
            last = place - (tokens[place - 1].text in ",.")
            if last > start + 1 and tokens[start + 1].is_word:
                return Name(start + 1, last, place + 1, quoted=True)
            return None
    return None


def _last(tokens: Sequence[Token], first: int) -> tuple[int, bool]:
    """(token behind the name, whether only a title may be so)."""
    last, place, titled = first + 1, first + 1, tokens[first].word in w.CLOSED
    maybe_titled = titled
    while place < len(tokens) and place - first <= MOST_IN_NAME:
        token = tokens[place]
        if token.is_capital or token.is_number or token.text in ("'s", "’s"):
            last, titled = place + 1, maybe_titled
        elif token.low in w.TITLE_JOINERS or token.text in (":", "!", "?"):
            maybe_titled = True
        elif token.low not in w.JOINERS and token.text not in ("-", "–", "'", "’", ".", "×", "#"):
            break
        elif token.text == "." and not (place + 1 < len(tokens) and _is_initial(tokens[place - 1])):
            break
        place += 1
    if last < len(tokens) and tokens[last].text == "!":
        last += 1
    return last, titled


def _is_initial(token: Token) -> bool:
    return len(token.text) == 1 or token.text in ("Jr", "Sr", "Inc", "Ltd", "St", "Dr", "Mr")


def _epithets(tokens: Sequence[Token], place: int) -> int:
    """How many lower-case words of a scientific name follow its genus."""
    count = 0
    while count < 2 and place + count < len(tokens):
        token = tokens[place + count]
        if not token.is_plain or token.low in w.NO_EPITHETS or len(token.text) < 4:
            break
        count += 1
    return count


def _is_name(tokens: Sequence[Token], name: Name) -> bool:
    found = tokens[name.first : name.last]
    first = found[0].word
    if any(token.low in w.COPULAS and token.is_plain for token in found):
        return False
    if found[-1].text in ("'s", "’s"):
        return False
    if _is_taken_for_name(found):
        return False
    if first in w.STARTS_NO_NAME or (first in w.CLOSED and len(found) < 2):
        return False
    if len(found) == 1:
        if found[0].is_number or len(found[0].text) < 2:
            return False
        return first not in w.NOT_NAMES and not first.endswith(("ing", "ly"))
    return True


def _is_taken_for_name(found: Sequence[Token]) -> bool:
    """A participle or an adverb begins the sentence: "Founded in 2002 Acme is a company"."""
    first = found[0].low
    if first.endswith(("ally", "ently", "iously")):
        return True
    verb = first.endswith(("ed", "ing")) or first in w.PARTICIPLES
    return verb and len(found) > 1 and found[1].low in w.PREPOSITIONS
