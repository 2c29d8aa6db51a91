"""Rounded weights: half the bytes, no difference between memory and file."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from thinc.api import Adam
from tiny_bases import write_tiny_base

from spacy_fewner.encoders.shims.rounding import _round
from spacy_fewner.encoders.shims.tensors import pack_tensors, unpack_tensors


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1), st.booleans())
def test_packing_loses_nothing(values, rounded):
    tensor = torch.tensor(values)
    if rounded:
        tensor = tensor.half().float()
    found = unpack_tensors(pack_tensors({"x": tensor, "n": torch.tensor([1, 2])}))
    assert torch.equal(found["x"], tensor) and found["x"].dtype == torch.float32
    assert found["n"].tolist() == [1, 2]


def test_rounded_adapter_is_half_as_large_and_the_same(tmp_path, encoder, train, docs, gap):
    name = write_tiny_base(tmp_path / "base")
    model = encoder(name)
    train(model, docs, steps=3, optimizer=Adam(0.01))
    shim = model.layers[0].layers[0].shim
    exact = len(pack_tensors(shim._trained_state()))
    before = model.predict(docs)
    shim._unfold()
    _round(shim._model)
    assert len(pack_tensors(shim._trained_state())) < 0.7 * exact
    again = encoder(name, initialize=False).from_bytes(model.to_bytes())
    assert gap(model.predict(docs), again.predict(docs)) == 0.0
    assert gap(model.predict(docs), before) < 1e-2
