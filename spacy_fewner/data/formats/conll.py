"""CoNLL columns in (any tag scheme, text and tags in any column) and out (token TAB BIO tag)."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FewnerError
from ...types import CharSpan, Sample
from ..alignment import refuse_lost
from ..docs import Alignment, blank_pipeline, doc_to_sample, samples_to_docs
from ..files import atomic_write, lines_of, read_text
from ..given import as_samples
from .columns import Columns, Row, Sentence, Wanted, choose_columns, is_extra
from .tags import (
    OUTSIDE,
    bio_from_spans,
    from_brackets,
    is_bracketed,
    is_prefixed,
    is_tag,
    spans_from_tags,
)

if TYPE_CHECKING:
    from spacy.language import Language

_logger = logging.getLogger(__name__)

_DOCUMENT_MARK = "-DOCSTART-"


def read_conll(
    path: str | Path,
    *,
    joiner: str = " ",
    token_column: int | None = None,
    tag_column: Wanted = None,
) -> list[Sample]:
    """Read sentences parted by blank lines; columns are parted by tabs if there is one, else
    by spaces. Lines that begin with "#" and are no rows of the table are comments.

    joiner: what stands between tokens in the text; "" for Chinese or Japanese.
    token_column, tag_column: counted from 1, or from the end with -1; if None, found by their
        contents (see `columns`) and logged. Several columns of tags are read together.
    Raises FewnerError naming file and line.
    """
    path = Path(path)
    sentences = _sentences(read_text(path), path)
    plain, uneven = _without_hashes(sentences), _both_named(token_column, tag_column)
    if not uneven:
        _check_width(plain, path)
    columns = choose_columns(plain, path, token_column, tag_column)
    _logger.info("Columns of %s: %s", path.name, columns)
    sentences = _tokens_alone(sentences, plain, columns, path)
    if not uneven:
        _check_width(sentences, path)
    _check_tokens(sentences, columns.text, path)
    read = [_spans_of(sentences, column, path) for column in columns.tags]
    return [
        _sample(rows, chain(*tagged), columns.text, joiner, path)
        for rows, *tagged in zip(sentences, *read, strict=True)
    ]


def write_conll(
    samples: Iterable[Sample],
    path: str | Path,
    *,
    nlp: "Language | None" = None,
    alignment: Alignment = "strict",
) -> None:
    """Write token TAB BIO tag, a blank line after each sample; spaces are no tokens.

    nlp: tokenizes the samples that have no tokens; a multi-language tokenizer if None.
    alignment: of spans with an edge inside a token: "strict" refuses them.
    Raises FewnerError for spans that nest, cross or cut a token and for samples without a
    token: CoNLL cannot hold them. Scores, cats, meta and weight are not written.
    """
    nlp = nlp or blank_pipeline()
    samples = as_samples(samples, "samples")
    docs, misaligned = samples_to_docs(samples, nlp, alignment=alignment)
    refuse_lost(misaligned, samples, nlp)
    blocks = [
        _block(doc_to_sample(doc), sample.place or f"samples[{index}]")
        for index, (doc, sample) in enumerate(zip(docs, samples, strict=True))
    ]
    atomic_write(Path(path), "".join(blocks).encode("utf-8"))


def _sentences(text: str, path: Path) -> list[Sentence]:
    lines = lines_of(text)
    tabs = _has_tabs(lines)
    sentences: list[Sentence] = [[]]
    for number, line in enumerate(lines, start=1):
        cells = _cells(line, tabs)
        if not line.strip() or line.startswith(_DOCUMENT_MARK) or _DOCUMENT_MARK in cells:
            sentences.append([])
        else:
            sentences[-1].append(Row(number, cells))
    return _filled(sentences, path)


def _has_tabs(lines: Sequence[str]) -> bool:
    """Of the rows; a comment may have one in a file without."""
    filled = [line for line in lines if line.strip()]
    rows = [line for line in filled if not line.startswith("#")] or filled
    return any("\t" in line for line in rows)


def _filled(sentences: Iterable[Sentence], path: Path) -> list[Sentence]:
    found = [rows for rows in sentences if rows]
    if not found:
        raise FewnerError(str(path), "must hold examples", "no token", "Add some sentences.")
    return found


def _cells(line: str, tabs: bool) -> list[str]:
    # Not str.split(): a no-break space or an ideographic space may be a token.
    return line.rstrip("\t ").split("\t") if tabs else re.split(" +", line.strip(" "))


def _without_hashes(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Without all lines that may be comments, unless there is nothing else."""
    plain = [[row for row in rows if not row.cells[0].startswith("#")] for rows in sentences]
    return [rows for rows in plain if rows] or list(sentences)


def _tokens_alone(
    sentences: Sequence[Sentence], plain: Sequence[Sentence], columns: Columns, path: Path
) -> list[Sentence]:
    """Without comments, and without rows that are no token."""
    tags = {OUTSIDE, *(row.cells[c] for rows in plain for row in rows for c in columns.tags)}
    kept = [
        [r for r in rows if not (_is_comment(r, columns, tags) or is_extra(r, columns))]
        for rows in sentences
    ]
    return _filled(kept, path)


def _is_comment(row: Row, columns: Columns, tags: set[str]) -> bool:
    """tags: of the lines that are surely rows."""
    if not row.cells[0].startswith("#"):
        return False
    if len(row.cells) < columns.width:  # a row with a cell missing is for _check_width
        return not (row.cells[0] == "#" and row.cells[-1] in tags)
    if 0 in columns.counting:
        return True
    prefixed = is_prefixed(tags)
    cells = [row.cells[column] for column in columns.tags]
    return not all(cell in tags or (prefixed and is_tag(cell)) for cell in cells)


def _check_width(sentences: Sequence[Sentence], path: Path) -> None:
    widths = Counter(len(row.cells) for rows in sentences for row in rows)
    width = widths.most_common(1)[0][0]
    for row in (row for rows in sentences for row in rows):
        if len(row.cells) != width or width < 2:
            raise FewnerError(
                f"{path}:{row.line}",
                "every line must have the same columns, at least a token and a tag",
                f"{len(row.cells)} columns in {' '.join(row.cells)!r}, {width} in most lines",
                "Part columns by tabs, and sentences by a blank line; or name the columns of text "
                "and tags: --token-column 4 --tag-column 11 (token_column=, tag_column=).",
            )


def _both_named(token_column: int | None, tag_column: Wanted) -> bool:
    """From the left, so that further columns may differ from row to row, as in CoNLL-2012."""
    if token_column is None or tag_column is None:
        return False
    tags = [tag_column] if isinstance(tag_column, int) else tag_column
    return min(token_column, *tags) > 0


def _spans_of(
    sentences: Sequence[Sentence], column: int, path: Path
) -> list[list[tuple[int, int, str]]]:
    """What the tags of a column mark in each sentence, by tokens."""
    tags = [[row.cells[column] for row in rows] for rows in sentences]
    if is_bracketed(tag for some in tags for tag in some):
        return [spans_from_tags(from_brackets(some)) for some in tags]
    prefixed = is_prefixed(tag for some in tags for tag in some)
    _check_tags(sentences, column, prefixed, path)
    return [spans_from_tags(some, prefixed) for some in tags]


def _check_tags(sentences: Sequence[Sentence], column: int, prefixed: bool, path: Path) -> None:
    rows = [row for rows in sentences for row in rows]
    if prefixed:
        for row in rows:
            if not is_tag(row.cells[column]):
                raise FewnerError(
                    f"{path}:{row.line}",
                    "a tag must be O or a prefix and a label, such as B-PER",
                    row.cells[column] or "an empty tag",
                    "Correct the tag, or remove the line if it is a heading.",
                )
    elif not any(row.cells[column] == OUTSIDE for row in rows):
        shown = ", ".join(dict.fromkeys(row.cells[column] for row in rows[:20]))
        raise FewnerError(
            f"{path}:{rows[0].line}",
            "tags must have O for what is no entity",
            f"{shown} in column {column + 1}",
            "Choose the column with --tag-column (tag_column= in Python), or write O.",
        )


def _check_tokens(sentences: Sequence[Sentence], column: int, path: Path) -> None:
    for row in (row for rows in sentences for row in rows):
        if not row.cells[column]:
            raise FewnerError(
                f"{path}:{row.line}", "must have a token", "an empty one", "Remove the line."
            )


def _sample(
    rows: Sentence, tagged: Iterable[tuple[int, int, str]], column: int, joiner: str, path: Path
) -> Sample:
    """tagged: spans by tokens."""
    words = [row.cells[column] for row in rows]
    tokens, position = [], 0
    for word in words:
        tokens.append((position, position + len(word)))
        position += len(word) + len(joiner)
    spans = dict.fromkeys(
        CharSpan(tokens[start][0], tokens[end - 1][1], label) for start, end, label in tagged
    )
    place = f"{path}:{rows[0].line}"
    return Sample(joiner.join(words), tuple(spans), tuple(tokens), place=place)


def _block(sample: Sample, where: str) -> str:
    offsets = sample.tokens or ()
    tokens = [(start, end) for start, end in offsets if sample.text[start:end].strip()]
    if not tokens:
        raise FewnerError(where, "must hold a token", repr(sample.text), "Remove the sample.")
    first = {start: number for number, (start, _) in enumerate(tokens)}
    last = {end: number for number, (_, end) in enumerate(tokens)}
    spans = []
    for span in sample.spans:
        if span.start not in first or span.end not in last:
            raise FewnerError(
                where,
                "spans must begin and end with a token",
                f"{span.surface(sample.text)!r} ({span.label})",
                "Correct its offsets, or give the tokens.",
            )
        spans.append((first[span.start], last[span.end] + 1, span.label))
    words = [sample.text[start:end] for start, end in tokens]
    tags = _tags(spans, len(tokens), sample, where)
    return "".join(f"{word}\t{tag}\n" for word, tag in _checked(words, tags, where)) + "\n"


def _tags(spans: list[tuple[int, int, str]], length: int, sample: Sample, where: str) -> list[str]:
    try:
        return bio_from_spans(spans, length)
    except ValueError as err:
        raise FewnerError(
            where,
            "CoNLL holds neither nested nor crossing spans",
            f"{err} in {sample.text[:60]!r}",
            "Write .jsonl or .spacy, or keep one of the spans.",
        ) from err


def _checked(words: list[str], tags: list[str], where: str) -> Iterable[tuple[str, str]]:
    for word, tag in zip(words, tags, strict=True):
        unwritable = re.search(r"[\t\r\n\ud800-\udfff]", word + tag)
        if unwritable or word == _DOCUMENT_MARK or tag != tag.strip():
            raise FewnerError(
                where,
                "tokens and labels must fit a CoNLL column",
                f"{word!r} {tag if tag != OUTSIDE else ''}",
                "Write .jsonl or .spacy.",
            )
        yield word, tag
