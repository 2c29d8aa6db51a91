"""Documents to discover types in: a folder of text files, or a file with a text in each line."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..data.files import check_file, read_text
from ..errors import FewnerError
from ..grounding.normal import fold
from ..synthesis.provenance import text_id
from ..synthesis.retrieval.corpus_file import read_unlabelled
from ..synthesis.stage import Outcome
from ..types import Reject, Sample

STAGE = "documents"
SUFFIXES = (".txt", ".text", ".md", ".rst")
NOT_TEXT = "not UTF-8 text"
NO_TEXT = "no text"
OTHER = "no text file"
BAD_LINE = "not a JSON object with a text"
REPEATED = "repeated document"
_HEAD = 120  # characters of a line that are shown
_NULL = "\x00"


def read_documents(path: str | Path, **how: Any) -> Iterator[Outcome]:
    """A sample for each document, a reject for each that cannot be read or came before.

    path: a folder, each text file in or below it a document, and any other file a reject; a text
        file, one document; a .jsonl file, a document a line, read line by line; or any other file
        of examples, whose spans are not read.
    how: to read such a file, as of read_samples; with a format, a text file is one too.
    Documents are the same up to case and spaces. A sample's id is the file's name in the folder,
    that of the line, or made of the text.
    Raises FewnerError for a path that does not exist, and for a folder without such files.
    """
    path = Path(path)
    return _distinct(_read(path, how))


def is_documents(path: str | Path, format: str | None = None) -> bool:
    """Whether the path is a folder, or a file of documents, and no file of examples."""
    suffix = Path(path).suffix.lower()
    return Path(path).is_dir() or suffix == ".jsonl" or (suffix in SUFFIXES and format is None)


def _read(path: Path, how: dict[str, Any]) -> Iterator[Outcome]:
    if path.is_dir():
        files = _files(path)
        return (_of_folder(file, str(file.relative_to(path))) for file in files)
    if not is_documents(path, how.get("format")):
        return iter(read_unlabelled(path, **how))
    if path.suffix.lower() in SUFFIXES:
        check_file(path)
        return iter([_whole(path, path.name)])
    check_file(path)
    return _lines(path)


def _files(folder: Path) -> list[Path]:
    """All but folders and what begins with a dot, text or not."""
    found = sorted(path for path in folder.rglob("*") if not path.name.startswith("."))
    files = [path for path in found if not path.is_dir()]
    if not any(path.suffix.lower() in SUFFIXES for path in files):
        remedy = 'Give a folder with such files, or a .jsonl file with {"text": "…"} in each line.'
        rule = f"must hold text files ({', '.join(SUFFIXES)})"
        raise FewnerError("documents", rule, str(folder), remedy)
    return files


def _of_folder(file: Path, name: str) -> Outcome:
    if file.suffix.lower() in SUFFIXES and file.is_file():
        return _whole(file, name)
    return Reject(OTHER, file.suffix or "no suffix", STAGE, name, {"id": name})


def _whole(file: Path, name: str) -> Outcome:
    meta: dict[str, Any] = {"id": name}
    try:
        text = read_text(file) if file.stat().st_size else ""
    except FewnerError as err:
        return Reject(NOT_TEXT, str(err.value), STAGE, name, meta)
    return _document(text, meta, name)


def _document(text: str, meta: dict[str, Any], name: str) -> Outcome:
    if _NULL in text:
        return Reject(NOT_TEXT, "a null character", STAGE, name, meta)
    if not any(map(str.isalnum, text)):
        return Reject(NO_TEXT, "no letter or digit", STAGE, name, meta)
    return Sample(text, meta=meta, place=name)


def _lines(path: Path) -> Iterator[Outcome]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _of_line(line, f"{path.name}:{number}")


def _of_line(line: bytes, where: str) -> Outcome:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Reject(NOT_TEXT, where, STAGE, where)
    except (ValueError, RecursionError):
        record = None
    text = record.get("text") if isinstance(record, dict) else None
    if not isinstance(text, str):
        shown = line.decode("utf-8", "replace")[:_HEAD].strip()
        return Reject(BAD_LINE, f"{where}: {shown}", STAGE, where)
    told = record.get("meta")
    meta: dict[str, Any] = dict(told) if isinstance(told, dict) else {}
    return _document(text, {**meta, "id": str(meta.get("id") or text_id(text))}, where)


def _distinct(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    seen: set[str] = set()
    for outcome in outcomes:
        if isinstance(outcome, Sample):
            key = text_id(fold(outcome.text))
            if key in seen:
                outcome = Reject(REPEATED, "", STAGE, outcome.text, outcome.meta)
            seen.add(key)
        yield outcome
