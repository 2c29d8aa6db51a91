"""The stored cells of benchmarks/cascade.py as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import mean, stdev
from typing import Any

from benchmarks.provenance import foot, table, verdict

Rows = list[dict[str, Any]]


def page(rows: Iterable[dict[str, Any]], how: dict[str, str]) -> str:
    by_task: dict[tuple[str, str], dict[str, Rows]] = defaultdict(lambda: defaultdict(list))
    for row in _latest(rows):
        by_task[row["key"].dataset, row["key"].encoder][row["key"].system].append(row)
    parts = ["# The cascade: extract, then classify from coarse to fine", _NOTE]
    for (dataset, encoder), systems in by_task.items():
        parts += [f"## {dataset}, {encoder}", *_tables(systems)]
    return "\n\n".join([*parts, foot(how)]) + "\n"


_NOTE = """Five examples a type, drawn anew for each seed; nothing was chosen on the test texts. In
percent, mean ± deviation over seeds. A span that stays above a level does not count there.
One exception to "nothing": that training leaves labels without examples out of the wrong options
was decided after a first zero-shot run here (F1 11.0 with names and definitions)."""


def _latest(rows: Iterable[dict[str, Any]]) -> Rows:
    """Of each cell the recipe measured last."""
    found, newest = list(rows), {}
    for row in found:
        newest[_cell(row)] = row["key"].recipe
    return [row for row in found if newest[_cell(row)] == row["key"].recipe]


def _cell(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["key"].dataset, row["key"].encoder, row["key"].system


def _tables(systems: dict[str, Rows]) -> Iterable[str]:
    whole = {name: rows for name, rows in systems.items() if "extraction" in rows[0]}
    if whole:
        columns = [name for name in next(iter(whole.values()))[0] if _is_level(name)]
        header = ["strict F1", "seeds", *columns, "extraction P", "extraction R", "extraction F1"]
        yield table(header, [_scores(name, rows, columns) for name, rows in whole.items()])
    known = {name: rows for name, rows in systems.items() if "gold_spans" in rows[0]}
    if known:
        columns = list(next(iter(known.values()))[0]["gold_spans"])
        lines = [
            [
                name,
                str(len(rows)),
                *(_spread(r["gold_spans"][one] for r in rows) for one in columns),
            ]
            for name, rows in known.items()
        ]
        yield table(["accuracy on gold spans", "seeds", *columns], lines)
    if "zero-shot" in systems:
        rows = systems["zero-shot"]
        lines = [
            [told, str(len(rows)), *(_told(rows, measured, told) for measured in _ZERO_SHOT)]
            for told in rows[0]["zero_shot"]
        ]
        header = ["types without an example, told by", "seeds", "F1 on gold spans", "strict F1"]
        yield table(header, lines)
    if "open labels" in systems:
        rows = systems["open labels"]
        lines = [
            [way, str(len(rows)), *(_spread(r["by_meaning"][way][of] for r in rows) for of in _OF)]
            for way in rows[0]["by_meaning"]
        ]
        header = ["strict F1 on the texts", "seeds", "types without an example", "the others"]
        yield table(header, lines)
        yield _START
    if goals := list(_verdicts(systems)):
        yield "\n".join(goals)


_OF = ("unseen", "seen")
_START = (
    "The shipped start, which finds them, has read training texts of this set with these types."
)
_ZERO_SHOT = ("zero_shot", "zero_shot_found")
OWN, OTHERS = "name and definition", "definition of another label"


def _told(rows: Rows, measured: str, told: str) -> str:
    """Rows from before the second was measured lack it."""
    return _spread(row[measured][told] for row in rows) if measured in rows[0] else "–"


def _verdicts(systems: dict[str, Rows]) -> Iterable[str]:
    """The goals that the measured systems can speak of."""
    for name in ("cascade", "cascade, one encoder"):
        if name in systems and "flat" in systems:
            ours, flat = _levels(systems[name]), _levels(systems["flat"])
            yield _ahead(f"fine level, {name} ahead of flat", ours[-1], flat[-1])
            yield _ahead(f"coarse level, {name} not behind flat", ours[0], flat[0])
    if "in context" in systems and "alone" in systems:
        reads, alone = (_fine_accuracy(systems[name]) for name in ("in context", "alone"))
        yield _ahead("fine accuracy on gold spans, in context ahead of alone", reads, alone)
    if "zero-shot" in systems:
        rows = [row["zero_shot"] for row in systems["zero-shot"]]
        own, others = (mean(row.get(told, 0.0) for row in rows) for told in (OWN, OTHERS))
        yield _ahead("unseen types, their definitions ahead of others'", own, others)


def _ahead(name: str, ours: float, other: float) -> str:
    return verdict(name, f"{100 * ours:.1f} against {100 * other:.1f}", ours > other)


def _levels(rows: Rows) -> list[float]:
    """Mean F1 of each level, coarse first."""
    levels = [{name: row[name]["f1"] for name in row if _is_level(name)} for row in rows]
    return _means(levels)


def _fine_accuracy(rows: Rows) -> float:
    return _means(row["gold_spans"] for row in rows)[-1]


def _means(rows: Iterable[dict[str, float]]) -> list[float]:
    found = list(rows)
    return [mean(row[name] for row in found) for name in found[0]]


def _scores(name: str, rows: Rows, columns: Sequence[str]) -> list[str]:
    levels = [_spread(row[column]["f1"] for row in rows) for column in columns]
    extraction = [_spread(row["extraction"][rate] for row in rows) for rate in ("p", "r", "f1")]
    return [name, str(len(rows)), *levels, *extraction]


def _is_level(name: str) -> bool:
    return name.startswith("level ")


def _spread(values: Iterable[float]) -> str:
    found = [100 * value for value in values]
    return f"{mean(found):.1f}" + (f" ± {stdev(found):.1f}" if len(found) > 1 else "")
