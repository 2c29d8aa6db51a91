"""Where a noun phrase ends, told by closed classes, endings and marks."""

from collections.abc import Sequence

from .forms import is_adverb
from .tokens import Token, after_brackets, at
from .words import closed, forms, heads, modifiers

_LEADING = modifiers.STRIPPED | closed.ADVERBS
_MAYBE_LEADING = closed.ADVERBS | closed.PRONOUNS | closed.BEHIND
_ENDING = closed.CLOSED | closed.BEHIND
_AFTER_COMMA = closed.CLOSED - {"also"} - closed.CONJUNCTIONS
_MARKS = (".", ";", ":", "--", "–", "—", "!")


def phrase_end(tokens: Sequence[Token], start: int) -> int:
    """The place behind the noun phrase that begins here."""
    place = start
    while place < len(tokens) and not _is_boundary(tokens, place, start):
        place += 1
    return place


def may_end(tokens: Sequence[Token], end: int, head: str) -> bool:
    """Whether the noun phrase really ends there, with head as its noun.

    It does not before a quotation, nor in a list whose last word only is the head ("film and
    television actor").
    """
    mark, following = at(tokens, end), at(tokens, end + 1)
    if mark is None:
        return True
    if mark.low in ("and", "or", "&", "/"):
        return head in heads.BEFORE_AND or _starts_anew(following)
    if mark.text == ",":
        return head in heads.BEFORE_AND or following is None or _is_no_noun(following)
    if mark.text in ("(", "["):
        behind = after_brackets(tokens, end)
        return behind >= 0 and _ends_clause(at(tokens, behind))
    return mark.is_word or mark.text in _MARKS


def _starts_anew(token: Token | None) -> bool:
    return token is not None and token.low in ("a", "an", "the", "one", "was", "is", "has")


def _is_no_noun(token: Token) -> bool:
    low = token.low
    return low in _AFTER_COMMA or low.endswith("ed") or low in closed.PARTICIPLES


def _is_boundary(tokens: Sequence[Token], place: int, start: int) -> bool:
    token, following = tokens[place], at(tokens, place + 1)
    if token.text in "-–" and place > start and following is not None:
        return not (tokens[place - 1].is_capital and following.is_capital)
    if not token.is_word:
        return True
    if token.is_capital or token.is_number:
        return False
    if token.low in modifiers.STRIPPED and place == start:
        return False
    if token.low in _ENDING or is_adverb(token.low):
        leading = token.low in _MAYBE_LEADING or token.low not in _ENDING
        return not (leading and _only_modifies(tokens, place, start))
    return place > start and _is_verb(token.low, tokens[place - 1], following)


def _is_verb(low: str, before: Token, following: Token | None) -> bool:
    """Whether a word within the phrase is a verb that ends it, not part of it ("mining town")."""
    if low in forms.VERBS_IN_ING and before.is_plain:
        return True
    if low.endswith("ing") and low not in forms.NOUNS_IN_ING:
        return following is None or following.low in closed.CLOSED or _is_name(following)
    if low == "set" and (before.low in ("box", "boxed") or (following and following.low == "of")):
        return False
    return (low.endswith("ed") or low in closed.PARTICIPLES) and _ends_clause(following)


def _is_name(token: Token) -> bool:
    return token.is_capital or token.is_number


def _only_modifies(tokens: Sequence[Token], place: int, start: int) -> bool:
    """Whether nothing before belongs to the type yet, and a word of the phrase follows."""
    following = at(tokens, place + 1)
    if following is None or not following.is_plain or following.low in closed.CLOSED:
        return False
    return all(_is_name(token) or token.low in _LEADING for token in tokens[start:place])


def _ends_clause(following: Token | None) -> bool:
    """Whether a participle before this token has no noun behind it."""
    if following is None or not following.is_word or _is_name(following):
        return True
    low = following.low
    known = low in closed.CLOSED or low in closed.OFTEN
    return known or low.endswith("ed") or is_adverb(low)
