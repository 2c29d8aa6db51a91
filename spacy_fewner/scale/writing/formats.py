"""Rows and what was found in them to bytes that can be appended, and those to a file."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..reading.rows import Row
from .jsonl import jsonl

if TYPE_CHECKING:
    from spacy.tokens import Doc

Results = Callable[["Doc"], dict[str, Any]]


def encode(found: "Sequence[tuple[Row, Doc]]", format: str, results: Results) -> bytes:
    """What a chunk adds to a file that grows. results: the new fields of a text."""
    return jsonl([(row, results(doc)) for row, doc in found])


def seal(format: str) -> Callable[[Path, Path], None]:
    """What makes the final file of all that was appended: (appended, final)."""
    return os.replace
