"""All rows of all files, one after the other, from any place on."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from .items import Item, Place
from .lines import lines_of
from .sources import Source

Items: TypeAlias = Iterator[tuple[Item, Place]]


def read_items(sources: Sequence[Source], start: Place) -> Items:
    """Each row with the place behind it. Blank lines are no rows."""
    for number in range(start.source, len(sources)):
        source = sources[number]
        begin = start if number == start.source else Place(number)
        yield from _READERS[source.format](source, begin)


def _line_items(source: Source, start: Place) -> Items:
    kind, name = source.format, source.name
    for line in lines_of(source, start):
        if not line.content.isspace() and line.content:
            size = len(line.content)
            yield Item(kind, name, line.number, line.content, size), line.end


_READERS: dict[str, Callable[[Source, Place], Items]] = {
    "jsonl": _line_items,
    "txt": _line_items,
}
