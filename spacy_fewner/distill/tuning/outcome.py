"""What came of a run."""

from dataclasses import dataclass
from pathlib import Path

from ...types import Reject
from .losses import Record, dev_losses

_LEAST = 1e-6  # smaller than a difference in F1 that counts can make


def worse(loss: float, f1: float | None) -> float:
    """What checks are compared by, the lower the better: the loss; or F1, and of equal ones, such
    as the zeros of a model that has just begun, the loss."""
    return loss if f1 is None else _LEAST * loss - f1


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
        found = self._best
        return (found["step"], found["dev_loss"]) if found else None

    @property
    def f1(self) -> float | None:
        """Of what the best check's model generated, in [0, 1]; None if that was not asked for."""
        return self._best.get("dev_f1") if self._best else None

    @property
    def _best(self) -> Record | None:
        """The first of those that are equal, as the trainer has it."""
        checks = [one for one in self.records if "dev_loss" in one and one["step"]]
        return min(checks, key=lambda one: worse(one["dev_loss"], one.get("dev_f1")), default=None)


@dataclass(frozen=True)
class TuningReport:
    """folder: with the tuned model. rounds: of training. rejects: rows that were left out. counts:
    of rows, by what became of them. is_main: whether this process is the one that writes."""

    folder: Path
    rounds: list[RoundResult]
    rejects: list[Reject]
    counts: dict[str, int]
    is_main: bool = True
