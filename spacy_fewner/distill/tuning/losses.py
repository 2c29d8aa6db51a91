"""`loss.jsonl`: the loss of every update, and that of the dev rows at every check."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...data.files import atomic_write

FILE = "loss.jsonl"
Record = dict[str, Any]


@dataclass
class Losses:
    """Written as they come; a run that goes on forgets what came after its checkpoint.

    path: None for a process that writes nothing.
    """

    path: Path | None
    records: list[Record] = field(default_factory=list)

    def add(self, **record: Any) -> None:
        self.records.append(record)
        if self.path:
            with self.path.open("a", encoding="utf8") as stream:
                stream.write(json.dumps(record) + "\n")

    def forget_after(self, step: int) -> None:
        """Keep what an earlier process had written up to this update."""
        if not self.path:
            return
        known = read_losses(self.path) if self.path.is_file() else []
        self.records = [one for one in known if one["step"] <= step]
        lines = [json.dumps(one) + "\n" for one in self.records]
        atomic_write(self.path, "".join(lines).encode())


def read_losses(path: Path) -> list[Record]:
    """Whole lines alone: the last may be half of one."""
    found = []
    for line in path.read_text("utf8").splitlines():
        with suppress(ValueError):
            found.append(json.loads(line))
    return found


def train_losses(records: Sequence[Record]) -> list[tuple[int, float]]:
    return [(one["step"], one["loss"]) for one in records if "loss" in one]


def dev_losses(records: Sequence[Record]) -> list[tuple[int, float]]:
    """Step 0 is before the first update."""
    return [(one["step"], one["dev_loss"]) for one in records if "dev_loss" in one]
