"""The spans above a floor, found by chunks and blocks of labels, against all of them at once."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid
from spacy_fewner.spans.grid.loss import logit_floors, sigmoid
from spacy_fewner.spans.grid.sizes import Context
from spacy_fewner.spans.targets import real_cells

SMALL = {"n_in": 8, "hidden": 8, "cell": 8, "biaffine_heads": 2, "attention_heads": 2}
PARTS = st.fixed_dictionaries(
    {
        "n_labels": st.integers(1, 9),
        "max_width": st.integers(1, 7),
        "attention_heads": st.sampled_from([0, 2]),
        "context": st.sampled_from(get_args(Context)),
        "label_vectors": st.booleans(),
        "token_evidence": st.booleans(),
    }
)


def make_grid(seed: int, **parts) -> SpanGrid:
    torch.manual_seed(seed)
    grid = SpanGrid(GridSizes(**{**SMALL, **parts})).eval()
    if grid.evidence is not None:
        torch.nn.init.normal_(grid.evidence.weight)  # at the start it says nothing
    return grid


def thresholded(grid: SpanGrid, tokens, lengths, floors) -> tuple[torch.Tensor, torch.Tensor]:
    """(N, W, labels) logits of all spans, and which of them reach the floors."""
    logits = grid(tokens, lengths)
    real = torch.as_tensor(real_cells(lengths.tolist(), logits.shape[1]))
    return logits, (logits >= floors) & real[..., None]


@settings(deadline=None)  # the first call of torch takes its time
@given(
    PARTS,
    st.lists(st.integers(0, 12), min_size=1, max_size=4),
    st.integers(1, 60),
    st.integers(1, 10),
    st.integers(0, 99),
)
def test_it_finds_what_thresholding_all_logits_finds(parts, lengths, cells, labels, seed):
    grid = make_grid(seed, **parts)
    tokens, lengths = torch.randn(sum(lengths), 8), torch.tensor(lengths)
    floors = torch.randn(parts["n_labels"])
    with torch.no_grad():
        logits, above = thresholded(grid, tokens, lengths, floors)
        # A logit that rounding could lift over its floor would say nothing.
        assume(not logits.numel() or (logits - floors).abs().min() > 1e-4)
        grid.cells_per_chunk, grid.labels_per_block = cells, labels
        found = grid.above(tokens, lengths, floors)
    at = torch.stack(found[:3], dim=1)
    assert sorted(at.tolist()) == above.nonzero().tolist()
    torch.testing.assert_close(found.logits, logits[found[:3]], atol=1e-5, rtol=1e-5)


def test_a_floor_is_reached_by_what_equals_it_and_infinity_by_nothing():
    grid = make_grid(0, n_labels=3, max_width=4, token_evidence=True)
    with torch.no_grad():
        tokens, lengths = torch.randn(6, 8), torch.tensor([6])
        everything = grid.above(tokens, lengths, torch.full((3,), -torch.inf))
        assert len(everything.rows) == 3 * real_cells([6], 4).sum()
        highest = everything.logits[everything.labels == 1].max()
        found = grid.above(
            tokens, lengths, torch.stack([torch.tensor(torch.inf), highest, highest])
        )
    assert found.logits[found.labels == 1].tolist() == [highest]
    assert 0 not in found.labels


def with_some_labels(grid: SpanGrid, chosen: slice) -> SpanGrid:
    """A grid of its own for some of the labels."""
    weights = {
        name: value[chosen] if value.shape[:1] == (grid.sizes.n_labels,) else value
        for name, value in grid.state_dict().items()
    }
    own = SpanGrid(replace(grid.sizes, n_labels=len(weights["out.bias"])))
    own.load_state_dict(weights)
    return own.eval()


def test_labels_at_once_lose_nothing_against_batches_of_them():
    grid = make_grid(1, n_labels=965, max_width=5, label_vectors=True, token_evidence=True)
    tokens, lengths = torch.randn(40, 8), torch.tensor([13, 1, 26])

    def places(own: SpanGrid, floor: float, first: int = 0) -> set[tuple[int, int, int]]:
        found = own.above(tokens, lengths, torch.full((own.sizes.n_labels,), floor))
        rows, offsets, labels = (part.tolist() for part in found[:3])
        return set(zip(rows, offsets, (first + label for label in labels), strict=True))

    def in_batches(floor: float) -> set[tuple[int, int, int]]:
        batches = [slice(at, at + 20) for at in range(0, 965, 20)]
        parts = [places(with_some_labels(grid, own), floor, own.start) for own in batches]
        return set().union(*parts)

    with torch.no_grad():
        surely, found = places(grid, 3.0 + 1e-4), places(grid, 3.0)
        assert len(found) > 50
        assert surely <= in_batches(3.0) and in_batches(3.0 + 1e-4) <= found


@pytest.mark.parametrize("lengths", [[], [0], [0, 0]])
def test_no_tokens(lengths):
    grid = make_grid(0, n_labels=2, max_width=3, label_vectors=True, token_evidence=True)
    lengths = torch.tensor(lengths, dtype=torch.long)
    found = grid.above(torch.zeros(0, 8), lengths, torch.zeros(2))
    assert [len(part) for part in found] == [0, 0, 0, 0]


def largest(grid: SpanGrid, n_tokens: int) -> int:
    """Numbers in the largest tensor that any operation of a prediction makes, weights left out."""
    sizes = []

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            made = func(*args, **(kwargs or {}))
            if isinstance(made, torch.Tensor) and not of_weights(made):
                sizes.append(made.numel())
            return made

    stores = {weights.untyped_storage().data_ptr() for weights in grid.parameters()}

    def of_weights(tensor: torch.Tensor) -> bool:
        return tensor.untyped_storage().data_ptr() in stores

    tokens, lengths = torch.randn(n_tokens, 8), torch.tensor([n_tokens])
    with torch.no_grad(), Watch():
        grid.above(tokens, lengths, torch.full((grid.sizes.n_labels,), 99.0))
    return max(sizes)


def test_no_array_grows_with_the_number_of_labels():
    parts = {"max_width": 4, "label_vectors": True, "token_evidence": True}
    few, many = (make_grid(0, n_labels=n, **parts) for n in (64, 1000))
    assert largest(few, 3000) == largest(many, 3000)


@given(st.floats(0, 1, width=32), st.lists(st.floats(-40, 40, width=32)))
def test_no_logit_below_the_floor_of_a_threshold_has_a_probability_above_it(threshold, logits):
    (floor,) = logit_floors(np.asarray([threshold], dtype="float32"))
    near = [floor, *(np.nextafter(floor, np.float32(to)) for to in (-99, 99))]
    values = np.asarray([*logits, *(near if np.isfinite(floor) else [])], dtype="float32")
    reached = sigmoid(values) >= np.float32(threshold)
    assert (values[reached] >= floor).all()


def test_floors_are_no_lower_than_rounding_asks():
    floors = logit_floors(np.asarray([0.0, 0.05, 0.5, 0.999, 1.0, 1.1, np.inf], dtype="float32"))
    assert floors[0] == -np.inf and list(floors[5:]) == [np.inf] * 2
    np.testing.assert_allclose(floors[1:4], [np.log(0.05 / 0.95), 0, np.log(999)], atol=2e-3)
    assert 13 < floors[4] < 17
