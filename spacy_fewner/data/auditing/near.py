"""Finding texts that are nearly the same, exactly and without comparing each with each (ours).

Texts are compared after NFKC, casefold and joining of spaces. Two texts are nearly the same if

- their tokens differ by at most two insertions, deletions or substitutions, and by fewer than
  half of the shorter text, without which every text of two words would equal every other; or
- both have 13 tokens or more, and the Jaccard index of their 13-grams is 0.8 or more.

A token is a word, or one character of a script written without spaces; punctuation does not
count. The edit rule holds for texts of any length: one changed word destroys 13 of the
13-grams, so the second rule alone would miss it in every text of fewer than 130 tokens.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from ..tokens.scripts import UNSPACED

MAX_EDITS = 2
GRAM = 13
MIN_JACCARD = 0.8

_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")


def normalize(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def tokens(key: str) -> list[str]:
    """Words of a normalized text; punctuation is left out."""
    return _TOKEN.findall(key)


class NearIndex:
    """Texts by number, 0 for the first added, to be searched for one nearly the same.

    Held as strings of one character a token, so that spaCy's Levenshtein compares tokens.
    max_edits: token edits between two texts that are still the same; 0 leaves equal tokens.
    """

    def __init__(self, max_edits: int = MAX_EDITS):
        self._max_edits = max_edits
        self._codes: dict[str, str] = {}
        self._texts: list[str] = []
        self._same: dict[str, int] = {}
        self._segments: defaultdict[tuple[int, int, str], list[int]] = defaultdict(list)
        self._grams: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, key: str) -> None:
        """key: a text that went through `normalize`."""
        number, text = len(self._texts), self._encode(key, grow=True)
        self._texts.append(text)
        if text:
            self._same.setdefault(text, number)
        for part, (start, end) in enumerate(self._cuts(len(text))):
            self._segments[len(text), part, text[start:end]].append(number)
        for gram in _grams(text):
            self._grams[gram].append(number)

    def find(self, key: str) -> int | None:
        """The number of a text nearly the same; a text without any token matches none."""
        text = self._encode(key)
        for search in (self._same.get, self._by_edits, self._by_grams):
            other = search(text)
            if other is not None:
                return other
        return None

    def _encode(self, key: str, grow: bool = False) -> str:
        words = tokens(key)
        if grow:
            for word in words:
                self._codes.setdefault(word, _code_point(len(self._codes) + 1))
        # A token that no indexed text has equals none of theirs: one code stands for all.
        return "".join(self._codes.get(word, "\0") for word in words)

    def _by_edits(self, text: str) -> int | None:
        from spacy.matcher.levenshtein import levenshtein

        for other in self._candidates(text):
            found = self._texts[other]
            most = min(self._max_edits, (min(len(text), len(found)) - 1) // 2)
            if levenshtein(text, found, most) <= most:
                return other
        return None

    def _candidates(self, text: str) -> Iterator[int]:
        """Texts that share a segment: of three segments, two edits leave one as it is,
        shifted by two places at most (the pigeonhole filter of Pass-Join, Li et al. 2011)."""
        most, seen = self._max_edits, set()
        for length in range(len(text) - most, len(text) + most + 1):
            for part, (start, end) in enumerate(self._cuts(length)):
                for shift in range(-most, most + 1):
                    if start + shift < 0 or end + shift > len(text):
                        continue
                    segment = text[start + shift : end + shift]
                    for other in self._segments.get((length, part, segment), ()):
                        if other not in seen:
                            seen.add(other)
                            yield other

    def _by_grams(self, text: str) -> int | None:
        grams = _grams(text)
        shared = Counter(other for gram in grams for other in self._grams.get(gram, ()))
        for other, common in shared.items():
            union = len(grams) + len(_grams(self._texts[other])) - common
            if common >= MIN_JACCARD * union:
                return other
        return None

    def _cuts(self, length: int) -> list[tuple[int, int]]:
        """One part more than edits, as equal as can be; none for texts that must match exactly."""
        parts = self._max_edits + 1
        if length < parts or not self._max_edits:
            return []
        return list(pairwise(length * part // parts for part in range(parts + 1)))


def _grams(text: str) -> set[str]:
    return {text[start : start + GRAM] for start in range(len(text) - GRAM + 1)}


def _code_point(number: int) -> str:
    return chr(number if number < 0xD800 else number + 0x800)  # past the surrogates
