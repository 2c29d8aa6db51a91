"""Rows that bring their own tokens: the pipeline gets these, and not those of its tokenizer."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...data.formats.record import sample_from_record
from ...data.tokens.spacing import words_and_spaces
from ...errors import FewnerError


class Tokens(NamedTuple):
    """words, spaces: as spaCy wants them. offsets: (start, end) characters of those that the row
    itself counts its spans in; None where it counts characters."""

    words: list[str]
    spaces: list[bool]
    offsets: tuple[tuple[int, int], ...] | None = None


def tokens_of(text: str | None, tokens: Any, where: str) -> tuple[str, Tokens]:
    """The text and the tokens of a row of JSON; words alone make a text with spaces between.

    FewnerError where tokens do not fit.
    """
    sample = sample_from_record({"text": text, "tokens": tokens}, where)
    if sample is None or sample.tokens is None:
        raise FewnerError(where, "'tokens' must be words or offsets", tokens, "Leave them out.")
    counted = any(isinstance(token, str) for token in tokens)
    words, spaces = words_and_spaces(sample.text, sample.tokens, where)
    return sample.text, Tokens(words, spaces, sample.tokens if counted else None)


def in_tokens(
    spans: list[dict[str, Any]], offsets: Sequence[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Spans with start and end counted in tokens: all that a span touches."""
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    counted = [
        {
            **span,
            "start": bisect_right(ends, span["start"]),
            "end": bisect_left(starts, span["end"]),
        }
        for span in spans
    ]
    return [span for span in counted if span["start"] < span["end"]]
