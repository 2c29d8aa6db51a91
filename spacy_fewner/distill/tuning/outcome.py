"""What came of a run."""

from dataclasses import dataclass
from pathlib import Path

from ...types import Reject
from .losses import Record, dev_losses


@dataclass(frozen=True)
class RoundResult:
    """folder: of the model. seconds: of training, of all processes that had a part in it.

    planned: updates, had it not stopped early. records: see Losses."""

    name: str
    folder: Path
    planned: int
    batch: int
    tokens: int
    seconds: float
    records: list[Record]

    @property
    def updates(self) -> int:
        return max((one["step"] for one in self.records), default=0)

    @property
    def before(self) -> float | None:
        """Dev loss before the first update."""
        return next((loss for step, loss in dev_losses(self.records) if not step), None)

    @property
    def best(self) -> tuple[int, float] | None:
        """(update, loss) of the best check; None without dev rows."""
        checks = [one for one in dev_losses(self.records) if one[0]]
        return min(checks, key=lambda one: one[1], default=None)


@dataclass(frozen=True)
class TuningReport:
    """folder: with the tuned model. rounds: of training. rejects: rows that were left out. counts:
    of rows, by what became of them. is_main: whether this process is the one that writes."""

    folder: Path
    rounds: list[RoundResult]
    rejects: list[Reject]
    counts: dict[str, int]
    is_main: bool = True
