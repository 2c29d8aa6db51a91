"""Types that mean the same: grouped by a language model, or by names and definitions alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...llm.client import Client
from ...synthesis.retrieval.embed import Embed
from ...synthesis.stages.label_radius import merged
from ...synthesis.stages.merge import TOO_MANY, Grouping
from ...types import Reject
from .likeness import Known, alike, known, may_be_synonyms

STAGE = "merge"
_PER_CALL = 100
_MANY, _MOST = 6, 0.5  # of at least so many types, a group with more than this share is none
_MEMBERS = 50  # mentions of a type that the radius test looks at


@dataclass(frozen=True)
class Candidate:
    """A type that may be another's synonym.

    mentions: how many. surfaces: its different mentions. apart: types with the same value, which is
    not empty, are known to mean different things.
    """

    name: str
    definition: str = ""
    mentions: int = 0
    surfaces: Sequence[str] = ()
    apart: str = ""


@dataclass
class Grouped:
    """groups: numbers of candidates, the most frequent of each first."""

    groups: list[list[int]]
    rejects: list[Reject] = field(default_factory=list)


def group_synonyms(
    types: Sequence[Candidate], embed: Embed, client: Client | None = None
) -> Grouped:
    """Groups of types that mean the same; each type is in one.

    Two types are one if their names and definitions are alike (see `alike`), or if the client takes
    them for synonyms and either the radius test passes or their names and definitions are not far
    from each other. A group of more than half of six or more types is refused, and its types stay.
    Source: KnowFREE (grouping, radius test); the rest is ours.
    """
    grouped = Grouped([])
    if not types:
        return grouped
    facts = known([one.name for one in types], [one.definition for one in types], embed)
    leaders = _Leaders(types)
    pairs = list(alike(facts))
    for i, j in pairs:
        leaders.join(i, j, pairs)
    if client is not None and len(types) > 1:
        for i, j in _supposed(types, facts, embed, client, grouped.rejects):
            leaders.join(i, j)
    grouped.groups = list(_refused(leaders.groups(), types, grouped.rejects))
    return grouped


def _supposed(
    types: Sequence[Candidate],
    facts: Known,
    embed: Embed,
    client: Client,
    rejects: list[Reject],
) -> list[tuple[int, int]]:
    """Pairs of a group's most frequent type and others of it that pass a test."""
    numbers = {one.name: number for number, one in enumerate(types)}
    grouping = Grouping(STAGE, embed, _PER_CALL, 1.0)
    order = sorted(numbers, key=lambda name: (-types[numbers[name]].mentions, name))
    rejects += [one for one in grouping.ask(order, client) if isinstance(one, Reject)]
    pairs = []
    for names in grouping.groups():
        first, *others = sorted(names, key=order.index)
        within = _within_radius([types[numbers[name]] for name in names], embed)
        for other in others:
            i, j = numbers[first], numbers[other]
            if within.get(first) == within.get(other, "") or may_be_synonyms(facts, i, j):
                pairs.append((i, j))
    return pairs


def _within_radius(types: Iterable[Candidate], embed: Embed) -> Mapping[str, str]:
    members = {one.name: one.surfaces[:_MEMBERS] for one in types if one.surfaces}
    return merged(list(members), members, embed) if len(members) > 1 else {}


class _Leaders:
    """Which type each has joined."""

    def __init__(self, types: Sequence[Candidate]):
        self._types = types
        self._leader = list(range(len(types)))

    def join(self, i: int, j: int, only: Collection[tuple[int, int]] | None = None) -> None:
        """Make the groups of two types one. only: the leaders must be such a pair, so that no chain
        of likenesses leads from one thing to another."""
        first, second = sorted((self._leader[i], self._leader[j]), key=self._rank)
        if first == second or self._known_apart(first, second):
            return
        if only is not None and tuple(sorted((first, second))) not in only:
            return
        self._leader = [first if one == second else one for one in self._leader]

    def groups(self) -> list[list[int]]:
        found: defaultdict[int, list[int]] = defaultdict(list)
        for number, leader in enumerate(self._leader):
            found[leader].append(number)
        return [sorted(group, key=self._rank) for group in found.values()]

    def _known_apart(self, first: int, second: int) -> bool:
        groups = [
            {self._types[n].apart for n, leader in enumerate(self._leader) if leader == one}
            for one in (first, second)
        ]
        return bool((groups[0] & groups[1]) - {""})

    def _rank(self, number: int) -> tuple[int, str, int]:
        return (-self._types[number].mentions, self._types[number].name, number)


def _refused(
    groups: list[list[int]], types: Sequence[Candidate], rejects: list[Reject]
) -> Iterable[list[int]]:
    for group in groups:
        if len(types) >= _MANY and len(group) > _MOST * len(types):
            shown = ", ".join(types[number].name for number in group[:3])
            detail = f"{len(group)} of {len(types)}, such as {shown}"
            rejects.append(Reject(TOO_MANY, detail, STAGE))
            yield from ([number] for number in group)
        else:
            yield group
