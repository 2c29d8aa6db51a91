"""Samples from and to any file we know, by its suffix."""

from collections.abc import Iterable, Sequence
from os.path import isdir  # unlike that of Path, false for a name that is too long
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import FewnerError
from ..types import Sample
from .docs import SPANS_KEY, Alignment
from .formats.conll import read_conll
from .formats.conll_out import write_conll
from .formats.docbin import read_docbin, write_docbin
from .formats.jsonl import read_json, read_jsonl, write_json, write_jsonl

if TYPE_CHECKING:
    from spacy.language import Language

Format = Literal["jsonl", "json", "conll", "spacy"]

_FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".json": "json",
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".tsv": "conll",
    ".txt": "conll",
    ".spacy": "spacy",
}


def read_samples(
    path: str | Path,
    format: Format | None = None,
    spans_key: str | None = SPANS_KEY,
    *,
    joiner: str = " ",
    token_column: int | None = None,
    tag_column: int | Sequence[int] | None = None,
    texts_only: bool = False,
) -> list[Sample]:
    """Read examples; the format follows the suffix unless given.

    spans_key: which spans of a DocBin to read: a key of doc.spans; "ents" for doc.ents, which also
        stand in for a key that no doc has; None for no spans.
    joiner: what stands between the tokens of a file of columns; "" for Chinese or Japanese.
    token_column, tag_column: of a file of columns, counted from 1, or from the end with -1; found
        by their contents if None. Which were taken is logged by spacy_fewner.data, level INFO.
    texts_only: leave the annotation of JSONL, JSON and a DocBin unread, whatever form it has.
    Raises FewnerError for a missing or empty file and for anything malformed in it.
    """
    path = Path(path)
    chosen = format_of(path, format)
    if chosen == "spacy":
        return read_docbin(path, None if texts_only else spans_key)
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
    """
    path = Path(path)
    chosen = format_of(path, format)
    if chosen == "spacy":
        write_docbin(samples, path, spans_key, nlp=nlp, alignment=alignment)
    elif chosen == "conll":
        write_conll(samples, path, nlp=nlp, alignment=alignment)
    elif chosen == "jsonl":
        write_jsonl(samples, path)
    else:
        write_json(samples, path)


def has_columns(path: str | Path, format: str | None = None) -> bool:
    """Whether a file is read as columns."""
    return (format or _FORMATS.get(Path(path).suffix.lower())) == "conll"


def format_of(path: Path, format: str | None = None) -> Format:
    """The format of a file by its suffix, unless given; FewnerError if it is none we know."""
    if isdir(path):
        raise FewnerError("path", "must be a file, not a directory", str(path), "Name one file.")
    chosen = format or _FORMATS.get(path.suffix.lower(), "")
    for known in _FORMATS.values():
        if chosen == known:
            return known
    raise FewnerError(
        "format" if format else "path",
        f"must be one of {', '.join(dict.fromkeys(_FORMATS.values()))}"
        if format
        else f"must end in one of {', '.join(_FORMATS)}",
        format or str(path),
        "Rename the file or give its format.",
    )
