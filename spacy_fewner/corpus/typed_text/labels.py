"""Compact types: a noun phrase without names, numbers, places in time and judgements."""

import re
from collections.abc import Sequence

from .forms import is_adverb, is_noun, is_plural, is_superlative, singular
from .tokens import Token
from .words import forms, modifiers
from .words.closed import CLOSED

MOST_WORDS = 5
_YEAR = re.compile(r"(?:1[0-9]|20)\d\ds?")
_NOTHING = modifiers.STRIPPED | CLOSED


def compact(found: Sequence[Token], plural: bool | None) -> tuple[str, str] | None:
    """(label, head) of a noun phrase, in the singular; None if it is no type.

    plural: whether the phrase has to be one; None if it may.
    """
    head = _head(found[-1], plural)
    if not head or not is_noun(head):
        return None
    kept = _kept(found[:-1], head)
    return (" ".join([*kept, head]), head) if len(kept) < MOST_WORDS else None


def _head(last: Token, plural: bool | None) -> str:
    """The noun in the singular; "" if it is no noun or not in that number."""
    if last.text in modifiers.KEPT_CAPITALS:
        return last.text
    if not last.is_plain:
        return ""
    head = last.joined.split("/")[0]
    if not is_plural(head):
        return "" if plural and head not in forms.SINGULAR_IN_S else head
    return "" if plural is False else singular(head)


def _kept(found: Sequence[Token], head: str) -> list[str]:
    """The modifiers that belong to the type: behind the last name, without what says nothing."""
    kept: list[str] = []
    for place, token in enumerate(found):
        following = found[place + 1].low if place + 1 < len(found) else head
        if _is_kept_name(token, following):
            kept.append(_abbreviation(token).replace("/", " "))
        elif not token.is_plain:
            kept = []
        elif kept or _is_kept(token.low, following) or not _is_stripped(found, place):
            kept.append(token.joined.replace("/", " "))
    return kept


def _is_kept_name(token: Token, following: str) -> bool:
    code = token.text in modifiers.FOOTBALL_CODES and following in ("football", "rules")
    return code or _abbreviation(token) in modifiers.KEPT_CAPITALS


def _abbreviation(token: Token) -> str:
    return token.text.replace(" ", "")  # "R & B"


def _is_kept(low: str, following: str) -> bool:
    if following == "baseman" or (low, following) in modifiers.KEPT_PAIRS:
        return True
    return low == "historic" and following in modifiers.HISTORIC


def _is_stripped(found: Sequence[Token], place: int) -> bool:
    low = found[place].low
    if low in _NOTHING or is_adverb(low) or is_superlative(low):
        return True
    return low.endswith(modifiers.STRIPPED_ENDINGS) or (place > 0 and _is_measure(found, place))


def _is_measure(found: Sequence[Token], place: int) -> bool:
    """Whether the word belongs to the number, name or adverb before it."""
    low, before = found[place].low, found[place - 1]
    if low.endswith("ed") and before.low.endswith("ly"):
        return True
    if (before.low, low) in modifiers.STRIPPED_PAIRS:
        return True
    if low in modifiers.AFTER_MEASURE:
        measures = modifiers.AFTER_MEASURE | modifiers.NUMBERS
        return not before.is_plain or before.low in measures
    counts = before.text.isdecimal() and not _YEAR.fullmatch(before.text)
    return counts and not (place > 1 and found[place - 2].is_capital)
