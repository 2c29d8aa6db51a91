"""Every family: equal to transformers itself, trains, stores, comes back."""

import numpy
import pytest
import torch
from tiny_bases import FAMILIES

from spacy_fewner.encoders.base import load_base, resolve_base, weights_hash
from spacy_fewner.encoders.lora.adapters import linear_targets

pytestmark = pytest.mark.parametrize("family", FAMILIES)


def test_fresh_adapter_gives_what_transformers_gives(family, tiny_bases, encoder, nlp):
    base = load_base(resolve_base(tiny_bases(family)), {}, {})
    doc = nlp("Ada wrote notes")
    inputs = base.tokenizer(doc.text, return_offsets_mapping=True, return_tensors="pt")
    offsets = inputs.pop("offset_mapping")[0].numpy()
    with torch.no_grad():
        hidden = base.transformer.eval()(**inputs).last_hidden_state[0].numpy()
    expected = [
        hidden[(offsets[:, 0] < t.idx + len(t)) & (offsets[:, 1] > t.idx)].mean(axis=0) for t in doc
    ]
    (vectors,) = encoder(tiny_bases(family)).predict([doc])
    numpy.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_targets_are_the_linear_modules_of_the_layers(family, tiny_bases):
    transformer = load_base(resolve_base(tiny_bases(family)), {}, {}).transformer
    targets = linear_targets(transformer)
    per_layer = 4 if family == "modernbert" else 6
    assert len(targets) == 2 * per_layer
    assert not any("pool" in name or "embed" in name for name in targets)


def test_training_moves_only_the_adapter(family, tiny_bases, encoder, train, shim, docs):
    model = encoder(tiny_bases(family))
    transformer = shim(model)._model
    before = weights_hash(transformer)
    adapter = {n: p.detach().clone() for n, p in transformer.named_parameters() if "lora_" in n}
    losses = train(model, docs, steps=8)
    model.predict(docs)
    shim(model)._unfold()
    assert losses[-1] < losses[0]
    assert weights_hash(transformer) == before
    moved = dict(transformer.named_parameters())
    assert all(not torch.equal(moved[name], old) for name, old in adapter.items())


@pytest.mark.parametrize("save", ["adapter", "merged"])
def test_bytes_round_trip_is_exact(family, save, tiny_bases, encoder, train, docs, gap):
    model = encoder(tiny_bases(family), save=save)
    untrained = model.predict(docs)
    train(model, docs)
    data = model.to_bytes()
    again = encoder(tiny_bases(family), initialize=False, save=save).from_bytes(data)
    assert gap(model.predict(docs), again.predict(docs)) == 0.0
    assert gap(model.predict(docs), untrained) > 0.01
    assert again.to_bytes() == data
