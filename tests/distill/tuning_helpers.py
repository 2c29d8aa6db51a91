"""Runs of `distill` that take seconds."""

import json
from pathlib import Path
from typing import Any

from tiny_lm import memorising_rows

from spacy_fewner.distill.tuning.outcome import TuningReport
from spacy_fewner.distill.tuning.run import distill
from spacy_fewner.distill.tuning.settings import Settings

FAST: dict[str, Any] = {
    "learn_rate": 1e-2,
    "epochs": 4,
    "dropout": 0.0,
    "precision": "float32",
    "device": "cpu",
    "patience": 0,
}


def tuned(base: Path, out: Path, changes: dict[str, Any] | None = None, **how: Any) -> TuningReport:
    """On rows that it learns by heart. changes: of FAST. start: folder to go on from."""
    if "start" in how:
        changes = {**(changes or {}), "start": str(how.pop("start"))}
    settings = Settings(**{"base": str(base), **FAST, **(changes or {})})
    given = {"rows": memorising_rows(4), "dev": memorising_rows(), "progress": False, **how}
    return distill(given.pop("rows"), out, settings, **given)


def losses_of(path: Path) -> list[dict[str, Any]]:
    """Without times."""
    records = [json.loads(line) for line in path.read_text().splitlines()]
    return [{name: v for name, v in one.items() if name != "seconds"} for one in records]
