"""Spaced words out: a sentence a line."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ....errors import FewnerError
from ....types import WORD, Sample
from ...classes.labels import check_spans_annotated
from ...files import atomic_write
from ...given import as_samples
from ..sources.word_lines import own_line
from .words import SPACES

_REMEDY = "Write .jsonl or .spacy, which hold any spans."
_UNWRITABLE = re.compile(f"[{SPACES}\r\n\ud800-\udfff]")


def write_words(samples: Iterable[Sample], path: str | Path) -> None:
    """Write the words of each sample in a line, a space between.

    Samples that were read from such a file, and not changed, are the lines they were. Raises
    FewnerError for spans that do not tile the text, spaces between them apart, or that have other
    labels than WORD; and for words that have a space in them. Scores, cats, meta and weight are not
    written, nor what spaces the text has between its words.
    """
    samples = as_samples(samples, "samples")
    check_spans_annotated(samples, "words")
    lines = [
        _line(sample, sample.place or f"samples[{index}]") for index, sample in enumerate(samples)
    ]
    atomic_write(Path(path), "".join(f"{line}\n" for line in _unmarked(lines)).encode("utf-8"))


def lost_in_words(sample: Sample) -> Counter[str]:
    """What a line of words has no place for: spaces of the text, and tokens that are no words."""
    if own_line(sample) is not None:
        return Counter()
    words = sorted((span.start, span.end) for span in sample.spans)
    held = [(start, end) for start, end in sample.tokens or () if sample.text[start:end].strip()]
    spaced = "".join(sample.text[start:end] for start, end in words) != sample.text
    other = sample.tokens is not None and held != words
    return Counter({"spacing of texts": int(spaced), "tokens": len(held) if other else 0})


def _line(sample: Sample, where: str) -> str:
    own = own_line(sample)
    if own is not None:
        return own
    words, position = [], 0
    for span in sorted(sample.spans):
        _check_gap(sample.text[position : span.start], where)
        if span.label != WORD or not position <= span.start < span.end <= len(sample.text):
            shown = f"{span.surface(sample.text)!r} ({span.label}, {span.start} to {span.end})"
            rule = f"spans of a segmented text must be labelled {WORD}, one behind the other"
            raise FewnerError(where, rule, shown, _REMEDY)
        words.append(span.surface(sample.text))
        position = span.end
    _check_gap(sample.text[position:], where)
    _check_words(words, where)
    return " ".join(words)


def _check_gap(gap: str, where: str) -> None:
    if gap.strip():
        rule = f"all of a segmented text must be in spans labelled {WORD}"
        raise FewnerError(where, rule, f"{gap.strip()[:60]!r} in none", _REMEDY)


def _check_words(words: list[str], where: str) -> None:
    if not words:
        raise FewnerError(where, "must hold a word", "none", "Remove the sample.")
    for word in words:
        if _UNWRITABLE.search(word):
            rule = "a word of a segmented text must be without spaces and surrogates"
            raise FewnerError(where, rule, repr(word), _REMEDY)


def _unmarked(lines: list[str]) -> list[str]:
    """FewnerError where a reader would take the first character for a byte order mark."""
    if lines and lines[0].startswith("\ufeff"):
        rule = "the first word must not begin with a byte order mark"
        raise FewnerError("samples", rule, repr(lines[0][:20]), "Remove the mark from the text.")
    return lines
