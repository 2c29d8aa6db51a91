"""Spaced words in: a sentence a line, words parted by spaces, as PKU and MSR have them."""

import logging
import re
from collections.abc import Sequence
from pathlib import Path

from ....errors import FewnerError
from ....shown import shown_in_line
from ....types import WORD, CharSpan, Sample
from ...files import lines_of, read_text
from ...tokens.joining import pair_that_needs_a_space, shown_joiner
from ..sources.word_lines import WordLine

_logger = logging.getLogger(__name__)

# No other: a no-break space may stand within a word.
SPACES = " \t\u3000"
_SPACES = re.compile(f"[{SPACES}]+")


def read_words(path: str | Path, *, joiner: str | None = None) -> list[Sample]:
    """Read sentences, one a line; each word is a span labelled WORD. Any run of spaces, tabs and
    ideographic spaces parts words; lines without a word are left out.

    joiner: what stands between the words in the text. None is for scripts that write no spaces: the
        words follow each other, and words of other scripts are an error that asks for a joiner.
    Raises FewnerError naming the file.
    """
    path = Path(path)
    lines = list(enumerate(lines_of(read_text(path)), start=1))
    found = [(number, line, words) for number, line in lines if (words := words_in(line))]
    if not found:
        raise FewnerError(str(path), "must hold examples", "no word", "Add some sentences.")
    if joiner is None:
        check_unspaced([words for _, _, words in found], path)
        joiner = ""
    _logger.info("Words of %s: %s", shown_in_line(path.name), shown_joiner(joiner))
    return [_sample(words, joiner, line, f"{path}:{number}") for number, line, words in found]


def words_in(line: str) -> list[str]:
    """The words of a line."""
    return [word for word in _SPACES.split(line) if word]


def joined(words: Sequence[str], joiner: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of the words, and where it has each."""
    tokens, position = [], 0
    for word in words:
        tokens.append((position, position + len(word)))
        position += len(word) + len(joiner)
    return joiner.join(words), tuple(tokens)


def _sample(words: Sequence[str], joiner: str, line: str, place: str) -> Sample:
    text, tokens = joined(words, joiner)
    spans = tuple(CharSpan(start, end, WORD) for start, end in tokens)
    # Without tokens: where words begin and end is what is to be learnt.
    return Sample(text, spans, place=place, source=WordLine(line, text, spans))


def check_unspaced(sentences: Sequence[Sequence[str]], path: Path) -> None:
    """FewnerError for words of a script that has spaces between them."""
    if pair := pair_that_needs_a_space(sentences):
        raise FewnerError(
            str(path),
            "it must be said what stands between words of a script that has spaces there",
            pair,
            'Say it: --joiner " " for a space, --joiner "" for nothing (joiner= in Python).',
        )
