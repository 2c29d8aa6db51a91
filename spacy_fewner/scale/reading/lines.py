"""Files of lines, and stdin: each line with how much was read before the next."""

import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from ...errors import FewnerError
from .items import Place
from .source import Source, opened

_BLOCK = 1 << 20  # bytes read at once on the way to where an earlier run ended
_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A line with its end. number: from 1. end: the place where the next begins."""

    content: bytes
    number: int
    end: Place


def lines_of(source: Source, start: Place) -> Iterator[Line]:
    """The lines from `start` on; a byte order mark is left out."""
    with opened(source) as stream:
        _skip(stream, source, start)
        offset, number, check = start.offset, start.line, start.check
        for raw in stream:
            offset, number, check = offset + len(raw), number + 1, zlib.crc32(raw, check)
            if number == 1:
                raw = raw.removeprefix(_MARK)
            end = Place(start.source, offset, number, check)
            yield Line(raw, number, end)


def _skip(stream: IO[bytes], source: Source, start: Place) -> None:
    """Read what an earlier run has read, and see that it is the same."""
    left, check = start.offset, 0
    while left and (block := stream.read(min(_BLOCK, left))):
        left, check = left - len(block), zlib.crc32(block, check)
    if left or check != start.check:
        raise FewnerError(
            source.name,
            "must begin with what the run that was cut off has read from it",
            f"other content in the first {start.offset:,} bytes",
            "Give the same input again, or begin anew with --overwrite.",
        )
