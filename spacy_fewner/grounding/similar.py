"""The last rung: pieces of a text whose words are nearly those of a surface (ours)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .normal import fold

MIN_SHARE = 0.9  # of the longer of surface and piece, in words that both have in this order
MIN_WORDS = 2
# Words looked at for one text. Ordinary texts and surfaces need a thousandth; what needs more is
# made to, and is not found.
MAX_STEPS = 300_000

_WORD = re.compile(r"w[wmj]*|h[hmj]*|um*|[^p]")  # over Boundaries.kinds


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters start to end of the text, and the share of words in common with the surface."""

    start: int
    end: int
    share: float


class SimilarPieces:
    """Finds pieces in one text.

    kinds: Boundaries(text).kinds.
    """

    def __init__(self, text: str, kinds: str):
        self._spans = [match.span() for match in _WORD.finditer(kinds)]
        self._words = [fold(text[start:end]) for start, end in self._spans]
        self._places: dict[str, list[int]] = {}
        for place, word in enumerate(self._words):
            self._places.setdefault(word, []).append(place)
        self._steps_left = MAX_STEPS

    def find(self, words: Sequence[str]) -> list[Piece]:
        """Pieces apart from each other, in order; of those that overlap the most similar.

        words: of the surface, folded.
        """
        if len(words) < MIN_WORDS:
            return []
        found: list[tuple[int, int, float]] = []
        taken = bytearray(len(self._words))
        for piece in sorted(self._candidates(words), key=lambda piece: (-piece[2], piece[:2])):
            inside = slice(piece[0], piece[1] + 1)
            if not any(taken[inside]):
                taken[inside] = bytes([1]) * (piece[1] + 1 - piece[0])
                found.append(piece)
        return [
            Piece(self._spans[first][0], self._spans[last][1], share)
            for first, last, share in sorted(found)
        ]

    def _candidates(self, words: Sequence[str]) -> Iterator[tuple[int, int, float]]:
        """First and last word of a piece, and its share: the best piece from each first word."""
        missing = int(len(words) * (1 - MIN_SHARE) + 1e-9)
        longest = int(len(words) / MIN_SHARE + 1e-9)
        masks = _masks(words)
        for word in dict.fromkeys(words[: missing + 1]):
            for first in self._places.get(word, ()):
                if self._steps_left <= 0:
                    return
                best = self._best_from(first, longest, len(words), masks)
                if best:
                    yield best

    def _best_from(
        self, first: int, longest: int, count: int, masks: Mapping[str, int]
    ) -> tuple[int, int, float] | None:
        best: tuple[int, int, float] | None = None
        window = self._words[first : first + longest]
        self._steps_left -= len(window)
        for offset, common in enumerate(_common(window, count, masks)):
            share = common / max(count, offset + 1)
            if share >= MIN_SHARE and (best is None or share > best[2]):
                best = first, first + offset, share
        return best


def split_words(surface: str, kinds: str) -> list[str]:
    """The words of a surface, folded, as `SimilarPieces.find` wants them."""
    return [fold(surface[match.start() : match.end()]) for match in _WORD.finditer(kinds)]


def _masks(words: Sequence[str]) -> dict[str, int]:
    """Word -> a bit for each of its places."""
    masks: dict[str, int] = {}
    for place, word in enumerate(words):
        masks[word] = masks.get(word, 0) | 1 << place
    return masks


def _common(window: Sequence[str], count: int, masks: Mapping[str, int]) -> Iterator[int]:
    """Length of the longest common subsequence of the surface with ever more of the window.

    Bit-parallel (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"): a zero of `row`
    is a word of the surface that the subsequence has reached.
    """
    everything = (1 << count) - 1
    row = everything
    for word in window:
        matches = row & masks.get(word, 0)
        row = ((row + matches) | (row - matches)) & everything
        yield count - row.bit_count()
