"""CoNLL columns in (any tag scheme, tag first or last) and out (token TAB BIO tag)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...errors import FewnerError
from ...types import CharSpan, Sample
from ..docs import blank_pipeline, token_offsets
from ..files import atomic_write, read_text
from .conll_lines import ConllLines, own_lines
from .tags import OUTSIDE, bio_from_spans, is_prefixed, is_tag, spans_from_tags

if TYPE_CHECKING:
    from spacy.language import Language

_DOCUMENT_MARK = "-DOCSTART-"


class _Row(NamedTuple):
    line: int
    cells: list[str]


_Sentence = list[_Row]


def read_conll(
    path: str | Path, *, joiner: str = " ", tag_column: int | None = None
) -> list[Sample]:
    """Read sentences parted by blank lines; columns are parted by tabs if there is one, else
    by spaces.

    joiner: what stands between tokens in the text; "" for Chinese or Japanese.
    tag_column: counted from 0, negative from the end; found by its contents if None: the
        last column of nothing but tags, else the first one.
    Raises FewnerError naming file and line.
    """
    path = Path(path)
    return _samples(read_text(path), path, joiner, tag_column)


def write_conll(
    samples: Iterable[Sample], path: str | Path, *, nlp: "Language | None" = None
) -> None:
    """Write token TAB BIO tag, a blank line after each sample; spaces are no tokens.

    nlp: tokenizes the samples that have no tokens; a multi-language tokenizer if None.
    Samples that were read from a column file, and not changed, are the lines they were, with all
    columns. Raises FewnerError for spans that nest, cross or cut a token and for samples without a
    token: CoNLL cannot hold them. Scores, cats, meta and weight are not written.
    """
    samples = list(samples)
    nlp = nlp or blank_pipeline()
    own = own_lines(samples)
    if own is None or not _reads_as(own, samples, nlp):
        blocks = [_block(sample, nlp, f"samples[{index}]") for index, sample in enumerate(samples)]
        own = "".join(blocks)
        if samples and not _reads_as(own, samples, nlp):
            raise FewnerError(
                "samples",
                "tokens and labels must be read again as written",
                "some that a column file cannot tell from a tag, a comment or a mark",
                "Write .jsonl or .spacy.",
            )
    atomic_write(Path(path), own.encode("utf-8"))


def _samples(text: str, path: Path, joiner: str, tag_column: int | None = None) -> list[Sample]:
    sentences = _sentences(text, path)
    _check_width(sentences, path)
    column = _tag_column(sentences, path, tag_column)
    prefixed = is_prefixed(row.cells[column] for rows in sentences for row in rows)
    _check_cells(sentences, column, prefixed, path)
    lines, samples, before = text.split("\n"), [], 0
    for rows in sentences:
        sample = _sample(rows, column, prefixed, joiner)
        own = "\n".join(line.rstrip("\r") for line in lines[before : rows[-1].line]).strip("\n")
        source = ConllLines(
            tuple(own.split("\n")), len(rows[0].cells), joiner, sample.text, sample.spans
        )
        samples.append(replace(sample, source=source))
        before = rows[-1].line
    return samples


def _reads_as(text: str, samples: Sequence[Sample], nlp: "Language") -> bool:
    """Whether tokens and spans of the samples would be read from the text."""
    if text.startswith("\ufeff"):  # which a reader takes for a byte order mark
        return False
    try:
        read = _samples(text, Path("samples"), " ")
    except FewnerError:
        return False
    return [_tokens_and_spans(one, nlp) for one in samples] == [
        _tokens_and_spans(one, nlp) for one in read
    ]


def _tokens_and_spans(sample: Sample, nlp: "Language") -> tuple[list[str], list[tuple]]:
    """Words, and the first and last one of each span with its label."""
    offsets = token_offsets(sample, nlp)
    held = [(start, end) for start, end in offsets if sample.text[start:end].strip()]
    first = {start: number for number, (start, _) in enumerate(held)}
    last = {end: number for number, (_, end) in enumerate(held)}
    words = [sample.text[start:end] for start, end in held]
    return words, sorted(
        (first.get(s.start, -1), last.get(s.end, -1), s.label) for s in sample.spans
    )


def _sentences(text: str, path: Path) -> list[_Sentence]:
    tabs = "\t" in text
    sentences: list[_Sentence] = [[]]
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip("\r")
        if not line.strip() or line.startswith(_DOCUMENT_MARK):
            sentences.append([])
        elif not (tabs and line.startswith("# ") and "\t" not in line):  # a comment
            sentences[-1].append(_Row(number, _cells(line, tabs)))
    sentences = [rows for rows in sentences if rows]
    if not sentences:
        raise FewnerError(str(path), "must hold examples", "no token", "Add some sentences.")
    return sentences


def _cells(line: str, tabs: bool) -> list[str]:
    # Not str.split(): a no-break space or an ideographic space may be a token.
    return line.rstrip("\t ").split("\t") if tabs else re.split(" +", line.strip(" "))


def _check_width(sentences: Sequence[_Sentence], path: Path) -> None:
    width = len(sentences[0][0].cells)
    for row in (row for rows in sentences for row in rows):
        if len(row.cells) != width or len(row.cells) < 2:
            raise FewnerError(
                f"{path}:{row.line}",
                "every line must have the same columns, at least a token and a tag",
                f"{len(row.cells)} columns in {' '.join(row.cells)!r}, "
                f"{width} in line {sentences[0][0].line}",
                "Part columns by tabs, and sentences by a blank line.",
            )


def _tag_column(sentences: Sequence[_Sentence], path: Path, wanted: int | None) -> int:
    cells = [row.cells for rows in sentences for row in rows]
    width = len(cells[0])
    if wanted is not None:
        if not -width <= wanted < width:
            raise FewnerError(
                "tag_column", f"must be one of {width} columns", wanted, "Count from 0."
            )
        return wanted % width
    order = [width - 1, *range(width - 1)]
    share = {c: sum(is_tag(row[c]) for row in cells) / len(cells) for c in order}
    best = max(order, key=lambda c: share[c])  # the first of equals: last column, then first
    column = best if share[best] >= 0.5 else width - 1
    if not share[column]:
        raise FewnerError(
            str(path),
            "a column must hold tags, O among them",
            f"{' '.join(cells[0])!r} in line {sentences[0][0].line}",
            "Add the tags, or name their column with tag_column.",
        )
    return column


def _check_cells(sentences: Sequence[_Sentence], column: int, prefixed: bool, path: Path) -> None:
    for row in (row for rows in sentences for row in rows):
        if prefixed and not is_tag(row.cells[column]):
            raise FewnerError(
                f"{path}:{row.line}",
                "a tag must be O or a prefix and a label, such as B-PER",
                row.cells[column] or "an empty tag",
                "Correct the tag.",
            )
        if not row.cells[_token_column(column)]:
            raise FewnerError(
                f"{path}:{row.line}", "must have a token", "an empty one", "Remove the line."
            )


def _token_column(tag_column: int) -> int:
    return 1 if tag_column == 0 else 0


def _sample(rows: _Sentence, column: int, prefixed: bool, joiner: str) -> Sample:
    words = [row.cells[_token_column(column)] for row in rows]
    tokens, position = [], 0
    for word in words:
        tokens.append((position, position + len(word)))
        position += len(word) + len(joiner)
    tagged = spans_from_tags([row.cells[column] for row in rows], prefixed)
    spans = (CharSpan(tokens[start][0], tokens[end - 1][1], label) for start, end, label in tagged)
    return Sample(joiner.join(words), tuple(spans), tuple(tokens))


def _block(sample: Sample, nlp: "Language", where: str) -> str:
    offsets = token_offsets(sample, nlp)
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
