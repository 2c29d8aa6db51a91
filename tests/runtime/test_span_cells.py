"""The exported span head against the one of torch."""

from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.runtime.export.span_cells import cells_graph
from spacy_fewner.runtime.graph import Graph
from spacy_fewner.runtime.grid import head as heads
from spacy_fewner.runtime.grid.head import Head
from spacy_fewner.spans.grid.grid import SpanGrid
from spacy_fewner.spans.grid.sizes import Context, GridSizes

SMALL = {"n_in": 12, "n_labels": 5, "max_width": 4, "hidden": 8, "cell": 8, "biaffine_heads": 2}


def both(seed=0, **settings):
    torch.manual_seed(seed)
    sizes = GridSizes(**{**SMALL, "attention_heads": 2, **settings})
    grid = SpanGrid(sizes).eval()
    for parameter in grid.parameters():
        parameter.data.add_(0.2 * torch.randn_like(parameter))
    weights = {name: one.numpy() for name, one in grid.state_dict().items()}
    return grid, Head(sizes, Graph(cells_graph(sizes.to_dict(), weights), "head"), weights)


def inputs(lengths, n_in=12, seed=0):
    tokens = np.random.default_rng(seed).standard_normal((sum(lengths), n_in), dtype="float32")
    return tokens, np.asarray(lengths, dtype="int64")


def spans_of(lengths, width):
    """(N, W) which cells are spans of a document."""
    return np.concatenate([np.arange(width) + np.arange(n)[:, None] < n for n in lengths])


@pytest.mark.parametrize("label_vectors", [False, True])
@pytest.mark.parametrize("token_evidence", [False, True])
@pytest.mark.parametrize(
    ("context", "attention_heads"),
    [("attention", 0), ("attention", 2), ("convolution", 2), ("none", 2)],
)
def test_same_logits_as_in_torch(label_vectors, token_evidence, context, attention_heads):
    parts = {"label_vectors": label_vectors, "token_evidence": token_evidence}
    grid, head = both(context=context, attention_heads=attention_heads, **parts)
    tokens, lengths = inputs([5, 1, 9, 2])
    with torch.no_grad():
        expected = grid(torch.as_tensor(tokens), torch.as_tensor(lengths)).numpy()
    real = spans_of(lengths, 4)
    np.testing.assert_allclose(
        head.logits(tokens, lengths)[real], expected[real], rtol=1e-4, atol=1e-5
    )


@settings(max_examples=20)
@given(
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    width=st.integers(1, 9),
    reach=st.integers(0, 4),
    at_once=st.integers(1, 60),
    context=st.sampled_from(get_args(Context)),
)
def test_same_spans_whatever_the_sizes(lengths, width, reach, at_once, context):
    parts = {"label_vectors": True, "token_evidence": True, "context": context}
    grid, head = both(max_width=width, reach=reach, seed=width, **parts)
    tokens, lengths = inputs(lengths, seed=reach)
    floors = np.zeros(5, dtype="float32")
    before = heads.CELLS_AT_ONCE, heads.LABELS_AT_ONCE
    heads.CELLS_AT_ONCE, heads.LABELS_AT_ONCE = at_once, 2
    try:
        ours = head.above(tokens, lengths, floors)
    finally:
        heads.CELLS_AT_ONCE, heads.LABELS_AT_ONCE = before
    with torch.no_grad():
        given = torch.as_tensor(tokens), torch.as_tensor(lengths), torch.as_tensor(floors)
        theirs = grid.above(*given)
    found, expected = as_dict(ours), as_dict(theirs)
    # A logit within rounding of its floor may be on either side.
    for place in found.keys() ^ expected.keys():
        assert abs({**found, **expected}[place]) < 1e-4
    for place in found.keys() & expected.keys():
        assert found[place] == pytest.approx(expected[place], abs=1e-4)


def as_dict(found):
    *places, logits = (np.asarray(part).tolist() for part in found)
    return dict(zip(zip(*places, strict=True), logits, strict=True))


def test_no_documents():
    _, head = both()
    tokens, lengths = inputs([])
    assert len(head.above(tokens, lengths, np.zeros(5, dtype="float32")).logits) == 0
    assert head.logits(tokens, lengths).shape == (0, 4, 5)
