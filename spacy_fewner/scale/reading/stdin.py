"""What comes by stdin; its head may be looked at before it is read."""

import sys
from functools import cache
from io import BufferedReader, RawIOBase
from typing import Any


class _Joined(RawIOBase):
    """A head that was read already, then the rest."""

    def __init__(self, rest: Any):
        self.head, self._rest, self._read = b"", rest, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.head[self._read : self._read + len(buffer)]
        if not left:
            left = self._rest.read1(len(buffer))
        else:
            self._read += len(left)
        buffer[: len(left)] = left
        return len(left)

    def look(self, size: int) -> bytes:
        """Read on until the head has so many bytes, or all there are."""
        while len(self.head) < size and (more := self._rest.read(size - len(self.head))):
            self.head += more
        return self.head[:size]


class Stdin(BufferedReader):
    """Read once, from its beginning."""

    def __init__(self, raw: Any):
        self._joined = _Joined(raw)
        super().__init__(self._joined)

    def head(self, size: int) -> bytes:
        """How it begins, to be asked for before anything is read."""
        return self._joined.look(size)


@cache
def _over(raw: Any) -> Stdin:
    return Stdin(raw)


def stdin() -> Stdin:
    """The one of this process."""
    return _over(sys.stdin.buffer)
