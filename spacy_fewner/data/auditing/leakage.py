"""Which texts of one set occur, exactly or nearly, in another (near.py says what nearly is)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .near import MAX_EDITS, NearIndex, normalize


@dataclass(frozen=True, slots=True)
class Leak:
    """Text `index` of the one set is text `other` of the second, exactly or nearly."""

    index: int
    other: int
    exact: bool


class KnownTexts:
    """Texts, by number, to hold others against; more can be added at any time.

    max_edits: as of near.NearIndex.
    """

    def __init__(self, texts: Iterable[str] = (), max_edits: int = MAX_EDITS):
        self._first: dict[str, int] = {}
        self._near = NearIndex(max_edits)
        self._count = 0
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        key = normalize(text)
        self._first.setdefault(key, self._count)
        self._near.add(key)
        self._count += 1

    def find(self, text: str, index: int = 0) -> Leak | None:
        """The first text that is the same, or one nearly so; none for an empty text.

        index: what the Leak is to call the text.
        """
        key = normalize(text)
        if not key:
            return None
        if key in self._first:
            return Leak(index, self._first[key], True)
        other = self._near.find(key)
        return None if other is None else Leak(index, other, False)


def find_leaks(texts: Sequence[str], against: Sequence[str]) -> Iterator[Leak]:
    """The first match of each text; empty texts match nothing."""
    known = KnownTexts(against)
    for index, text in enumerate(texts):
        leak = known.find(text, index)
        if leak:
            yield leak
