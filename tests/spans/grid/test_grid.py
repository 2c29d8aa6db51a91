"""The banded, packed head against the full grid of the paper."""

from itertools import product
from typing import get_args

import pytest
import torch
from naive import naive_grid

from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid
from spacy_fewner.spans.grid.layers import ENDS_AT_ONCE
from spacy_fewner.spans.grid.layout import band_of, document_bounds
from spacy_fewner.spans.grid.sizes import Context
from spacy_fewner.spans.targets import count_cells, real_cells

SMALL = {"n_in": 8, "n_labels": 3, "hidden": 8, "cell": 8, "biaffine_heads": 2}


def make_grid(
    width: int,
    attention_heads: int,
    label_vectors: bool = False,
    token_evidence: bool = False,
    context: Context = "attention",
) -> SpanGrid:
    torch.manual_seed(0)
    sizes = GridSizes(
        **SMALL,
        max_width=width,
        attention_heads=attention_heads,
        dropout=0.0,
        label_vectors=label_vectors,
        token_evidence=token_evidence,
        context=context,
    )
    grid = SpanGrid(sizes).eval()
    if grid.evidence is not None:
        torch.nn.init.normal_(grid.evidence.weight)  # at the start it says nothing
    return grid


@pytest.mark.parametrize("token_evidence", [False, True])
@pytest.mark.parametrize("label_vectors", [False, True])
@pytest.mark.parametrize(
    ("context", "attention_heads"),
    [("attention", 0), ("attention", 2), ("convolution", 2), ("convolution", 0), ("none", 2)],
)
@pytest.mark.parametrize(
    ("width", "lengths"),
    [
        *product([1, 2, 5, 12], [[1], [7], [1, 9, 2, 5], [12, 1, 1]]),
        (ENDS_AT_ONCE + 4, [ENDS_AT_ONCE + 6, 2]),
    ],
)
def test_band_equals_full_grid(
    width, lengths, context, attention_heads, label_vectors, token_evidence
):
    grid = make_grid(width, attention_heads, label_vectors, token_evidence, context)
    docs = [torch.randn(n, 8, requires_grad=True) for n in lengths]
    banded = grid(torch.cat(docs), torch.tensor(lengths))
    weights = torch.randn_like(banded)
    offset, naive_sum, banded_sum = 0, torch.zeros(()), torch.zeros(())
    for doc, n in zip(docs, lengths, strict=True):
        full = naive_grid(grid, doc)
        for i in range(n):
            for size in range(min(width, n - i)):
                torch.testing.assert_close(
                    banded[offset + i, size], full[i, i + size], atol=1e-4, rtol=0
                )
                weight = weights[offset + i, size]
                naive_sum = naive_sum + (full[i, i + size] * weight).sum()
                banded_sum = banded_sum + (banded[offset + i, size] * weight).sum()
        offset += n
    inputs = [*docs, *grid.parameters()]
    expected = torch.autograd.grad(naive_sum, inputs, allow_unused=True, retain_graph=True)
    found = torch.autograd.grad(banded_sum, inputs, allow_unused=True)
    for ours, theirs in zip(found, expected, strict=True):
        if theirs is not None:
            torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("context", get_args(Context))
@pytest.mark.parametrize("cells_per_chunk", [1, 7 * (6 + 2 * 3)])
def test_chunks_change_nothing(cells_per_chunk, context):
    grid = make_grid(6, 2, label_vectors=True, token_evidence=True, context=context)
    tokens, lengths = torch.randn(40, 8), torch.tensor([13, 1, 26])
    whole = grid(tokens, lengths)
    grid.cells_per_chunk = cells_per_chunk
    cells = torch.as_tensor(real_cells(lengths.tolist(), 6))
    chunked = grid(tokens, lengths)
    torch.testing.assert_close(chunked[cells], whole[cells], atol=1e-5, rtol=0)


def kept_for_gradients(grid: SpanGrid, length: int) -> int:
    """Numbers that training on one document keeps for its backward pass."""
    stores: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        stores[storage.data_ptr()] = storage.nbytes() // tensor.itemsize
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        logits = grid.train()(torch.randn(length, 8), torch.tensor([length]))
    assert logits.requires_grad
    return sum(stores.values())


def test_memory_grows_with_the_width_and_not_its_square():
    narrow, wide = (kept_for_gradients(make_grid(width, 2), 20) for width in (100, 400))
    assert wide < 4.2 * narrow


@pytest.mark.parametrize("context", get_args(Context))
def test_a_document_scores_the_same_alone_and_in_a_batch(context):
    grid = make_grid(width=4, attention_heads=2, token_evidence=True, context=context)
    one, other = torch.randn(5, 8), torch.randn(9, 8)
    alone = grid(one, torch.tensor([5]))
    together = grid(torch.cat([other, one, other]), torch.tensor([9, 5, 9]))[9:14]
    cells = torch.as_tensor(real_cells([5], 4))
    torch.testing.assert_close(together[cells], alone[cells], atol=1e-6, rtol=0)


@pytest.mark.parametrize("context", get_args(Context))
def test_the_width_of_the_band_changes_no_span(context):
    narrow, wide = (make_grid(width, attention_heads=2, context=context) for width in (3, 9))
    wide.load_state_dict(narrow.state_dict())
    tokens, lengths = torch.randn(10, 8), torch.tensor([7, 3])
    cells = torch.as_tensor(real_cells(lengths.tolist(), 3))
    ours, theirs = narrow(tokens, lengths), wide(tokens, lengths)[:, :3]
    torch.testing.assert_close(ours[cells], theirs[cells], atol=1e-5, rtol=0)


def test_each_context_has_weights_of_its_own():
    names = {
        context: {name.split(".")[0] for name in make_grid(4, 2, context=context).state_dict()}
        for context in get_args(Context)
    }
    assert names["attention"] - names["none"] == {"attention", "norm"}
    assert names["convolution"] - names["none"] == {"convolution", "norm"}


@pytest.mark.parametrize("context", get_args(Context))
def test_no_documents(context):
    grid = make_grid(4, 2, label_vectors=True, token_evidence=True, context=context)
    none = torch.zeros(0, 8), torch.zeros(0, dtype=torch.long)
    assert grid(*none).shape == (0, 4, 3)
    assert grid.train()(*none).shape == (0, 4 + 3, 3)


@pytest.mark.parametrize("lengths", [[], [1], [3, 0, 8], [50]])
@pytest.mark.parametrize("width", [1, 4, 9])
def test_real_cells_and_their_count(lengths, width):
    real = real_cells(lengths, width)
    assert real.sum() == count_cells(lengths, width)
    bounds = document_bounds(torch.tensor(lengths, dtype=torch.long))
    if sum(lengths):
        core = band_of(bounds, slice(0, sum(lengths)), width, halo=3).core
        assert (core.numpy() == real).all()
