"""Drawing that comes round to everything: nothing again before all have had their turn."""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def dealt(items: Sequence[Item], rng: random.Random) -> Iterator[Item]:
    """Endlessly, in a new order each time round; nothing at all if there are no items."""
    while items:
        yield from rng.sample(items, len(items))


def interleaved(rows: Sequence[Iterable[Item]]) -> Iterator[Item]:
    """The first of each row, then the second of each, …, none twice."""
    seen: set[Item] = set()
    open_rows = [iter(row) for row in rows]
    while open_rows:
        for row in list(open_rows):
            item = next(row, None)
            if item is None:
                open_rows.remove(row)
            elif item not in seen:
                seen.add(item)
                yield item
