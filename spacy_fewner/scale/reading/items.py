"""What flows from files to workers: rows that are not read yet, and where reading goes on."""

from typing import Any, NamedTuple


class Item(NamedTuple):
    """A row as it stands in its file.

    kind: the name of the reader that makes a row of it ("jsonl"); "bad" of one that is none.
    place, line: the file as it was given, and the line (or row, or document) in it, from 1.
    content: bytes, cells or whatever the reader left; of a bad one, (reason, detail, raw).
    size: about how many bytes it holds.
    """

    kind: str
    place: str
    line: int
    content: Any
    size: int


class Place(NamedTuple):
    """How far was read: so many whole files, and of the next one so much.

    offset: bytes of files of lines, else rows. line: lines read. check: CRC-32 of those bytes.
    """

    source: int = 0
    offset: int = 0
    line: int = 0
    check: int = 0


class Chunk(NamedTuple):
    """Rows that are annotated and written together. end: where the next ones begin."""

    items: list[Item]
    end: Place
