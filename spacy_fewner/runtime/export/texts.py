"""Texts to measure an exported pipeline with."""

from pathlib import Path
from typing import Any

from ...data.files import lines_of, read_text
from ...data.read import read_samples
from ...types import Sample

_PLAIN = (".txt", ".text", "")


def read_texts(path: str | Path, **columns: Any) -> list[Sample]:
    """One text a line of a plain text file; else the samples of any file, with what they are
    annotated with. columns: as `read_samples` takes them, also a format, with which a .txt file is
    no plain one. Raises FewnerError for a file that is missing or malformed."""
    path = Path(path)
    if path.suffix.lower() in _PLAIN and columns.get("format") is None:
        lines = map(str.strip, lines_of(read_text(path)))
        return [Sample(line, spans_annotated=False) for line in lines if line]
    return read_samples(path, **columns)
