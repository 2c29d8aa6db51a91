"""One cell of the head's benchmark: seconds and memory of one form at one length.

Runs in a process of its own (`measured_apart`), since a peak of memory is that of a process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.datasets import ROOT

SIZES: dict[str, dict[str, int]] = {
    "default": {"hidden": 128, "cell": 80, "biaffine_heads": 4, "attention_heads": 4},
    "paper": {"hidden": 200, "cell": 200, "biaffine_heads": 4, "attention_heads": 10},
}
N_IN = 384
N_LABELS = 14
WIDTH = 12
REPEATS = 9  # the fastest counts; fewer where one takes seconds
SECONDS = 6.0  # of repeats


@dataclass(frozen=True)
class Cell:
    """sizes: of SIZES. form: see FORMS. length: tokens of the one document. mode: see MODES."""

    sizes: str
    form: str
    length: int
    mode: str


FORMS = ("banded", "full, fused attention", "full")
MODES = ("inference", "training step")


def measure(cell: Cell) -> dict[str, float]:
    """Fastest CPU seconds, and MB that the passes added to the process at their peak."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    run = _pass_of(cell, torch.randn(cell.length, N_IN, requires_grad=cell.mode != "inference"))
    _pass_of(cell, torch.randn(8, N_IN, requires_grad=cell.mode != "inference"))()
    before = _peak_mb()
    seconds = _fastest(run)
    return {"seconds": seconds, "mb": _peak_mb() - before}


def _pass_of(cell: Cell, tokens: Any) -> Callable[[], None]:
    """A forward pass, or a forward and a backward pass, of the form."""
    import torch

    from benchmarks.naive_grid import full_grid
    from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid

    grid = SpanGrid(GridSizes(N_IN, N_LABELS, WIDTH, **SIZES[cell.sizes]))
    grid.train(cell.mode != "inference")
    lengths = torch.tensor([len(tokens)])

    def logits() -> Any:
        if cell.form == "banded":
            return grid(tokens, lengths)
        return full_grid(grid, tokens, fused=cell.form != "full")

    def infer() -> None:
        with torch.no_grad():
            logits()

    def step() -> None:
        scores = logits()
        scores.backward(scores.detach())

    return infer if cell.mode == "inference" else step


def _fastest(run: Callable[[], None]) -> float:
    times: list[float] = []
    while not times or (len(times) < REPEATS and sum(times) < SECONDS):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux: KiB


def measured_apart(cell: Cell) -> dict[str, float]:
    """`measure` in a new process of one thread."""
    return run_apart("benchmarks.head_cell", json.dumps(asdict(cell)))


def run_apart(module: str, argument: str) -> dict[str, Any]:
    """What `python -m module argument` prints as its last line, JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, argument],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    print(json.dumps(measure(Cell(**json.loads(sys.argv[1])))))
