"""Samples from and to any file we know, by its suffix."""

from collections.abc import Iterable, Sequence
from os.path import isdir  # unlike that of Path, false for a name that is too long
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from ..errors import FewnerError
from ..types import Sample
from .classes.columns import Wanted
from .classes.table import names_a_table, read_table
from .classes.table_out import write_table
from .docs import SPANS_KEY, Alignment
from .files import lines_of, read_text
from .formats.conll import read_conll
from .formats.conll_out import write_conll
from .formats.docbin import read_docbin, write_docbin
from .formats.jsonl import read_json, read_jsonl, write_json, write_jsonl
from .formats.segmented.conllu import read_conllu
from .formats.segmented.conllu_out import write_conllu
from .formats.segmented.words import read_words
from .formats.segmented.words_out import write_words
from .formats.tags import is_tag
from .given import as_samples

if TYPE_CHECKING:
    from spacy.language import Language

Format = Literal["jsonl", "json", "conll", "conllu", "words", "csv", "tsv", "spacy"]

WITH_COLUMNS = ("conll", "conllu")
WITH_JOINER = (*WITH_COLUMNS, "words")
CERTAIN = (".jsonl", ".json", ".spacy")  # suffixes of files that are nothing else
_SAY_FORMAT = "Rename the file, or say its format with --format (format= in Python)."
TABLES = {"csv": ",", "tsv": "\t"}
_FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".json": "json",
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".conllu": "conllu",
    ".words": "words",
    ".seg": "words",
    ".csv": "csv",
    ".tsv": "conll",
    ".txt": "conll",
    ".spacy": "spacy",
}


def read_samples(
    path: str | Path,
    format: Format | None = None,
    spans_key: str | None = SPANS_KEY,
    *,
    joiner: str | None = None,
    token_column: int | None = None,
    tag_column: int | Sequence[int] | None = None,
    text_column: Wanted = None,
    label_column: Wanted = None,
    label_separator: str | None = None,
    texts_only: bool = False,
) -> list[Sample]:
    """Read examples; the format follows the suffix unless given.

    spans_key: which spans of a DocBin to read: a key of doc.spans; "ents" for doc.ents, which also
        stand in for a key that no doc has; None for no spans.
    joiner: what stands between the tokens of a file of columns or words; "" for Chinese or
        Japanese. None is a space in columns and nothing in words, where words of a script that has
        spaces between are an error that asks for it. CoNLL-U says where it has none.
    token_column, tag_column: of a file of columns, counted from 1, or from the end with -1; found
        by their contents if None. Which were taken is logged by spacy_fewner.data, level INFO. In a
        file of one column, token_column=1 makes each token a span labelled WORD. Of CoNLL-U the tag
        is in column 4 (UPOS) unless given, and the token always in column 2.
    text_column, label_column: of a table of texts and their classes (.csv, or .tsv whose first row
        names both), by name or number; found by usual names if None, and logged too.
    label_separator: between several classes in one cell of a table; None takes the cell for one.
    texts_only: leave the annotation of JSONL, JSON and a DocBin unread, whatever form it has; a
        table need not have a column of classes.
    Raises FewnerError for a missing or empty file and for anything malformed in it.
    """
    path = Path(path)
    table = {
        "text_column": text_column,
        "label_column": label_column,
        "label_separator": label_separator,
    }
    chosen = _format_to_read(path, format, any(one is not None for one in table.values()))
    if chosen == "spacy":
        return read_docbin(path, None if texts_only else spans_key)
    if chosen in TABLES:
        return read_table(path, **table, texts_only=texts_only)  # type: ignore[arg-type]
    if chosen == "words":
        return read_words(path, joiner=joiner)
    if chosen == "conllu":
        return read_conllu(path, joiner=joiner, token_column=token_column, tag_column=tag_column)
    if chosen == "conll":
        return read_conll(path, joiner=joiner, token_column=token_column, tag_column=tag_column)
    read = read_jsonl if chosen == "jsonl" else read_json
    return read(path, texts_only=texts_only)


def write_samples(
    samples: Iterable[Sample],
    path: str | Path,
    format: Format | None = None,
    *,
    spans_key: str = SPANS_KEY,
    nlp: "Language | None" = None,
    alignment: Alignment = "strict",
) -> None:
    """Write examples, the whole file or nothing; the format follows the suffix unless given.

    nlp: tokenizes samples without tokens for CoNLL and DocBin.
    alignment: for the same, of spans with an edge inside a token: "strict" refuses them.
    Texts that were annotated for classes alone go into a table where the suffix is .tsv.
    """
    path, samples = Path(path), as_samples(samples, "samples", spans_key)
    chosen = format_to_write(samples, path, format)
    if chosen == "spacy":
        write_docbin(samples, path, spans_key, nlp=nlp, alignment=alignment)
    elif chosen in TABLES:
        write_table(samples, path, TABLES[chosen])
    elif chosen == "conll":
        write_conll(samples, path, nlp=nlp, alignment=alignment)
    elif chosen == "conllu":
        write_conllu(samples, path)
    elif chosen == "words":
        write_words(samples, path)
    elif chosen == "jsonl":
        write_jsonl(samples, path)
    else:
        write_json(samples, path)


def has_columns(path: str | Path, format: str | None = None) -> bool:
    """Whether a file is read as columns."""
    return (format or _FORMATS.get(Path(path).suffix.lower())) in WITH_COLUMNS


def has_joiner(path: str | Path, format: str | None = None) -> bool:
    """Whether what stands between the tokens of a file can be said."""
    return (format or _FORMATS.get(Path(path).suffix.lower())) in WITH_JOINER


def if_uncertain(path: str | Path, format: str | None) -> str | None:
    """The format for a file among others; None where its own suffix leaves no doubt."""
    return None if Path(path).suffix.lower() in CERTAIN else format


def may_be_table(path: str | Path, format: str | None = None) -> bool:
    """Whether a file is read as a table where its columns are named."""
    return (format or Path(path).suffix.lower().removeprefix(".")) in (*TABLES, "txt")


def format_to_write(samples: Sequence[Sample], path: Path, format: str | None = None) -> Format:
    """As `format_of`; a table for .tsv where the samples have classes and no spans were looked
    for."""
    chosen = format_of(path, format, "Rename the file, or give its format.")
    if format is None and path.suffix.lower() == ".tsv":
        classes = any(sample.cats for sample in samples)
        return "tsv" if classes and not any(s.spans_annotated for s in samples) else chosen
    return chosen


def _format_to_read(path: Path, format: str | None, asked: bool) -> Format:
    """As `format_of`; a table for .tsv and .txt where its columns are asked for, and for .tsv where
    the first row names a text and a label, and no tags follow."""
    chosen, suffix = format_of(path, format), path.suffix.lower()
    if format is not None or suffix not in (".tsv", ".txt"):
        return chosen
    table = asked or (suffix == ".tsv" and _names_classes(read_text(path)))
    return "tsv" if table else chosen


def _names_classes(text: str) -> bool:
    last = [line.rsplit("\t", 1)[-1] for line in lines_of(text)[1:] if line.strip()]
    return names_a_table(text) and sum(map(is_tag, last)) < max(1, len(last) / 2)


def format_of(path: Path, format: str | None = None, remedy: str = _SAY_FORMAT) -> Format:
    """The format of a file by its suffix, unless given; FewnerError if it is none we know."""
    if isdir(path):
        raise FewnerError("path", "must be a file, not a directory", str(path), "Name one file.")
    chosen = format or _FORMATS.get(path.suffix.lower(), "")
    for known in get_args(Format):
        if chosen == known:
            return known
    raise FewnerError(
        "format" if format else "path",
        f"must be one of {', '.join(get_args(Format))}"
        if format
        else f"must end in one of {', '.join(_FORMATS)}",
        format or str(path),
        remedy,
    )
