"""Mentions as a model lists them -> labelled character spans of the text (ours, docs/methods.md).

A string list says which surfaces are entities: all their occurrences are. A list in the order of
the text says which occurrence is meant too. An occurrence inside that of a longer listed surface
("York" in "New York") counts only where there are too few others.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, TypeAlias

from ..types import CharSpan
from .ladder import Ladder, Match, Rung

Purpose: TypeAlias = Literal["training", "inference"]

NOT_FOUND = "not in the text"
TOO_MANY = "too many places"
NO_OCCURRENCE = "no such occurrence"
TWO_LABELS = "one place, two labels"
PROPAGATED = "propagated"  # flag: more places than were listed got the label
FEWER = "fewer than listed"
OUT_OF_ORDER = "out of order"


@dataclass(frozen=True, slots=True)
class Mention:
    """A surface and its label, as listed. occurrence: which one in the text, from 1, if said."""

    surface: str
    label: str
    occurrence: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """reason: one of the fixed phrases above."""

    mention: Mention
    reason: str


@dataclass(frozen=True, slots=True)
class Grounding:
    """What became of a list of mentions.

    spans: sorted, none twice; `text[start:end]` has no space at its edges. Empty for training if
        there is any failure.
    rungs: for each span, how it was found.
    flags: what is worth knowing of the record ("propagated", ...).
    """

    spans: tuple[CharSpan, ...]
    rungs: tuple[Rung, ...]
    failures: tuple[Failure, ...] = ()
    flags: frozenset[str] = frozenset()


def ground(
    text: str,
    mentions: Sequence[Mention],
    *,
    ordered: bool,
    purpose: Purpose,
    propagate: bool | None = None,
) -> Grounding:
    """Put mentions into their text.

    ordered: whether they were asked for in the order of the text.
    purpose: "training" gives up the record at any failure, "inference" keeps the rest.
    propagate: whether occurrences beyond those listed get the label too; by default those of
        lists without order.
    Counts of a surface, c listed and n found: c = n one to one; c < n see propagate; c > n keep n.
    One surface with several labels: as ordered if c = n or ordered, else what was listed most.
    """
    spread = not ordered if propagate is None else propagate
    work = _Work(mentions, _Occurrences(text, mentions), spread)
    work.place_numbered()
    if ordered:
        work.place_in_order()
    else:
        work.place_by_counts()
    return work.result(purpose)


class _Occurrences:
    """Where each listed surface is found, and which of these places lie in longer surfaces'."""

    def __init__(self, text: str, mentions: Sequence[Mention]):
        ladder = Ladder(text)
        surfaces = dict.fromkeys(mention.surface for mention in mentions)
        self.all = {surface: ladder.find(surface) for surface in surfaces}
        self.missing = TOO_MANY if ladder.exhausted else NOT_FOUND  # why one has no place
        places = {(match.start, match.end) for found in self.all.values() for match in found}
        covered = _covered(places)
        self._free = {
            surface: [match for match in found if (match.start, match.end) not in covered]
            for surface, found in self.all.items()
        }

    def of(self, surface: str, count: int) -> Sequence[Match]:
        """Free places; all of them where fewer than count are free."""
        free = self._free[surface]
        return free if free and len(free) >= count else self.all[surface]


def _covered(places: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those inside a longer one."""
    covered, reach = set(), 0
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if end <= reach:
            covered.add((start, end))
        reach = max(reach, end)
    return covered


@dataclass
class _Work:
    """What is being put together; places: (start, end) -> the mentions placed there."""

    mentions: Sequence[Mention]
    occurrences: _Occurrences
    spread: bool
    places: dict[tuple[int, int], list[tuple[Mention, Rung]]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.free: list[Mention] = []  # found, and without a number
        self.by_surface: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            if not self.occurrences.all[mention.surface]:
                self.failures.append(Failure(mention, self.occurrences.missing))
            elif mention.occurrence is None:
                self.free.append(mention)
                self.by_surface.setdefault(mention.surface, []).append(mention)

    def place_numbered(self) -> None:
        for mention in self.mentions:
            found = self.occurrences.all[mention.surface]
            if mention.occurrence is None or not found:
                continue
            if 1 <= mention.occurrence <= len(found):
                self._put(mention, found[mention.occurrence - 1])
            else:
                self.failures.append(Failure(mention, NO_OCCURRENCE))

    def place_in_order(self) -> None:
        """Each at the first place after the one before; else at the first not yet taken."""
        position = 0
        used: set[Match] = set()
        for mention in self.free:
            found = self.occurrences.of(mention.surface, len(self.by_surface[mention.surface]))
            match = _next_free(found, position, used)
            if match is None:
                self.flags.add(FEWER)
                match = found[-1]
            elif match.start < position:
                self.flags.add(OUT_OF_ORDER)
            used.add(match)
            position = match.end
            self._put(mention, match)
        if self.spread:
            self._spread_single_labels(used)

    def _spread_single_labels(self, used: set[Match]) -> None:
        for surface, group in self.by_surface.items():
            if len({mention.label for mention in group}) == 1:
                rest = [one for one in self.occurrences.of(surface, len(group)) if one not in used]
                self.flags.update([PROPAGATED] if rest else [])
                for match in rest:
                    self._put(group[0], match)

    def place_by_counts(self) -> None:
        for surface, group in self.by_surface.items():
            found = self.occurrences.of(surface, len(group))
            if len(found) != len(group):
                self.flags.add(PROPAGATED if len(found) > len(group) else FEWER)
            if len(found) == len(group):
                for mention, match in zip(group, found, strict=True):
                    self._put(mention, match)
                continue
            for match in found if self.spread else found[: len(group)]:
                for mention in group:  # the label listed most often wins, see _label_of
                    self._put(mention, match)

    def _put(self, mention: Mention, match: Match) -> None:
        placed = self.places.setdefault((match.start, match.end), [])
        placed.append((mention, match.rung))

    def result(self, purpose: Purpose) -> Grounding:
        kept = []
        for (start, end), placed in sorted(self.places.items()):
            label = _label_of([mention for mention, _ in placed])
            if label is None:
                self.failures += [Failure(mention, TWO_LABELS) for mention, _ in placed]
            else:
                kept.append((CharSpan(start, end, label), placed[0][1]))
        if purpose == "training" and self.failures:
            kept = []
        spans, rungs = tuple(span for span, _ in kept), tuple(rung for _, rung in kept)
        return Grounding(spans, rungs, tuple(dict.fromkeys(self.failures)), frozenset(self.flags))


def _label_of(mentions: Sequence[Mention]) -> str | None:
    """The label listed most often for a place; None if there is no such."""
    counts = Counter(mention.label for mention in mentions).most_common(2)
    return None if len(counts) == 2 and counts[0][1] == counts[1][1] else counts[0][0]


def _next_free(found: Sequence[Match], position: int, used: set[Match]) -> Match | None:
    """The first place from position on that is not used, else the first before it."""
    after = bisect_left(found, position, key=lambda match: match.start)
    order = chain(range(after, len(found)), range(after))
    return next((found[place] for place in order if found[place] not in used), None)
