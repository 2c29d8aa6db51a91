"""Calls that truly begin at the same moment, in several threads."""

import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

THREADS = 8


def at_once(do: Callable[[Any], Any], items: Sequence[Any]) -> list[list[Any]]:
    """What each thread got for all items, in their order; each thread begins with another one."""
    gate = threading.Barrier(THREADS)

    def run(number: int) -> list[Any]:
        order = [(number + at) % len(items) for at in range(len(items))]
        gate.wait()
        found = {at: do(items[at]) for at in order}
        return [found[at] for at in range(len(items))]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads change places much more often than they would
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(run, range(THREADS)))
    finally:
        sys.setswitchinterval(before)
