"""Rows and what was found in them to bytes that can be appended, and those to a file."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..reading.rows import Row

if TYPE_CHECKING:
    from spacy.tokens import Doc

Found = tuple[Row, "Doc", dict[str, Any]]
Encode = Callable[[Sequence[Found]], bytes]
Seal = Callable[[Path, Path], None]


def encoder(format: str, schema: Any = None) -> Encode:
    """What a chunk adds to a file that grows. schema: of Parquet.

    The function raises ValueError or TypeError for a row that the format cannot hold.
    """
    if format == "parquet":
        from .parquet import parquet_bytes

        return lambda found: parquet_bytes([(row, new) for row, _, new in found], schema)
    if format == "spacy":
        from .docbin import docbin_bytes

        return lambda found: docbin_bytes([(row, doc) for row, doc, _ in found])
    from .jsonl import line_of

    return lambda found: b"".join(line_of(row, new) for row, _, new in found)


def seal(format: str, schema: Any = None) -> Seal:
    """What makes the final file of all that was appended: (appended, final)."""
    if format == "parquet":
        from .parquet import seal_parquet

        return partial(seal_parquet, schema=schema)
    if format == "spacy":
        from .docbin import seal_docbin

        return seal_docbin
    return os.replace
