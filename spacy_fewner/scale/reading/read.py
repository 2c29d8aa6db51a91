"""All rows of all files, one after the other, from any place on."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from .docbin import docbin_items
from .items import Item, Place
from .lines import lines_of
from .parquet import parquet_items
from .source import Source, opened
from .sources import DOCUMENT
from .tables import table_items

Items: TypeAlias = Iterator[tuple[Item, Place]]


def read_items(sources: Sequence[Source], start: Place, text_column: str | None = None) -> Items:
    """Each row with the place behind it. Blank lines are no rows."""
    for number in range(start.source, len(sources)):
        source = sources[number]
        begin = start if number == start.source else Place(number)
        yield from _READERS[source.format](source, begin, text_column)


def _lines(source: Source, start: Place, text_column: str | None) -> Items:
    kind, name = source.format, source.name
    for line in lines_of(source, start):
        content = line.content.rstrip(b"\r\n")
        if content and not content.isspace():
            yield Item(kind, name, line.number, content, len(content)), line.end


def _document(source: Source, start: Place, text_column: str | None) -> Items:
    """One item, behind which the next file begins."""
    with opened(source) as stream:
        content = stream.read()
    yield Item("txt", source.name, 1, content, len(content)), Place(start.source + 1)


def _docs(source: Source, start: Place, text_column: str | None) -> Items:
    return docbin_items(source, start)


_READERS: dict[str, Callable[[Source, Place, str | None], Items]] = {
    "jsonl": _lines,
    "txt": _lines,
    "csv": table_items,
    "tsv": table_items,
    "parquet": parquet_items,
    "spacy": _docs,
    DOCUMENT: _document,
}
