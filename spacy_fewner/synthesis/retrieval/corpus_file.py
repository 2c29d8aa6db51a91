"""A retrieval index over a user's file of unlabelled texts, as configs name it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...data.files import lines_of, read_text
from ...data.read import read_samples
from ...types import Sample
from .index import EXACT_UP_TO, Index

_PLAIN = (".txt", ".text", "")


def read_texts(path: str | Path, **how: Any) -> list[str]:
    """One text a line of a plain text file; else the texts of any file of samples.

    how: as of `read_unlabelled`.
    Raises FewnerError for a missing or empty file and for anything malformed in it.
    """
    return [sample.text for sample in read_unlabelled(path, **how)]


def read_unlabelled(path: str | Path, **how: Any) -> list[Sample]:
    """As `read_texts`, with all that belongs to a sample but its spans.

    how: as of `read_samples`; with a format, a .txt file is read so too.
    """
    path = Path(path)
    if is_plain(path, how.get("format")):
        lines = map(str.strip, lines_of(read_text(path)))
        return [Sample(line) for line in lines if line]
    return [replace(sample, spans=()) for sample in read_samples(path, **how, texts_only=True)]


def is_plain(path: str | Path, format: str | None = None) -> bool:
    """Whether the file has a text a line, by its suffix, unless a format is given."""
    return format is None and Path(path).suffix.lower() in _PLAIN


def retrieval_index(
    texts: str | Path,
    embed: Callable[..., Any],
    path: str | Path | None = None,
    exact_up_to: int = EXACT_UP_TO,
    **how: Any,
) -> Index:
    """An index of the texts of a file; only those that it does not hold yet are embedded.

    texts: .txt with a text a line, or a file of samples. path: folder of the index; None keeps it
    in memory. embed, exact_up_to: see Index. how: to read the file, as of `read_unlabelled`.
    """
    index = Index(embed, path, exact_up_to)
    index.add(read_texts(texts, **how))
    return index
