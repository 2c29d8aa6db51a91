"""Which files are read, in which order and as what: names, folders, globs, "-" for stdin."""

import glob
import gzip
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os.path import exists, isdir
from pathlib import Path
from typing import IO, Any, cast

from ...errors import FewnerError

STDIN = "-"
FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".spacy": "spacy",
    ".txt": "txt",
}
_LINES = ("jsonl", "csv", "tsv", "txt")  # formats that may come by stdin, or packed by gzip
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Source:
    """One file. name: as it was given, "-" for stdin. size: bytes, None of stdin."""

    name: str
    format: str
    size: int | None

    @property
    def packed(self) -> bool:
        return self.name.lower().endswith(".gz")


def sources_of(given: Sequence[str | Path], format: str | None = None) -> list[Source]:
    """The files that are named, those of folders and globs in the order of their names.

    format: of all of them; by their suffixes if None. A folder gives its files of known formats,
    at any depth, but for hidden ones. FewnerError where nothing is, or the format is not known.
    """
    if format is not None and format not in FORMATS.values():
        known = ", ".join(dict.fromkeys(FORMATS.values()))
        raise FewnerError("from", f"must be one of {known}", format, "Choose one.")
    names = [name for one in given for name in _names(str(one), format)]
    twice = [name for number, name in enumerate(names) if name in names[:number]]
    if twice:
        raise FewnerError("inputs", "must each be named once", twice[0], "Leave one of them out.")
    return [_source(name, format) for name in names]


@contextmanager
def opened(source: Source) -> Iterator[IO[bytes]]:
    """Its bytes, unpacked. FewnerError where they cannot be read."""
    if source.name == STDIN:
        yield sys.stdin.buffer
        return
    try:
        opener: Any = gzip.open if source.packed else open
        with opener(source.name, "rb") as stream:
            yield cast("IO[bytes]", stream)
    except (OSError, EOFError) as err:
        raise unreadable(source, err) from err


def unreadable(source: Source, err: Exception) -> FewnerError:
    """Of a file that is there, but not whole or locked away."""
    said = f"{type(err).__name__}: {err}"
    remedy = "Check its permissions, and whether it is whole."
    return FewnerError(source.name, "must be readable", said, remedy)


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
    known = [str(path) for path in shown if _format_of(path.name) in (format or FORMATS.values())]
    if not known:
        rule = f"must hold files that end in {', '.join(FORMATS)}"
        raise FewnerError("inputs", rule, str(folder), "Name another folder, or the files.")
    return known


def _format_of(name: str) -> str | None:
    return FORMATS.get(Path(name.lower().removesuffix(".gz")).suffix)


def _source(name: str, format: str | None) -> Source:
    chosen = format or (STDIN if name == STDIN else _format_of(name))
    if chosen is None:
        rule = f"must end in one of {', '.join(FORMATS)}"
        raise FewnerError("inputs", rule, name, "Rename it, or give its format with --from.")
    if chosen == STDIN:
        chosen = "jsonl"
    source = Source(name, chosen, None if name == STDIN else Path(name).stat().st_size)
    if chosen not in _LINES and (name == STDIN or source.packed):
        rule = f"must be a file of its own, as it is, for the format {chosen}"
        raise FewnerError("inputs", rule, name, "Write it to a file, unpacked.")
    if chosen in _LINES and name != STDIN:
        _check_encoding(source)
    return source


def _check_encoding(source: Source) -> None:
    with opened(source) as stream:
        if stream.read(2) in _UTF16:
            found = "a UTF-16 byte order mark"
            raise FewnerError(source.name, "must be UTF-8", found, "Save the file as UTF-8.")
