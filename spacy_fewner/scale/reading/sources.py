"""Which files are read, in which order and as what: names, folders, globs, "-" for stdin."""

import glob
from collections.abc import Sequence
from dataclasses import replace
from os.path import exists, isdir
from pathlib import Path

from ...errors import FewnerError
from .parquet import parquet_file
from .source import STDIN, Source, opened

FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".spacy": "spacy",
    ".txt": "txt",
}
DOCUMENT = "document"  # a file that is one text
_LINES = ("jsonl", "csv", "tsv", "txt")  # formats that may come by stdin, or packed by gzip
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def sources_of(
    given: Sequence[str | Path], format: str | None = None, whole_files: bool = False
) -> list[Source]:
    """The files that are named, those of folders and globs in the order of their names.

    format: of all of them; by their suffixes if None. whole_files: a .txt file is one text.
    A folder gives its files of known formats, at any depth, but for hidden ones. FewnerError where
    nothing is, or the format is not known.
    """
    if format is not None and format not in FORMATS.values():
        known = ", ".join(dict.fromkeys(FORMATS.values()))
        raise FewnerError("input_format", f"must be one of {known}", format, "Choose one.")
    names = [name for one in given for name in _names(str(one), format)]
    twice = [name for number, name in enumerate(names) if name in names[:number]]
    if twice:
        raise FewnerError("inputs", "must each be named once", twice[0], "Leave one of them out.")
    if not names:
        raise FewnerError("inputs", "must name a file", "none", "Name one, or - for stdin.")
    return [_source(name, format, whole_files) for name in names]


def _names(given: str, format: str | None) -> list[str]:
    if given == STDIN:
        return [STDIN]
    if isdir(given):
        return _in_folder(Path(given), format)
    if exists(given):
        return [given]
    if glob.has_magic(given):
        found = sorted(name for name in glob.glob(given, recursive=True) if not isdir(name))
        if found:
            return found
        remedy = "Check the pattern and the working directory."
        raise FewnerError("inputs", "must match a file", given, remedy)
    remedy = "Check the name and the working directory."
    raise FewnerError("inputs", "must exist", given, remedy)


def _in_folder(folder: Path, format: str | None) -> list[str]:
    inner = sorted(path for path in folder.rglob("*") if path.is_file())
    shown = [path for path in inner if not any(p[0] == "." for p in path.relative_to(folder).parts)]
    known = [str(path) for path in shown if format or _format_of(path.name)]
    if not known:
        rule = f"must hold files that end in {', '.join(FORMATS)}"
        raise FewnerError("inputs", rule, str(folder), "Name another folder, or the files.")
    return known


def _format_of(name: str) -> str | None:
    return FORMATS.get(Path(name.lower().removesuffix(".gz")).suffix)


def _source(name: str, format: str | None, whole_files: bool) -> Source:
    chosen = format or ("jsonl" if name == STDIN else _format_of(name))
    if chosen is None:
        rule = f"must end in one of {', '.join(FORMATS)}"
        raise FewnerError("inputs", rule, name, "Rename it, or give its format with --from.")
    size = None if name == STDIN else Path(name).stat().st_size
    source = Source(name, chosen, size, size)
    if chosen not in _LINES:
        _check_whole(source)
        return replace(source, length=_rows_in(source) if chosen == "parquet" else None)
    if name != STDIN:
        _check_encoding(source)
    if chosen == "txt" and whole_files:
        return replace(source, format=DOCUMENT)
    return replace(source, length=None) if source.packed else source


def _check_whole(source: Source) -> None:
    if source.name == STDIN or source.packed:
        rule = f"must be a file of its own, as it is, for the format {source.format}"
        raise FewnerError("inputs", rule, source.name, "Write it to a file, unpacked.")


def _rows_in(source: Source) -> int:
    with parquet_file(source) as file:
        return file.metadata.num_rows


def _check_encoding(source: Source) -> None:
    with opened(source) as stream:
        if stream.read(2) in _UTF16:
            found = "a UTF-16 byte order mark"
            raise FewnerError(source.name, "must be UTF-8", found, "Save the file as UTF-8.")
