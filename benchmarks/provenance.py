"""How a result came about, for the foot of its page; and markdown tables."""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from collections.abc import Iterable, Sequence

from benchmarks.store import versions


def provenance(machine: str = "") -> dict[str, str]:
    """Command, date, machine and versions. machine: in words; else what Python knows of it."""
    known = f"{os.cpu_count()} cores of {platform.machine()}, one thread"
    packages = " ".join(f"{name} {version}" for name, version in versions().items())
    return {
        "command": f"OMP_NUM_THREADS=1 python {' '.join(map(_without_path, sys.argv))}",
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": machine or known,
        "versions": packages,
    }


def _without_path(argument: str) -> str:
    """Where somebody's models lie tells others nothing."""
    return re.sub(r"(^|=)/\S+", r"\1PATH", argument)


def foot(how: dict[str, str]) -> str:
    """A list to stand under a table."""
    return "\n".join(f"- {name}: {value}" for name, value in how.items())


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown: the first column to the left, the others to the right."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *rows])


def verdict(name: str, value: str, reached: bool) -> str:
    """One goal, what was measured, and whether that is enough."""
    return f"- {'ok' if reached else 'MISSED'}: {name}: {value}"
