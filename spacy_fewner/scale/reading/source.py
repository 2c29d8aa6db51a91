"""One file of the input: how it is opened, and how it begins."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast

from ...errors import FewnerError
from .stdin import stdin

STDIN = "-"
_HEAD = 1 << 16  # bytes that say how a table is laid out


@dataclass(frozen=True)
class Source:
    """One file. name: as it was given, "-" for stdin. size: bytes, None of stdin.

    length: what offsets in it are counted up to, bytes or rows; None if it is not known before.
    """

    name: str
    format: str
    size: int | None
    length: int | None = None

    @property
    def packed(self) -> bool:
        return self.name.lower().endswith(".gz")


@contextmanager
def opened(source: Source) -> Iterator[IO[bytes]]:
    """Its bytes, unpacked. FewnerError where they cannot be read."""
    if source.name == STDIN:
        yield stdin()
        return
    try:
        opener: Any = gzip.open if source.packed else open
        with opener(source.name, "rb") as stream:
            yield cast("IO[bytes]", stream)
    except (OSError, EOFError, zlib.error) as err:
        raise unreadable(source, err) from err


def head_of(source: Source) -> bytes:
    """How its bytes begin, up to the end of a line."""
    if source.name == STDIN:
        head = stdin().head(_HEAD)
    else:
        with opened(source) as stream:
            head = stream.read(_HEAD)
    return head if len(head) < _HEAD or b"\n" not in head else head[: head.rindex(b"\n") + 1]


def unreadable(source: Source, err: Exception) -> FewnerError:
    """Of a file that is there, but not whole or locked away."""
    said = f"{type(err).__name__}: {err}"
    remedy = "Check its permissions, and whether it is whole."
    return FewnerError(source.name, "must be readable", said, remedy)
