"""Which columns of a file hold the text and which the tags (rules: ours).

Tags are in the last column of nothing but tags, unless it holds chunks (B-NP) and another does not.
Two such columns are read together if the spans of one lie in those of the other, as in GermEval;
else somebody must choose, since one may be a prediction of the other. Text is in the first other
column that neither counts, nor repeats the same value all through a sentence.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from ...errors import FewnerError
from .tags import is_prefixed, is_tag, label_of, spans_from_tags

Wanted = int | Sequence[int] | None
"""Columns as people count them: from 1, or from the end with -1."""

_CHUNKS = re.compile("NP|VP|PP|ADJP|ADVP|SBAR|PRT|CONJP|INTJ|LST|UCP|NX|VX|AX|VC|QP")
_ORDINAL = re.compile(r"\d{1,9}")
_EXTRA = re.compile(r"\d+-\d+|\d+\.\d+")  # CoNLL-U: several words in one, a word not in the text
_NUMBER = re.compile(r"[\d.,:/-]+")
_NAMES = {"text": "token_column (--token-column)", "tags": "tag_column (--tag-column)"}
_REMEDY = "Choose with --token-column and --tag-column (token_column=, tag_column= in Python)."


class Row(NamedTuple):
    """A line of a file, by its number, cut into cells."""

    line: int
    cells: list[str]


Sentence = list[Row]


class Columns(NamedTuple):
    """Columns counted from 0; width: how many there are; counting: those that number the tokens."""

    text: int
    tags: tuple[int, ...]
    width: int
    counting: tuple[int, ...] = ()

    def __str__(self) -> str:
        tags = " and ".join(str(column + 1) for column in self.tags) or "none (words)"
        nested = " (nested)" if len(self.tags) > 1 else ""
        return f"text {self.text + 1}, tags {tags}{nested} of {self.width}"


def choose_columns(
    sentences: Sequence[Sentence], path: Path, token_column: Wanted, tag_column: Wanted
) -> Columns:
    """The columns that were asked for, and for the others those that the contents suggest.

    FewnerError for columns that are not there, and where the contents leave a choice.
    """
    width = min(len(row.cells) for rows in sentences for row in rows)
    asked_text = _asked("text", token_column, width)
    if width == 1 and asked_text and tag_column is None:
        return Columns(0, (), width)
    asked_tags = _asked("tags", tag_column, width)
    tags = asked_tags or _tag_columns(sentences, path, asked_text)
    free = [column for column in range(width) if column not in tags]
    text = asked_text[0] if asked_text else _text_column(sentences, free)
    if text is None or text in tags:
        shown = f"both in column {tags[0] + 1} of {width}"
        raise FewnerError(str(path), "text and tags must be in different columns", shown, _REMEDY)
    counting = (column for column in free if column != text and _counts(sentences, column))
    return Columns(text, tags, width, tuple(counting))


def is_extra(row: Row, columns: Columns) -> bool:
    """Whether the row is no token: CoNLL-U's ranges (1-2) and empty nodes (1.1)."""
    return any(_EXTRA.fullmatch(row.cells[column]) for column in columns.counting)


def _asked(what: str, wanted: Wanted, width: int) -> tuple[int, ...]:
    if wanted is None:
        return ()
    numbers = (wanted,) if isinstance(wanted, int) else tuple(wanted)
    for number in numbers:
        if number == 0 or not -width <= number <= width:
            rule = f"must be one of {width} columns"
            raise FewnerError(_NAMES[what], rule, number, "Count from 1, or from the end with -1.")
    return tuple(dict.fromkeys(n - 1 if n > 0 else n + width for n in numbers))


def _tag_columns(
    sentences: Sequence[Sentence], path: Path, taken: Sequence[int]
) -> tuple[int, ...]:
    first = sentences[0][0]
    columns = [column for column in range(len(first.cells)) if column not in taken]
    share = {column: _share_of_tags(sentences, column) for column in columns}
    found = _naming([column for column in columns if share[column] >= 0.5], sentences)
    if not found:
        if columns and share[columns[-1]]:
            return (columns[-1],)
        raise FewnerError(
            str(path),
            "a column must hold tags, O among them",
            f"{' '.join(first.cells)!r} in line {first.line}",
            "Add the tags, or name their column, also of tags without O, each of one word: "
            f"--tag-column {len(first.cells)} (tag_column= in Python). CoNLL-U: --format conllu.",
        )
    if not all(_nested(sentences, *pair) for pair in pairwise(found)):
        shown = " and ".join(str(column + 1) for column in found)
        raise FewnerError(
            str(path),
            "one column must hold the tags",
            f"tags in columns {shown}: {' '.join(first.cells)!r} in line {first.line}",
            f"Choose one: --tag-column {found[-1] + 1} (tag_column={found[-1] + 1} in Python).",
        )
    return tuple(found)


def _cells(sentences: Sequence[Sentence], column: int) -> Iterator[str]:
    return (row.cells[column] for rows in sentences for row in rows)


def _share_of_tags(sentences: Sequence[Sentence], column: int) -> float:
    """At least half of what a column of tags holds are tags, also of bare labels, with their O."""
    known = [is_tag(cell) for cell in _cells(sentences, column)]
    return sum(known) / len(known)


def _naming(columns: list[int], sentences: Sequence[Sentence]) -> list[int]:
    """Without columns of chunks and of O alone, as long as others are left."""
    labels = {c: {label_of(cell) for cell in _cells(sentences, c)} - {""} for c in columns}
    columns = [c for c in columns if labels[c]] or columns[-1:]
    return [c for c in columns if not all(map(_CHUNKS.fullmatch, labels[c]))] or columns[-1:]


def _nested(sentences: Sequence[Sentence], one: int, other: int) -> bool:
    spans = [
        [(n, *span) for n, rows in enumerate(sentences) for span in _token_spans(rows, column)]
        for column in (one, other)
    ]
    return _lies_in(*spans) or _lies_in(*reversed(spans))


def _token_spans(rows: Sentence, column: int) -> list[tuple[int, int, str]]:
    tags = [row.cells[column] for row in rows]
    return spans_from_tags(tags, is_prefixed(tags))


_Placed = list[tuple[int, int, int, str]]


def _lies_in(outer: _Placed, inner: _Placed) -> bool:
    """Most of inner lies in outer and repeats nothing of it; more than half is smaller than it."""
    places: dict[int, list[tuple[int, int]]] = {}
    for sentence, start, end, _ in outer:
        places.setdefault(sentence, []).append((start, end))
    known, inside, smaller = set(outer), 0, 0
    for span in inner:
        sentence, start, end, _ = span
        around = [p for p in places.get(sentence, ()) if p[0] <= start and end <= p[1]]
        inside += bool(around) and span not in known
        smaller += any(place != (start, end) for place in around)
    return inside >= 0.9 * len(inner) and smaller >= 0.5 * len(inner)


def _text_column(sentences: Sequence[Sentence], free: Sequence[int]) -> int | None:
    likely = (
        column
        for column in free
        if not (
            _is_numbers(sentences, column)
            or _is_constant(sentences, column)
            or _is_mostly_empty(sentences, column)
        )
    )
    return next(likely, free[0] if free else None)


def _counts(sentences: Sequence[Sentence], column: int) -> bool:
    """Whether the column numbers the tokens of each sentence, with CoNLL-U's extra rows."""
    for rows in sentences:
        cells = [row.cells[column] for row in rows]
        plain = [int(cell) for cell in cells if _ORDINAL.fullmatch(cell)]
        if any(b - a != 1 for a, b in pairwise(plain)) or not plain:
            return False
        if not all(_ORDINAL.fullmatch(cell) or _EXTRA.fullmatch(cell) for cell in cells):
            return False
    return True


def _is_numbers(sentences: Sequence[Sentence], column: int) -> bool:
    return all(_NUMBER.fullmatch(cell) for cell in _cells(sentences, column))


def _is_constant(sentences: Sequence[Sentence], column: int) -> bool:
    """The same value all through each sentence, such as the name of a document."""
    values = [{row.cells[column] for row in rows} for rows in sentences if len(rows) > 1]
    enough = sum(len(rows) for rows in sentences) >= 3 and bool(values)
    return enough and all(len(value) == 1 for value in values)


def _is_mostly_empty(sentences: Sequence[Sentence], column: int) -> bool:
    cells = list(_cells(sentences, column))
    return sum(cell in ("", "_") for cell in cells) > len(cells) / 2
