"""CoNLL columns in: any tag scheme, text and tags in any column."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from ...errors import FewnerError
from ...shown import shown_in_line
from ...types import WORD, CharSpan, Sample
from ..files import lines_of, read_text
from ..tokens.joining import shown_joiner, usual_joiner
from .columns import Columns, Row, Sentence, Wanted, choose_columns, is_extra
from .segmented.words import check_unspaced, joined
from .sources.conll_lines import Asked, ConllLines
from .tags import OUTSIDE, Scheme, is_prefixed, is_tag, scheme_of, spans_by

_logger = logging.getLogger(__name__)

DOCUMENT_MARK = "-DOCSTART-"


def read_conll(
    path: str | Path,
    *,
    joiner: str | None = None,
    token_column: int | None = None,
    tag_column: Wanted = None,
) -> list[Sample]:
    """Read sentences parted by blank lines; columns are parted by tabs if there is one, else
    by spaces. Lines that begin with "#" and are no rows of the table are comments.

    joiner: what stands between tokens in the text. None is nothing where most tokens are of a
        script without spaces, else a space; of segmented text nothing, where scripts with spaces
        are refused.
    token_column, tag_column: counted from 1, or from the end with -1; if None, found by their
        contents (see `columns`) and logged. Several columns of tags are read together. In a file
        of one column, where token_column is given, each token is a span labelled WORD. Where
        tag_column names tags without O and prefixes, each is that of one token; prefixes alone
        (B, M, E, S) mark segmented text.
    Raises FewnerError naming file and line.
    """
    path = Path(path)
    asked = Asked(" " if joiner is None else joiner, token_column, tag_column)
    table = _table(read_text(path), path, asked)
    if joiner is None:
        table = table._replace(asked=asked._replace(joiner=_usual_joiner(table)))
    _logger.info("Columns of %s: %s", shown_in_line(path.name), _taken(table))
    return _samples(table)


def _usual_joiner(table: "_Table") -> str:
    """FewnerError for words of segmented text that have spaces between them."""
    words = _words_in(table)
    if table.columns.tags:
        return usual_joiner(words)
    check_unspaced(words, table.path)
    return ""


def _taken(table: "_Table") -> str:
    """What was read, and what was not."""
    extra = sum(is_extra(row, table.columns) for rows in table.plain for row in rows)
    said = [str(table.columns)]
    if any(_scheme(table.plain, one, table) == "words" for one in table.columns.tags):
        said.append("a tag for each word")
    if table.asked.joiner != " " and table.columns.tags:
        said.append(shown_joiner(table.asked.joiner))
    if extra:
        said.append(f"{extra} rows left out that are no word (ranges, empty nodes)")
    return "; ".join(said)


def samples_in(text: str, path: Path, asked: Asked) -> list[Sample]:
    """What `read_conll` has of a file that holds the text, and nothing logged."""
    return _samples(_table(text, path, asked))


class _Table(NamedTuple):
    """A file cut into cells; found: its sentences with comments, plain: surely without any."""

    path: Path
    asked: Asked
    lines: list[str]
    found: list[Sentence]
    plain: list[Sentence]
    columns: Columns

    @property
    def uneven(self) -> bool:
        return _both_named(self.asked.token_column, self.asked.tag_column)


def _table(text: str, path: Path, asked: Asked) -> _Table:
    lines = lines_of(text)
    found = _sentences(lines, path)
    plain = _without_hashes(found)
    if not _both_named(asked.token_column, asked.tag_column):
        _check_width(plain, path, least=_least(asked))
    columns = choose_columns(plain, path, asked.token_column, asked.tag_column)
    return _Table(path, asked, lines, found, plain, columns)


def _samples(table: _Table) -> list[Sample]:
    path, columns = table.path, table.columns
    sentences = _tokens_alone(table.found, table.plain, columns, path)
    if not table.uneven:
        _check_width(sentences, path, least=_least(table.asked))
    _check_tokens(sentences, columns.text, path)
    read = [_spans_of(sentences, column, table) for column in columns.tags]
    samples = [
        _sample(rows, chain(*tagged), columns.text, table.asked.joiner, path)
        for rows, *tagged in zip(sentences, *(read or [_words(sentences)]), strict=True)
    ]
    if _is_segmented(sentences, table):  # where words begin and end is what is to be learnt
        samples = [replace(sample, tokens=None) for sample in samples]
    return [
        _with_source(sample, own, _further(rows, columns), table.asked)
        for sample, own, rows in zip(samples, _lines_of(table, sentences), sentences, strict=True)
    ]


def _with_source(sample: Sample, lines: tuple[str, ...], further: bool, asked: Asked) -> Sample:
    return replace(sample, source=ConllLines(lines, further, asked, sample.text, sample.spans))


def _further(rows: Sentence, columns: Columns) -> bool:
    """Whether there are columns beside those that were read."""
    return any(len(row.cells) > 1 + len(columns.tags) for row in rows)


def _lines_of(table: _Table, kept: Sequence[Sentence]) -> Iterator[tuple[str, ...]]:
    """The lines of each sentence that was kept, with comments and marks since the one before."""
    before = 0
    last = {row.line: rows[-1].line for rows in table.found for row in rows}
    for rows in kept:
        end = last[rows[0].line]
        yield tuple("\n".join(table.lines[before:end]).strip("\n").split("\n"))
        before = end


def _sentences(lines: Sequence[str], path: Path) -> list[Sentence]:
    tabs = _has_tabs(lines)
    sentences: list[Sentence] = [[]]
    for number, line in enumerate(lines, start=1):
        cells = _cells(line, tabs)
        if not line.strip() or line.startswith(DOCUMENT_MARK) or DOCUMENT_MARK in cells:
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
    if not columns.tags:
        return len(row.cells) > columns.width
    if len(row.cells) < columns.width:  # a row with a cell missing is for _check_width
        return not (row.cells[0] == "#" and row.cells[-1] in tags)
    if 0 in columns.counting:
        return True
    prefixed = is_prefixed(tags)
    cells = [row.cells[column] for column in columns.tags]
    return not all(cell in tags or (prefixed and is_tag(cell)) for cell in cells)


def _least(asked: Asked) -> int:
    """How many columns there must be: one, if it is said to hold the tokens."""
    return 1 if asked.token_column is not None and asked.tag_column is None else 2


def _check_width(sentences: Sequence[Sentence], path: Path, least: int) -> None:
    widths = Counter(len(row.cells) for rows in sentences for row in rows)
    width = widths.most_common(1)[0][0]
    named = (4, 11) if min(widths) >= 11 else (1, 2)  # of CoNLL-2012, else the fewest
    for row in (row for rows in sentences for row in rows):
        if len(row.cells) != width or width < least:
            raise FewnerError(
                f"{path}:{row.line}",
                "every line must have the same columns, at least a token and a tag",
                f"{len(row.cells)} columns in {' '.join(row.cells)!r}, {width} in most lines",
                "Part columns by tabs, and sentences by a blank line; or name the columns of text "
                "and tags, which all lines must have: --token-column {} --tag-column {} "
                "(token_column=, tag_column=). Words of a segmented text: --token-column 1 for "
                "one a line, --format words for a sentence a line.".format(*named),
            )


def _both_named(token_column: int | None, tag_column: Wanted) -> bool:
    """From the left, so that further columns may differ from row to row, as in CoNLL-2012."""
    if token_column is None or tag_column is None:
        return False
    tags = [tag_column] if isinstance(tag_column, int) else tag_column
    return min(token_column, *tags) > 0


def _spans_of(
    sentences: Sequence[Sentence], column: int, table: _Table
) -> list[list[tuple[int, int, str]]]:
    """What the tags of a column mark in each sentence, by tokens."""
    scheme = _scheme(sentences, column, table)
    if scheme in ("prefixed", "labels"):
        _check_tags(sentences, column, scheme == "prefixed", table.path)
    return [spans_by(scheme, [row.cells[column] for row in rows]) for rows in sentences]


def _scheme(sentences: Sequence[Sentence], column: int, table: _Table) -> Scheme:
    cells = (row.cells[column] for rows in sentences for row in rows)
    return scheme_of(cells, chosen=table.asked.tag_column is not None)


def _is_segmented(sentences: Sequence[Sentence], table: _Table) -> bool:
    """Whether all that the file says is where words begin and end."""
    return all(_scheme(sentences, one, table) == "segments" for one in table.columns.tags)


def _words_in(table: _Table) -> list[list[str]]:
    rows = _tokens_alone(table.found, table.plain, table.columns, table.path)
    return [[row.cells[table.columns.text] for row in sentence] for sentence in rows]


def _words(sentences: Sequence[Sentence]) -> list[list[tuple[int, int, str]]]:
    """Each token as a word of a segmented text."""
    return [[(n, n + 1, WORD) for n in range(len(rows))] for rows in sentences]


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
            "Choose the column with --tag-column (tag_column= in Python), or write O; a tag for "
            f"each word is read with --tag-column {column + 1}, CoNLL-U with --format conllu.",
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
    text, tokens = joined([row.cells[column] for row in rows], joiner)
    spans = dict.fromkeys(
        CharSpan(tokens[start][0], tokens[end - 1][1], label) for start, end, label in tagged
    )
    place = f"{path}:{rows[0].line}"
    return Sample(text, tuple(spans), tokens, place=place)
