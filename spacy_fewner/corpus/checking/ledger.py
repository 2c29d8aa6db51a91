"""What each stage and check kept, and why it rejected the rest."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...shown import shown_in_line
from ...types import Reject
from .chain import Check, Outcome

_HEAD = ("step", "in", "kept", "rejected", "reasons")


@dataclass
class Row:
    """One step: kept samples, and rejects by reason."""

    step: str
    kept: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def rejected(self) -> int:
        return self.reasons.total()

    @property
    def seen(self) -> int:
        return self.kept + self.rejected

    def add(self, outcome: Outcome) -> None:
        if isinstance(outcome, Reject):
            self.reasons[outcome.reason] += 1
        else:
            self.kept += 1


class Ledger:
    """Counts what flows; rows: in the order in which steps were added.

    Counts are complete once what flows has been read to its end; until then a step does not count
    what it holds back.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def count(self, step: str, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Pass on what a stage gives; all its rejects are its own."""
        return self._tally(self._new_row(step), outcomes)

    def run(self, outcomes: Iterable[Outcome], checks: Iterable[Check]) -> Iterator[Outcome]:
        """As chain.chain, with a row for each check; rejects that came before it are not its."""
        flow = iter(outcomes)
        for check in checks:
            flow = self._watch(check, flow, self._new_row(check.name))
        return flow

    def _watch(self, check: Check, outcomes: Iterable[Outcome], row: Row) -> Iterator[Outcome]:
        passing: Counter[int] = Counter()  # ids of rejects that are to come out again

        def incoming() -> Iterator[Outcome]:
            for outcome in outcomes:
                if isinstance(outcome, Reject):
                    passing[id(outcome)] += 1
                yield outcome

        for outcome in check(incoming()):
            if isinstance(outcome, Reject) and passing[id(outcome)]:
                passing[id(outcome)] -= 1
            else:
                row.add(outcome)
            yield outcome

    @staticmethod
    def _tally(row: Row, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        for outcome in outcomes:
            row.add(outcome)
            yield outcome

    def _new_row(self, step: str) -> Row:
        self.rows.append(Row(step))
        return self.rows[-1]

    def to_json(self) -> list[dict[str, Any]]:
        """One object a row, to be dumped."""
        return [
            {
                "step": row.step,
                "in": row.seen,
                "kept": row.kept,
                "rejected": row.rejected,
                "reasons": dict(row.reasons.most_common()),
            }
            for row in self.rows
        ]

    def to_text(self) -> str:
        """Columns, aligned; reasons by how often."""
        cells = [list(_HEAD), *map(_cells, self.rows)]
        widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD) - 1)]
        lines = []
        for line in cells:
            numbers = [cell.rjust(width) for cell, width in zip(line[1:4], widths[1:], strict=True)]
            lines.append("  ".join([line[0].ljust(widths[0]), *numbers, line[4]]).rstrip())
        return "\n".join(lines)

    def to_markdown(self) -> str:
        rule = ["---", "---:", "---:", "---:", "---"]
        return "\n".join(_markdown(line) for line in [_HEAD, rule, *map(_cells, self.rows)])


def _cells(row: Row) -> list[str]:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in row.reasons.most_common())
    numbers = [f"{number:,}" for number in (row.seen, row.kept, row.rejected)]
    return [shown_in_line(row.step), *numbers, shown_in_line(reasons)]


def _markdown(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
