"""Finding a surface in a text, exactly or on ever weaker terms (ours, docs/methods.md).

exact: as it is, at word boundaries. normalised: the same, on normal forms. stripped: after the
surface has lost punctuation and articles at its edges. tokens: nine tenths of its words, two or
more, in order and close together. The first rung that finds anything decides. Surfaces of one or
two characters are found exactly only.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from .boundaries import Boundaries
from .normal import fold, normalize
from .similar import SimilarPieces, split_words

Rung: TypeAlias = Literal["exact", "normalised", "stripped", "tokens"]

SHORT = 2  # characters
LONG = 500  # characters; what is longer is no mention and not looked for
# Places found in one text, over all its surfaces. Ordinary replies need a thousandth; one that
# lists "a" for a megabyte of "a a a" is given up instead of using all memory.
MAX_PLACES = 20_000
# Characters compared, likewise. A hit costs its length and _HIT more, what is passed over in search
# of it half its length: a reply may list thousands of surfaces that are nowhere.
MAX_WORK = 100_000_000
_HIT = 200
_EDGE = (
    "\"'\u2018\u2019\u201c\u201d\u00ab\u00bb.,;:!?\u2026()[]{}<>*_`-\u2013\u2014 "
    "\u3001\u3002\uff0c\u300a\u300b\u300c\u300d"
)
_ARTICLE = re.compile(
    r"(?:(?:the|an?|der|die|das|eine?|le|la|les|une?|el|los|las|il|lo|gli|het|een)\s+|l['\u2019])"
    r"(?=\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """Characters start to end of a text; no space at either edge."""

    start: int
    end: int
    rung: Rung


def find(surface: str, text: str) -> tuple[Match, ...]:
    """All places of the surface, apart from each other, in order. See Ladder for many surfaces."""
    return Ladder(text).find(surface)


class Ladder:
    """One text, made ready for the search of many surfaces.

    exhausted: whether MAX_PLACES or MAX_WORK was passed; what is not found may then be there.
    """

    def __init__(self, text: str):
        self.text = text
        self.exhausted = False
        self._places_left = MAX_PLACES
        self._work_left = MAX_WORK
        self._found: dict[str, tuple[Match, ...]] = {}

    def find(self, surface: str) -> tuple[Match, ...]:
        surface = surface.strip()
        if surface not in self._found:
            self._found[surface] = self._climb(surface)
        return self._found[surface]

    def _climb(self, surface: str) -> tuple[Match, ...]:
        if len(surface) > LONG:
            return ()
        found = self._exact(surface, "exact")
        if found or len(fold(surface)) <= SHORT:
            return found
        found = self._normalised(surface, "normalised")
        return found or self._stripped(surface) or self._near(surface)

    def _exact(self, surface: str, rung: Rung) -> tuple[Match, ...]:
        edges = self._boundaries
        places = self._places(surface, self.text, edges.starts, edges.ends)
        return tuple(Match(at, at + len(surface), rung) for at in places)

    def _normalised(self, surface: str, rung: Rung) -> tuple[Match, ...]:
        form, needle = self._normal, fold(surface)
        places = self._places(needle, form.text, form.starts, form.ends)
        return tuple(Match(form.origins[at], form.stops[at + len(needle)], rung) for at in places)

    def _places(self, needle: str, text: str, starts: bytearray, ends: bytearray) -> list[int]:
        """Where the needle lies between a possible start and a possible end; never overlapping.

        After a miss the search goes on at the next possible start. All places, or none where
        they, or the search, are more than is left for this text.
        """
        places: list[int] = []
        after = 0 if needle else -1
        while after >= 0 and not self.exhausted:
            at = text.find(needle, after)
            passed = (at if at >= 0 else len(text)) - after
            if at < 0:
                after = -1
            elif starts[at] and ends[at + len(needle)]:
                places.append(at)
                after = at + len(needle)
            else:
                after = starts.find(1, at + 1)
            self._work_left -= passed // 2 + len(needle) + _HIT
            self.exhausted = self._work_left < 0 or len(places) > self._places_left
        if self.exhausted:
            return []
        self._places_left -= len(places)
        return places

    def _stripped(self, surface: str) -> tuple[Match, ...]:
        bare = _ARTICLE.sub("", surface.strip(_EDGE).strip(), count=1)
        if bare == surface:
            return ()
        found = self._exact(bare, "stripped")
        if found or len(fold(bare)) <= SHORT:
            return found
        return self._normalised(bare, "stripped")

    def _near(self, surface: str) -> tuple[Match, ...]:
        edges = self._boundaries
        pieces = self._pieces.find(split_words(surface, Boundaries(surface).kinds))
        return tuple(
            Match(piece.start, piece.end, "tokens")
            for piece in pieces
            if edges.starts[piece.start] and edges.ends[piece.end]
        )

    @cached_property
    def _boundaries(self) -> Boundaries:
        return Boundaries(self.text)

    @cached_property
    def _normal(self) -> "_BoundedNormal":
        return _BoundedNormal(self.text, self._boundaries)

    @cached_property
    def _pieces(self) -> SimilarPieces:
        return SimilarPieces(self.text, self._boundaries.kinds)


class _BoundedNormal:
    """A normal form with the boundaries of its text.

    starts, ends: as of Boundaries, for positions in the form. stops: for each of them the end,
    in the text, of what comes before it.
    """

    def __init__(self, text: str, edges: Boundaries):
        form = normalize(text)
        self.text, self.origins = form.text, form.origins
        self.starts = bytearray(len(form.text) + 1)
        self.ends = bytearray(len(form.text) + 1)
        self.stops = [0] * (len(form.text) + 1)
        before = -1
        for at, origin in enumerate([*form.origins, len(text)]):
            if origin != before:  # else within what became of one character
                stop = _past_marks(before + 1, origin, edges.kinds)
                self.starts[at] = edges.starts[origin]
                self.ends[at] = edges.ends[stop]
                self.stops[at] = stop
            before = origin


def _past_marks(position: int, limit: int, kinds: str) -> int:
    """Over marks that have no part in the normal form, such as emoji selectors."""
    while position < limit and kinds[position] == "m":
        position += 1
    return position
