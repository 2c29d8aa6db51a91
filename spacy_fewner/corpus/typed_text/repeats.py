"""Further places of a name in its text, where nothing else can be meant."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from .phrases import Found
from .places import OF
from .words import closed, heads

REPEATED = ", repeated"
_BEFORE = closed.CLOSED - closed.DIRECTIONS
_OF = re.compile(r"(?:^|\s)(?:of|after)(?: the)?\s*$")  # "the region of X", "named after X"
_AFTER = (" ", ".", ",", ";", ")", "'", "’")


def repeats(text: str, found: Sequence[Found]) -> Iterator[Found]:
    """The same names elsewhere in the text, of things that share their names with no others.

    A name found with two types is not repeated, nor are works (title tracks), taxa (genera and
    their species) and places.
    """
    named: defaultdict[str, list[Found]] = defaultdict(list)
    for one in found:
        named[text[one.start : one.end]].append(one)
    for surface, places in named.items():
        first = places[0]
        several = len({one.phrase.label for one in places}) > 1
        if several or first.phrase.head in heads.NOT_REPEATED or first.rule == OF:
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text):
            if _is_same(text, match.start(), match.end(), first.phrase.head):
                yield Found(match.start(), match.end(), first.phrase, first.rule + REPEATED)


def _is_same(text: str, start: int, end: int, head: str) -> bool:
    """Whether neither neighbour can belong to a longer name, or to a name of something else."""
    if head not in heads.PEOPLE and _OF.search(text, max(0, start - 12), start):
        return False
    return _may_begin(text[max(0, start - 40) : start]) and _may_end(text[end : end + 40])


def _may_begin(before: str) -> bool:
    if before and not before[-1].isspace() and before[-1] not in "(.":
        return False
    last = before.split()[-1:]
    return not last or last[0].lower() in _BEFORE or _ends_sentence(last[0])


def _may_end(after: str) -> bool:
    following = after.split()[:1]
    if not following:
        return True
    if after[0] not in _AFTER:
        return False
    word = following[0]
    if word[0] in ".,;()" or word in ("'s", "’s"):
        return True
    verb = word.islower() and word.endswith("ed")
    return verb or (word in closed.CLOSED and word not in ("and", "or"))


def _ends_sentence(word: str) -> bool:
    """Whether a mark ends it, and not that of an abbreviation ("Rev.")."""
    return word[-1] in ",;(" or (word[-1] == "." and (len(word) > 5 or len(word) == 1))
