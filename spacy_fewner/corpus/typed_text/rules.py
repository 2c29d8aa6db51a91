"""The rules: where a sentence says what a name is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import words as w
from .phrases import Phrase, phrase_at
from .subjects import QUOTES, Name, foreign_title_at, name_at, quoted_at
from .tokens import Token, after_brackets

MOST_INSERTED = 12  # words between commas


@dataclass(frozen=True, slots=True)
class Found:
    """A mention, in characters, with its type phrase and the rule that found it."""

    start: int
    end: int
    phrase: Phrase
    rule: str


def is_a(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "Dune is a novel", "Ada Bo ( born 1901 ) was the first …", at the start of a sentence."""
    names = _subjects(tokens)
    place = _copula(tokens, names[-1].after) if names else -1
    phrase = _predicate(tokens, place) if place > 0 else None
    if phrase is None or not all(_agree(tokens, name, phrase) for name in names):
        yield from _foreign_title(tokens)
        return
    if len(names) > 1 and phrase.head in w.WORKS:
        return
    for name in names:
        first = name.first - (name.the and phrase.head in w.INTO_TITLES)
        yield Found(tokens[first].start, tokens[name.last - 1].end, phrase, "is a")


def _subjects(tokens: Sequence[Token]) -> list[Name]:
    """One name, or two with "or" between, of the same thing."""
    name = name_at(tokens)
    if name is None:
        return []
    if name.after < len(tokens) and tokens[name.after].text == "or":
        other = name_at(tokens, name.after + 1)
        return [name, other] if other and not name.quoted else []
    return [name]


def _foreign_title(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "La ciudad perdida is a 1950 film": what is dated or counted so is a work."""
    name = foreign_title_at(tokens)
    place = _copula(tokens, name.after) if name else -1
    phrase = _predicate(tokens, place) if place > 0 else None
    if name is None or phrase is None or phrase.head not in w.DATED:
        return
    if tokens[place + 1].is_number or tokens[place + 1].low in w.ORDINALS:
        yield Found(tokens[name.first].start, tokens[name.last - 1].end, phrase, "is a")


def _copula(tokens: Sequence[Token], place: int) -> int:
    """The token behind "is" and the like, over brackets and one insertion between commas; or -1."""
    place = after_brackets(tokens, place)
    if place < 0 or place >= len(tokens):
        return -1
    if _says_more(tokens, place):
        place = _behind_other_name(tokens, place)
    elif tokens[place].text == ",":
        more = _says_more(tokens, place + 1)
        place = (_behind_other_name if more else _behind_insertion)(tokens, place + more)
    if not 0 <= place < len(tokens) or tokens[place].text not in w.COPULAS:
        return -1
    place += 1
    while place < len(tokens) and tokens[place].text in w.BETWEEN:
        place += 1
    return place


def _behind_insertion(tokens: Sequence[Token], place: int) -> int:
    for end in range(place + 2, min(len(tokens), place + 2 + MOST_INSERTED)):
        if tokens[end].text == "," and end + 1 < len(tokens):
            return end + 1
        if tokens[end].text in w.COPULAS or tokens[end].text in ("and", "or", "&", '"'):
            return -1
    return -1


def _says_more(tokens: Sequence[Token], place: int) -> bool:
    """Whether "also known as …" or "founded in …" begins here."""
    found = [token.text for token in tokens[place : place + 2]]
    if len(found) < 2:
        return False
    if found[0] in w.KNOWN:
        return found[1] in w.NAMED
    return found[0] in w.NAMED or (found[0] in w.MADE and found[1] in w.PREPOSITIONS) or (
        found[0] == "born"
    )


def _behind_other_name(tokens: Sequence[Token], place: int) -> int:
    """Behind "also known as the Hill" or "commonly called daisy"; or -1."""
    end = place + 1
    while end < len(tokens) and end - place < 2 * MOST_INSERTED:
        if tokens[end].text in w.COPULAS:
            return end
        if tokens[end].text in "([":
            end = after_brackets(tokens, end)
            if end < 0:
                return -1
            continue
        if tokens[end].low in w.RELATIVES | w.AUXILIARIES or tokens[end].text in ".;:":
            return -1
        end += 1
    return -1


def _predicate(tokens: Sequence[Token], place: int) -> Phrase | None:
    if place + 1 >= len(tokens):
        return None
    if [token.text for token in tokens[place : place + 3]] == ["one", "of", "the"]:
        return phrase_at(tokens, place + 3, plural=True)
    if tokens[place].text in w.ARTICLES:
        return phrase_at(tokens, place + 1)
    return None


def _agree(tokens: Sequence[Token], name: Name, phrase: Phrase) -> bool:
    """Whether a name that is built so can be of that type."""
    if name.quoted:
        return True
    low = tokens[name.first].word
    if name.titled or low in w.CLOSED:
        return phrase.head in w.WORKS and name.last - name.first > 1
    if name.common:
        return " species of " in f" {phrase.full} " and _is_of_biology(tokens)
    if name.taxon:
        return _is_of_biology(tokens) or phrase.head in w.SUBSTANCES | w.BACKBONE
    if name.the and name.last - name.first == 1:
        return low not in w.NOT_NAMES
    return True


def _is_of_biology(tokens: Sequence[Token]) -> bool:
    return any(
        token.low.endswith(w.TAXON_ENDINGS) or token.low in w.TAXON_WORDS for token in tokens
    )


def before_name(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "the novel Dune", "American rock band Nirvana", "by producer Ada Bo"."""
    for place in range(1, len(tokens)):
        head = tokens[place - 1]
        if head.low not in w.BEFORE_NAMES or not (head.is_plain or head.text in w.KEPT_CAPITALS):
            continue
        name = _name_behind(tokens, place, head.low)
        start = _begin(tokens, place - 1)
        if name is None or start < 0:
            continue
        phrase = _phrase(tokens, start, place)
        if phrase is not None:
            yield Found(
                tokens[name.first].start, tokens[name.last - 1].end, phrase, "before the name"
            )


def _phrase(tokens: Sequence[Token], start: int, end: int) -> Phrase | None:
    found = phrase_at(tokens[:end], start)
    return found if found and found.end == end else None


def _begin(tokens: Sequence[Token], head: int) -> int:
    """The first token of the phrase that ends with head; -1 if that is not sure."""
    place = head
    while place > 0 and tokens[place - 1].is_plain and tokens[place - 1].low not in w.CLOSED:
        place -= 1
    if place == 0 or head - place > 3:
        return -1
    before = tokens[place - 1]
    if before.low == "the":
        return place if place > 1 and not _opens(tokens, place - 2) else -1
    if is_nationality(before):
        return place - 1 if not _opens(tokens, place - 2) else -1
    if before.text in ("by", "with", "from", "featuring") and place > 1:
        return place if tokens[head].low in w.PERFORMERS else -1
    if before.text in ("and", "of", ",") and place > 2 and head == place:
        return place if tokens[head].low in w.PEOPLE else -1
    return -1


def _opens(tokens: Sequence[Token], place: int) -> bool:
    """Whether this is a preposition with which the sentence or a part of it begins: in "In the film
    Smith dies" the name does not belong to the film."""
    if place < 0:
        return False
    return tokens[place].low in w.PREPOSITIONS | w.CONJUNCTIONS and (
        place == 0 or tokens[place - 1].text in ",.;:"
    )


def is_nationality(token: Token) -> bool:
    if token.text in w.NATIONS:
        return True
    parts = token.text.split("-")
    return parts[-1][:1].isupper() and len(parts[-1]) > 4 and parts[-1].endswith(
        ("ian", "ean", "can", "ish", "ese", "man", "lan")
    )


def _name_behind(tokens: Sequence[Token], place: int, head: str) -> Name | None:
    """The name that follows its type."""
    person = head in w.PEOPLE
    if place >= len(tokens):
        return None
    if tokens[place].text in QUOTES:
        return None if person else quoted_at(tokens, place)
    last = place
    while last < len(tokens) and last - place < 7:
        token = tokens[last]
        joins = token.text in ("of", "the", "de", "van", "von", "der", "&", "la", "del", "di") and (
            last > place and last + 1 < len(tokens) and tokens[last + 1].is_capital
        )
        if not (token.is_capital or joins or (token.is_number and last > place)):
            break
        last += 1
    if last == place or not _name_may_end(tokens, last) or last - place > (4 if person else 5):
        return None
    if tokens[place].low in w.CLOSED - {"the"} or is_nationality(tokens[place]):
        return None
    if last - place > 1 and len(tokens[last - 1].text) == 1 and _ends_sentence(tokens, last):
        return None
    if last - place < 2 and tokens[place].low in w.NOT_NAMES:
        return None
    if not (person or head in w.TAXA) and _goes_on(tokens, last):
        return None
    return Name(place, last, last)


def _goes_on(tokens: Sequence[Token], last: int) -> bool:
    """Whether "and" or a colon may join more of the title."""
    return (
        last + 1 < len(tokens)
        and tokens[last].low in ("and", "&", "or", ":", "in", "on", "for", "with", "to", "of")
        and (
            tokens[last + 1].is_capital
            or tokens[last].low == "of"
            or (tokens[last].low == "for" and tokens[last + 1].low == "the")
        )
    )


def place_of(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "in the village of Ash in Kent": names of one word, as commas between names may be lost."""
    for place in range(1, len(tokens) - 2):
        if tokens[place].low not in w.PLACES or tokens[place + 1].text != "of":
            continue
        last = place + 3
        if tokens[place + 2].low in w.PLACE_PREFIXES:
            last += 1
        if last > len(tokens) or not all(t.is_capital for t in tokens[place + 2 : last]):
            continue
        if last < len(tokens) and not (
            tokens[last].text in ".,;()" or tokens[last].text in ("in", "on", "near", "and", "at", "is", "was")
        ):
            continue
        if len(tokens[last - 1].text) < 3 or is_nationality(tokens[last - 1]):
            continue
        start = _begin(tokens, place)
        phrase = _phrase(tokens, start, place + 1) if start >= 0 else None
        if phrase is not None:
            yield Found(tokens[place + 2].start, tokens[last - 1].end, phrase, "place of")


def family(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "the seabream family Sparidae", "of the Noctuidae family"."""
    for place in range(1, len(tokens) - 1):
        if tokens[place].low != "family":
            continue
        for other in (place + 1, place - 1):
            name = tokens[other]
            if name.is_capital and name.low.endswith(w.TAXON_ENDINGS) and name.text.isalpha():
                phrase = None
                if other > place:
                    start = _begin(tokens, place)
                    phrase = _phrase(tokens, start, place + 1) if start >= 0 else None
                phrase = phrase or Phrase("family", "family", "family", place + 1)
                yield Found(name.start, name.end, phrase, "family")


def _ends_sentence(tokens: Sequence[Token], place: int) -> bool:
    return place >= len(tokens) or tokens[place].text == "."


def _name_may_end(tokens: Sequence[Token], last: int) -> bool:
    if last >= len(tokens):
        return True
    token = tokens[last]
    if token.text in (".", ",", ";", "(", ")", "--", "'s", "’s"):
        return True
    if token.low.endswith("ed") and last + 1 < len(tokens):
        return tokens[last + 1].low in w.PREPOSITIONS
    return token.low in w.PREPOSITIONS | w.CONJUNCTIONS | w.RELATIVES


def called(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "a village called Ash"."""
    for place in range(2, len(tokens) - 1):
        if tokens[place].text not in ("called", "named", "titled", "entitled"):
            continue
        start = place - 1
        while start > 0 and place - start < 6 and tokens[start].text not in ("a", "an"):
            start -= 1
        phrase = phrase_at(tokens, start + 1) if tokens[start].text in ("a", "an") else None
        if phrase is None or phrase.end != place:
            continue
        name = _name_behind(tokens, place + 1, phrase.head)
        if name is None or tokens[name.first].low in w.NOT_NAMES or (
            name.last < len(tokens) and tokens[name.last].text in ("'s", "’s")
        ):
            continue
        if (
            phrase.head in w.PEOPLE and _goes_on(tokens, name.last)
        ):
            continue
        yield Found(tokens[name.first].start, tokens[name.last - 1].end, phrase, "called")


def apposition(tokens: Sequence[Token]) -> Iterator[Found]:
    """ "Ada Bo , a lawyer from Rome , …"."""
    if tokens[0].low in w.PREPOSITIONS | w.CONJUNCTIONS | w.RELATIVES:
        return
    for place in range(1, len(tokens) - 2):
        if tokens[place].text != "," or tokens[place + 1].text not in ("a", "an"):
            continue
        first = _first_of_name(tokens, place)
        phrase = phrase_at(tokens, place + 2)
        if first < 0 or phrase is None or not _closes(tokens, phrase.end):
            continue
        yield Found(tokens[first].start, tokens[place - 1].end, phrase, "between commas")


def _first_of_name(tokens: Sequence[Token], end: int) -> int:
    first = end
    while first > 0 and tokens[first - 1].is_capital:
        first -= 1
    if first == end or end - first > 4 or tokens[first].low in w.CLOSED:
        return -1
    if first == 0:
        return first if end - first > 1 else -1
    before = tokens[first - 1]
    fine = before.is_plain and before.low not in ("of", "and", "or", "the", "in", "on", "at", "&", "'s")
    return first if fine else -1


def _closes(tokens: Sequence[Token], place: int) -> bool:
    """Whether the apposition ends with a comma or the sentence, without a verb of its own."""
    if place < len(tokens) and tokens[place].is_word and not (
        tokens[place].low in w.PREPOSITIONS | w.RELATIVES | {"and"}
    ):
        return False
    for token in tokens[place : place + 10]:
        if token.text in (",", ".", ";"):
            return True
        if token.text in w.AUXILIARIES or token.text == ":":
            return False
    return place + 10 >= len(tokens)


RULES = (is_a, before_name, called, apposition, place_of, family)
