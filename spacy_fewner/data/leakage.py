"""Which texts of one set occur, exactly or nearly, in another (rules: ours).

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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_EDITS = 2
GRAM = 13
MIN_JACCARD = 0.8

# Han, kana, Thai to Tibetan, Burmese, Khmer
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff"
    "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class Leak:
    """Text `index` of the one set is text `other` of the second, exactly or nearly."""

    index: int
    other: int
    exact: bool


def find_leaks(texts: Sequence[str], against: Sequence[str]) -> Iterator[Leak]:
    """The first match of each text; empty texts match nothing."""
    keys = [normalize(text) for text in against]
    first = {key: number for number, key in reversed(list(enumerate(keys)))}
    index = _NearIndex(keys)
    for number, text in enumerate(texts):
        key = normalize(text)
        if not key:
            continue
        if key in first:
            yield Leak(number, first[key], True)
        elif (other := index.find(key)) is not None:
            yield Leak(number, other, False)


def normalize(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class _NearIndex:
    """Texts as strings of one character a token, so that spaCy's Levenshtein compares tokens."""

    def __init__(self, keys: Sequence[str]):
        self._codes: dict[str, str] = {}
        self._texts = [self._encode(key, grow=True) for key in keys]
        self._same = {text: number for number, text in enumerate(self._texts) if text}
        self._segments: defaultdict[tuple[int, int, str], list[int]] = defaultdict(list)
        self._grams: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self._texts):
            for part, (start, end) in enumerate(_segments(len(text))):
                self._segments[len(text), part, text[start:end]].append(number)
            for gram in _grams(text):
                self._grams[gram].append(number)

    def find(self, key: str) -> int | None:
        text = self._encode(key)
        for search in (self._same.get, self._by_edits, self._by_grams):
            other = search(text)
            if other is not None:
                return other
        return None

    def _encode(self, key: str, grow: bool = False) -> str:
        tokens = _TOKEN.findall(key)
        if grow:
            for token in tokens:
                self._codes.setdefault(token, _code_point(len(self._codes) + 1))
        # A token that no indexed text has equals none of theirs: one code stands for all.
        return "".join(self._codes.get(token, "\0") for token in tokens)

    def _by_edits(self, text: str) -> int | None:
        from spacy.matcher.levenshtein import levenshtein

        for other in self._candidates(text):
            found = self._texts[other]
            most = min(MAX_EDITS, (min(len(text), len(found)) - 1) // 2)
            if levenshtein(text, found, most) <= most:
                return other
        return None

    def _candidates(self, text: str) -> Iterator[int]:
        """Texts that share a segment: of three segments, two edits leave one as it is,
        shifted by two places at most (the pigeonhole filter of Pass-Join, Li et al. 2011)."""
        seen: set[int] = set()
        for length in range(len(text) - MAX_EDITS, len(text) + MAX_EDITS + 1):
            for part, (start, end) in enumerate(_segments(length)):
                for shift in range(-MAX_EDITS, MAX_EDITS + 1):
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


def _segments(length: int) -> list[tuple[int, int]]:
    """Three parts as equal as can be; none for texts that must match exactly anyway."""
    if length <= MAX_EDITS:
        return []
    cuts = [length * part // (MAX_EDITS + 1) for part in range(MAX_EDITS + 2)]
    return list(pairwise(cuts))


def _grams(text: str) -> set[str]:
    return {text[start : start + GRAM] for start in range(len(text) - GRAM + 1)}


def _code_point(number: int) -> str:
    return chr(number if number < 0xD800 else number + 0x800)  # past the surrogates
