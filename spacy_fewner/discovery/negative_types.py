"""Types that a text is asked about and does not have (UniversalNER, section 3.2).

A model that is only asked about what is there learns to answer always. What is not annotated is not
always absent, though: in a text of which only some spans are known, a type that may well be true of
one of them is never drawn.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from ..corpus.typed_text.forms import is_plural, singular
from ..data.trees.paths import lineage, name
from ..errors import FewnerError
from ..types import Sample

Drawing = Literal["none", "uniform", "frequency"]
DRAWINGS = ("none", "uniform", "frequency")
ABSENT = "absent"  # in meta: labels that were asked for and not found; no other is known absent
ONLY_THESE = "only_these"  # in meta: the spans given are right, and nothing else is known
ASKED = "asked"  # in meta: what a language model was asked for, where types were its to choose
# Words that a noun phrase goes on with after its head: "date of birth".
_AFTER_HEAD = frozenset(("of", "in", "for", "by", "with", "from", "on", "at", "to", "as", "that"))


def check_drawing(drawing: str) -> None:
    """Raise FewnerError unless it is one of DRAWINGS."""
    if drawing not in DRAWINGS:
        rule = f"must be one of {', '.join(DRAWINGS)}"
        raise FewnerError("negatives", rule, drawing, 'Use "frequency".')


def is_partial(sample: Sample) -> bool:
    """Whether some of what the text mentions may not be annotated, as where somebody chose which
    types to name."""
    return bool(sample.meta.get(ONLY_THESE) or sample.meta.get(ASKED))


def head_noun(called: str) -> str:
    """What a type's name says that it is: "rock bands" and "band of brothers" are a "band"."""
    words = called.casefold().split()
    end = next((at for at, word in enumerate(words) if at and word in _AFTER_HEAD), len(words))
    last = words[end - 1] if words else ""
    return (singular(last) or last) if is_plural(last) else last


@dataclass(frozen=True)
class TypeNames:
    """What types are called, and which of them therefore may be true together.

    names: by type, in words; one or more each.
    """

    names: Mapping[str, Sequence[str]]

    @cached_property
    def _by_name(self) -> dict[str, set[str]]:
        return self._by(lambda called: called)

    @cached_property
    def _by_head(self) -> dict[str, set[str]]:
        return self._by(head_noun)

    def _by(self, part: Callable[[str], str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for kind, names in self.names.items():
            for called in names:
                found.setdefault(part(called), set()).add(kind)
        return found

    def same(self, types: Iterable[str]) -> set[str]:
        """The types, and those that may be called as one of them is: asked about as absent, such a
        name would deny the other."""
        given = set(types)
        names = {called for kind in given for called in self.names.get(kind, ())}
        return given.union(*(self._by_name.get(called, ()) for called in names))

    def alike(self, types: Iterable[str]) -> set[str]:
        """The types, and those with the head noun of one of them: a rock band is a band."""
        given = set(types)
        heads = {head_noun(called) for kind in given for called in self.names.get(kind, ())}
        return given.union(*(self._by_head.get(head, ()) for head in heads))


@dataclass(frozen=True)
class NegativeTypes:
    """Draws absent types.

    counts: mentions of each type in the corpus; one with none is drawn like one with a single one.
    names: what types are called, in words; a type without an entry has the last part of its path.
    drawing: "none"; "uniform", each type alike; "frequency", in proportion to the counts.
    ratio: absent types for each present one. least: of them, for any text.

    Source: UniversalNER, section 3.2. [ours] One to one, and at least two: the paper gives no
    number. Paths above and below a present type, and types called as it is, are never drawn; where
    annotation is partial (`is_partial`) no type with its head noun is.
    """

    counts: Mapping[str, int]
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    drawing: Drawing = "frequency"
    ratio: float = 1.0
    least: int = 2

    def __post_init__(self) -> None:
        check_drawing(self.drawing)
        for argument, value in (("ratio", self.ratio), ("least", self.least)):
            if not 0 <= value <= 1000:
                remedy = 'Use negatives="none" for no absent types.'
                raise FewnerError(argument, "must be from 0 to 1000", value, remedy)

    @cached_property
    def _types(self) -> tuple[str, ...]:
        return tuple(sorted(self.counts))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {kind: at for at, kind in enumerate(self._types)}

    @cached_property
    def _chances(self) -> np.ndarray:
        return np.asarray([max(1, self.counts[kind]) for kind in self._types], dtype="float64")

    @cached_property
    def _called(self) -> TypeNames:
        own = {kind: self.names.get(kind) or (name(kind),) for kind in self._types}
        return TypeNames(own)

    @cached_property
    def _relatives(self) -> dict[str, set[str]]:
        """Of each path those above and below it."""
        found: dict[str, set[str]] = {kind: set() for kind in self._types}
        for kind in self._types:
            for above in lineage(kind)[:-1]:
                if above in found:
                    found[above].add(kind)
                    found[kind].add(above)
        return found

    def draw(
        self, sample: Sample, rng: np.random.Generator, unsure: Collection[str] = ()
    ) -> list[str]:
        """Types that the text does not have, each once, in the order drawn.

        Fewer than asked for where there are no more; of types known to be absent (`ABSENT`), where
        the text says some. unsure: types that it may have although no span says so.
        """
        if self.drawing == "none":
            return []
        present = {span.label for span in sample.targets}
        free = self._free(sample, {*present, *unsure})
        size = min(len(free), max(self.least, round(self.ratio * len(present))))
        chances = None if self.drawing == "uniform" else self._chances[free]
        return [self._types[free[at]] for at in pick(len(free), size, chances, rng)]

    def _free(self, sample: Sample, present: Collection[str]) -> np.ndarray:
        """Places of the types that may be drawn."""
        unsure = self._called.same(present).union(*(self._relatives.get(p, ()) for p in present))
        if ABSENT in sample.meta:
            known = {self._place[kind] for kind in sample.meta[ABSENT] if kind in self._place}
            return np.asarray(sorted(known - {self._place.get(kind) for kind in unsure}), "int64")
        if is_partial(sample):
            unsure |= self._called.alike(present)
        free = np.ones(len(self._types), dtype=bool)
        free[[self._place[kind] for kind in unsure if kind in self._place]] = False
        return np.flatnonzero(free)


def pick(
    count: int, size: int, chances: np.ndarray | None, rng: np.random.Generator
) -> Sequence[int]:
    """`size` different ones of the numbers below `count`. chances: of each, or None for alike."""
    if not size:
        return []
    p = None if chances is None else chances / chances.sum()
    return [int(at) for at in rng.choice(count, size, replace=False, p=p)]
