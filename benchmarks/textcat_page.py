"""The tables of results/textcat.md between two marks; the words around them are written by hand."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import fmean, stdev
from typing import TypeAlias

from benchmarks.store import Store
from benchmarks.textcat_data import NAMES, SHOTS
from benchmarks.textcat_systems import SYSTEMS, WITHOUT_EXAMPLES

BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"
Scores: TypeAlias = "dict[tuple[str, str], list[float]]"  # (system, "trec k=5") -> by seed


def page(store: Store, out: Path) -> None:
    """Write the tables anew; what stands outside of the marks stays."""
    text = out.read_text(encoding="utf8") if out.exists() else f"{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    parts = [_table(_scores(store), k) for k in SHOTS] + [_unlearnt(_scores(store))]
    out.write_text(f"{before}{BEGIN}\n\n" + "\n".join(parts) + f"\n{END}{after}", encoding="utf8")


def _scores(store: Store) -> Scores:
    found: Scores = defaultdict(list)
    for row in store.rows():
        found[row["key"].system, row["key"].dataset].append(100 * row["accuracy"])
    return found


def _table(scores: Scores, k: int) -> str:
    cells = [f"{name} k={k}" for name in NAMES]
    lines = [f"| k = {k} | {' | '.join(NAMES)} | average |", "|---" * (len(NAMES) + 2) + "|"]
    for system in SYSTEMS:
        rows = [scores.get((system, cell), []) for cell in cells]
        if system not in WITHOUT_EXAMPLES and any(rows):
            whole = f"{fmean(map(fmean, rows)):.1f}" if all(rows) else ""
            lines.append(f"| {system} | {' | '.join(map(_shown, rows))} | {whole} |")
    return "\n".join(lines) + "\n"


def _unlearnt(scores: Scores) -> str:
    lines = [f"| no example | {' | '.join(NAMES)} | average |", "|---" * (len(NAMES) + 2) + "|"]
    for system in WITHOUT_EXAMPLES:
        rows = [scores.get((system, f"{name} k={SHOTS[0]}"), []) for name in NAMES]
        if all(rows):
            cells = " | ".join(f"{row[0]:.1f}" for row in rows)
            lines.append(f"| {system} | {cells} | {fmean(map(fmean, rows)):.1f} |")
    return "\n".join(lines) + "\n"


def _shown(values: list[float]) -> str:
    """Mean and spread over the seeds; fewer than three are said."""
    if not values:
        return ""
    spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
    return f"{fmean(values):.1f}{spread}" + (f" ({len(values)})" if len(values) < 3 else "")
