"""Type phrases: what stands between an article and whatever ends a noun phrase."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import words as w
from .tokens import Token, after_brackets

MOST_WORDS = 9
_YEAR = re.compile(r"(?:1[0-9]|20)\d\ds?")
MOST_IN_LABEL = 5


@dataclass(frozen=True, slots=True)
class Phrase:
    """label: the compact type. full: the whole phrase. head: its noun. end: token behind it."""

    label: str
    full: str
    head: str
    end: int


def phrase_at(tokens: Sequence[Token], start: int, plural: bool = False) -> Phrase | None:
    """The type phrase that begins with the token behind an article; None if in doubt.

    plural: the phrase is plural, as behind "one of the".
    """
    end = _end(tokens, start)
    found = list(tokens[start:end])
    found = _before_second_person(found)
    if not 0 < len(found) <= MOST_WORDS or not _ends_well(tokens, end, found):
        return None
    end = start + len(found)
    made = _made(found, plural)
    if made is None:
        return None
    label, head = made
    full = _full(found)
    if head in w.TRANSPARENT | w.GROUPS_OF and end < len(tokens) and tokens[end].low == "of":
        return _of_what(tokens, end, head, full)
    if head in w.NO_TYPE or (label == head and head in w.NO_TYPE_ALONE):
        return None
    return Phrase(label, full, head, end)


def _of_what(tokens: Sequence[Token], end: int, head: str, full: str) -> Phrase | None:
    """ "a species of land snail" is a land snail; "a genus of moths" a moth genus."""
    begin = end + 1
    if begin < len(tokens) and tokens[begin].low in w.ARTICLES:
        begin += 1
    stop = _end(tokens, begin)
    found = list(tokens[begin:stop])
    if head in w.TAXA:
        found = _before_second_plural(found)
        stop = begin + len(found)
    made = 0 < len(found) <= MOST_WORDS and _made(found, plural=None)
    if not made or made[1] in w.NO_TYPE or not (
        head in w.TAXA or _ends_well(tokens, stop, found)
    ):
        if head not in ("species", "genus", "subspecies", "cultivar"):
            return None
        return Phrase(head, full, head, end)
    label = made[0] if head in w.TRANSPARENT else f"{made[0]} {head}"
    return Phrase(label, f"{full} of {_full(found)}", made[1] if head in w.TRANSPARENT else head, stop)


def _end(tokens: Sequence[Token], start: int) -> int:
    place = start
    while place < len(tokens) and not _is_boundary(tokens, place, start):
        place += 1
    return place


def _is_boundary(tokens: Sequence[Token], place: int, start: int) -> bool:
    token = tokens[place]
    low, following = token.low, tokens[place + 1] if place + 1 < len(tokens) else None
    if token.text in "-–" and place > start and following is not None:
        return not (tokens[place - 1].is_capital and following.is_capital)
    if not token.is_word:
        return True
    if token.is_capital or token.is_number:
        return False
    if low in w.STRIPPED and place == start:
        return False
    if low in w.CLOSED or low in w.BEHIND:
        return not (low in w.ADVERBS | w.PRONOUNS | w.BEHIND and _only_modifies(tokens, place, start))
    if _is_adverb(low):
        return not _only_modifies(tokens, place, start)
    if low in w.VERBS_IN_ING and place > start and tokens[place - 1].is_plain:
        return True
    if low.endswith("ing") and low not in w.NOUNS_IN_ING:
        return place > start and _has_object(following)
    if low.endswith("ed") or low in w.PARTICIPLES:
        return place > start and _ends_clause(following)
    return False


def _only_modifies(tokens: Sequence[Token], place: int, start: int) -> bool:
    """Whether only numbers, capitals and words that count for nothing stand before, and a word
    behind."""
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[start:place]
    fine = all(t.is_capital or t.is_number or t.low in w.STRIPPED or t.low in w.ADVERBS for t in before)
    return fine and following is not None and following.is_plain and following.low not in w.CLOSED


def _has_object(following: Token | None) -> bool:
    return following is None or following.low in w.CLOSED or following.is_capital or (
        following.is_number
    )


def _ends_clause(following: Token | None) -> bool:
    if following is None or not following.is_word:
        return True
    low = following.low
    return low in w.CLOSED or low in w.OFTEN or low.endswith("ed") or _is_adverb(low) or (
        following.is_number
    ) or following.is_capital


def _ends_well(tokens: Sequence[Token], end: int, found: Sequence[Token]) -> bool:
    """Whether the phrase may end there: no quotation, no list in which the last word is not the
    head."""
    if end >= len(tokens):
        return True
    mark, head = tokens[end], found[-1].low if found else ""
    following = tokens[end + 1] if end + 1 < len(tokens) else None
    if mark.low in ("and", "or", "&", "/"):
        if head in w.BEFORE_AND:
            return True
        return following is not None and following.low in ("a", "an", "the", "one", "was", "is", "has")
    if mark.text == ",":
        if head in w.BEFORE_AND or following is None:
            return True
        low = following.low
        return low in w.CLOSED - {"also"} - w.CONJUNCTIONS or low.endswith("ed") or low in w.PARTICIPLES
    if mark.text in ("(", "["):
        behind = after_brackets(tokens, end)
        return behind >= 0 and _ends_clause(tokens[behind] if behind < len(tokens) else None)
    return mark.is_word or mark.text in (".", ";", ":", "--", "–", "—", "!")


def _before_second_person(found: list[Token]) -> list[Token]:
    """Lists of professions whose commas are lost ("singer lyricist") end with the first."""
    if found and found[-1].low in w.PEOPLE:
        for place, token in enumerate(found):
            if token.is_plain and token.low in w.PEOPLE and (
                place + 1 < len(found) and found[place + 1].is_plain
            ):
                return found[: place + 1]
    return found


def _before_second_plural(found: list[Token]) -> list[Token]:
    """Lists whose commas are lost ("sea snails marine molluscs") end with the first plural."""
    for place, token in enumerate(found):
        if token.is_plain and _is_plural(token.low):
            return found[: place + 1]
    return found


def _made(found: Sequence[Token], plural: bool | None) -> tuple[str, str] | None:
    """(label, head); None if that is no type."""
    last = found[-1]
    head = last.text if last.text in w.KEPT_CAPITALS else last.low.replace(" - ", "-")
    if last.text not in w.KEPT_CAPITALS and not last.is_plain:
        return None
    if plural or (plural is None and _is_plural(head)):
        if not _is_plural(head) and head not in w.SINGULAR_IN_S:
            return None
        head = singular(head)
    elif _is_plural(head):
        return None
    if not head or not _is_noun(head):
        return None
    kept = _compact(found[:-1], head)
    if kept is None or len(kept) + 1 > MOST_IN_LABEL:
        return None
    return " ".join([*kept, head]), head


def _compact(modifiers: Sequence[Token], head: str) -> list[str] | None:
    """The modifiers that belong to the type: behind the last name or number, without judgements."""
    kept: list[str] = []
    for place, token in enumerate(modifiers):
        following = modifiers[place + 1].low if place + 1 < len(modifiers) else ""
        if token.text in w.KEPT_CAPITALS:
            kept.append(token.text)
        elif following == "baseman" and token.is_plain:
            kept.append(token.low)
        elif token.text in w.FOOTBALL_CODES and following in ("football", "rules"):
            kept.append(token.text)
        elif not token.is_plain:
            kept = []
        elif (token.low, following or head) in w.KEPT_PAIRS:
            kept.append(token.low)
        elif token.low == "historic" and (following or head) in w.HISTORIC:
            kept.append(token.low)
        elif kept or not _is_stripped(modifiers, place):
            kept.append(token.low.replace(" - ", "-"))
    return kept


def _is_stripped(modifiers: Sequence[Token], place: int) -> bool:
    low, before = modifiers[place].low, modifiers[place - 1] if place else None
    if before is not None and (
        (low.endswith("ed") and before.low.endswith("ly"))
        or (low in w.UNITS and not (before.is_plain and before.low not in w.UNITS | w.NUMBERS))
        or (
            before.is_number
            and not _YEAR.fullmatch(before.text)
            and not (place > 1 and modifiers[place - 2].is_capital)
        )
    ):
        return True
    if low in w.STRIPPED or low in w.CLOSED:
        return True
    if low.endswith("est") and _is_noun(low) is False:
        return True
    if _is_adverb(low):
        return True
    return low.endswith(("-based", "-born", "-acre", "-year-old", "-time", "-storey", "-story", "-turned"))


def _is_noun(low: str) -> bool:
    if low in w.KEPT_CAPITALS:
        return True
    if len(low) < 3 or low in w.CLOSED or low in w.BEHIND or low in w.STRIPPED:
        return False
    if low in w.NOUNS_WITH_ADJECTIVE_ENDING or low in w.PEOPLE:
        return True
    last = low.rsplit("-", 1)[-1]
    if last in w.NOUNS_WITH_ADJECTIVE_ENDING:
        return True
    if _is_adverb(low) or low.endswith(("-day", "-year", "-seat", "-service", "-group", "-story", "-lane")):
        return False
    if low.endswith("ed") and not low.endswith(("bed", "seed", "reed", "weed", "breed", "shed")):
        return False
    return not low.endswith(w.ADJECTIVE_ENDINGS)


def _is_adverb(low: str) -> bool:
    return low.endswith("ly") and not low.endswith("fly") and low not in w.NOT_ADVERBS_IN_LY


def _is_plural(low: str) -> bool:
    if low in w.SINGULAR_IN_S or low.rsplit("-", 1)[-1] in w.SINGULAR_IN_S:
        return False
    if low in ("men", "women", "children", "people", "mice", "feet", "geese", "teeth"):
        return True
    if low.endswith("men") and low not in ("specimen", "regimen", "abdomen", "omen"):
        return True
    return low.endswith("s") and not low.endswith(("ss", "us", "is", "'s"))


_SINGULARS = {"men": "man", "women": "woman", "mice": "mouse", "geese": "goose", "leaves": "leaf",
              "wolves": "wolf", "knives": "knife", "shoes": "shoe", "canoes": "canoe",
              "movies": "movie", "cookies": "cookie", "calories": "calorie", "zombies": "zombie",
              "caches": "cache", "psyches": "psyche", "calves": "calf", "shelves": "shelf"}


def singular(low: str) -> str:
    """Of a plural; "" if there is none for sure."""
    if low in w.SINGULAR_IN_S:
        return low
    if low in _SINGULARS:
        return _SINGULARS[low]
    if low in ("children", "people", "feet", "teeth"):
        return ""
    if low.endswith("men"):
        return low[:-2] + "an"
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "xes", "ches", "shes", "oes", "uses", "zzes")):
        return low[:-2]
    return low[:-1]


def _full(found: Sequence[Token]) -> str:
    return " ".join(token.text.replace(" - ", "-") for token in found)
