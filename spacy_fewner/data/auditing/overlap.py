"""Texts that have long passages in common, one maybe within the other."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from .near import GRAM, MIN_JACCARD, normalize, tokens


class Overlaps:
    """Texts by number, to be searched for one that shares four fifths of the 13-grams of words of
    the shorter of both. A text of fewer words is found by none.

    near.py takes the share of both texts together, by which a sentence and the
    document that it is from have little in common.
    """

    def __init__(self, texts: Iterable[str] = ()):
        self._grams: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        self._sizes: list[int] = []
        for text in texts:
            self.add(text)

    def add(self, text: str) -> int:
        """The text's number."""
        number, grams = len(self._sizes), _grams(text)
        self._sizes.append(len(grams))
        for gram in grams:
            self._grams[gram].append(number)
        return number

    def find(self, text: str) -> int | None:
        grams = _grams(text)
        shared = Counter(other for gram in grams for other in self._grams.get(gram, ()))
        for other, common in shared.items():
            if common >= MIN_JACCARD * min(len(grams), self._sizes[other]):
                return other
        return None


def _grams(text: str) -> set[tuple[str, ...]]:
    words = tuple(tokens(normalize(text)))
    return {words[at : at + GRAM] for at in range(len(words) - GRAM + 1)}
