"""Rows cut into chunks, always at the same places."""

from collections.abc import Iterable, Iterator

from .items import Chunk, Item, Place

MOST_BYTES = 1_000_000  # of text in a chunk; one row may be larger


def cut_into_chunks(
    items: Iterable[tuple[Item, Place]], rows: int, most_bytes: int = MOST_BYTES
) -> Iterator[Chunk]:
    """Chunks of so many rows, or fewer where they are long.

    A run that begins anew behind a chunk cuts the rest as the first run would have.
    """
    held: list[Item] = []
    size, end = 0, Place()
    for item, after in items:
        if held and (len(held) == rows or size + item.size > most_bytes):
            yield Chunk(held, end)
            held, size = [], 0
        held.append(item)
        size, end = size + item.size, after
    if held:
        yield Chunk(held, end)
