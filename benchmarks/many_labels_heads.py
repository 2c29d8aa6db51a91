"""Heads of thousands of labels: made from those of few, put into a pipeline, measured alone.

python -m benchmarks.many_labels_heads '{"labels": 1000, "form": "above"}'
Measures one head in a process of its own, since a peak of memory is that of a process; prints one
line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.head_cell import N_IN, SIZES, WIDTH, run_apart
from benchmarks.long_document import peak_mb

TOKENS = 5000
NOISE = 1.0  # of the standard deviation of what it is added to
FORMS = ("above", "all")  # only spans above the thresholds; the probabilities of all spans


def grown(grid: Any, n_labels: int) -> Any:
    """The head with these many labels: its own, again and again, with noise after the first time.

    So that about as many spans reach a label's threshold as do one of the trained labels'.
    """
    import torch

    from spacy_fewner.spans.grid.grid import SpanGrid

    torch.manual_seed(0)
    known, times = grid.sizes.n_labels, -(-n_labels // grid.sizes.n_labels)
    weights = {}
    for name, value in grid.state_dict().items():
        if value.shape[:1] == (known,):
            added = torch.randn(n_labels, *value.shape[1:]) * (value.ndim > 1) * NOISE * value.std()
            added[:known] = 0.0
            value = value.repeat(times, *[1] * (value.ndim - 1))[:n_labels] + added
        weights[name] = value
    wider = SpanGrid(replace(grid.sizes, n_labels=n_labels))
    wider.load_state_dict(weights)
    return wider


def chosen(grid: Any, labels: slice) -> Any:
    """The head with some of its labels alone."""
    from spacy_fewner.spans.grid.grid import SpanGrid

    weights = {
        name: value[labels] if value.shape[:1] == (grid.sizes.n_labels,) else value
        for name, value in grid.state_dict().items()
    }
    own = SpanGrid(replace(grid.sizes, n_labels=len(weights["out.bias"])))
    own.load_state_dict(weights)
    return own


def put(component: Any, grid: Any) -> None:
    """Make a pipeline's `fewner` use this head; its labels are numbers."""
    from spacy_fewner.spans.grid.layer import shim_of

    shim_of(component.model.get_ref("grid")).replace(grid.eval())
    component.model.set_dim("nO", grid.sizes.n_labels, force=True)
    component.cfg["labels"] = [f"label {number}" for number in range(grid.sizes.n_labels)]
    for label in component.cfg["labels"]:
        component.vocab.strings.add(label)


def measured_apart(n_labels: int, form: str) -> dict[str, float]:
    """`measure` in a new process of one thread."""
    argument = json.dumps({"labels": n_labels, "form": form})
    return run_apart("benchmarks.many_labels_heads", argument)


def measure(n_labels: int, form: str) -> dict[str, float]:
    """CPU seconds of one document of TOKENS random token vectors, from vectors to spans above 0.5,
    and MB that it added to the process at its peak."""
    import torch

    from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid

    torch.set_num_threads(1)
    torch.manual_seed(0)
    sizes = GridSizes(
        N_IN, n_labels, WIDTH, **SIZES["default"], label_vectors=True, token_evidence=True
    )
    grid = SpanGrid(sizes).eval()
    with torch.no_grad():
        grid.out.bias.fill_(-8.0)
    tokens, floors = torch.randn(TOKENS, N_IN), torch.zeros(n_labels)
    _spans(grid, tokens[:50], floors, form)
    before, started = peak_mb(), time.process_time()
    found = _spans(grid, tokens, floors, form)
    seconds = time.process_time() - started
    own = sum(w.nbytes for w in grid.parameters() if w.shape[:1] == (n_labels,)) / 2**20
    return {"seconds": seconds, "mb": peak_mb() - before, "weights_mb": own, "spans": found}


def _spans(grid: Any, tokens: Any, floors: Any, form: str) -> int:
    import torch

    from spacy_fewner.spans.grid.loss import sigmoid

    lengths = torch.tensor([len(tokens)])
    with torch.no_grad():
        if form == "above":
            return len(grid.above(tokens, lengths, floors).rows)
        scores = sigmoid(grid(tokens, lengths).numpy())
    return len(np.nonzero(scores >= 0.5)[0])


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(measure(asked["labels"], asked["form"])))
