"""Encoders of every family as ONNX graphs: the same vectors, whatever the texts."""

import numpy as np
import pytest
import spacy
import torch
from runtime_pipelines import texts
from thinc.api import reduce_mean
from tiny_bases import FAMILIES, write_tiny_base

from spacy_fewner.encoders.inputs.batching import make_batch
from spacy_fewner.encoders.inputs.windows import StridedWindows
from spacy_fewner.encoders.lora import adapters
from spacy_fewner.encoders.lora.lora_shim import LoraHFShim
from spacy_fewner.encoders.transformer import lora_tok2vec
from spacy_fewner.errors import FewnerError
from spacy_fewner.runtime.encoder import EncoderShim
from spacy_fewner.runtime.export.encoder import exported_encoder


def adapted(folder, family):
    """A tok2vec whose adapter changes something, and its shim."""
    torch.manual_seed(0)
    model = lora_tok2vec(str(write_tiny_base(folder, family)), reduce_mean(), rank=4).initialize()
    shims = [shim for node in model.walk() for shim in node.shims]
    shim = next(shim for shim in shims if isinstance(shim, LoraHFShim))
    for layer in adapters.lora_layers(shim._model):
        for update in layer.lora_B.values():
            torch.nn.init.normal_(update.weight, std=0.1)
    return model, shim


@pytest.mark.parametrize("family", FAMILIES)
def test_same_vectors(family, tmp_path):
    model, shim = adapted(tmp_path, family)
    made = exported_encoder(shim, with_base=True)
    again = EncoderShim().from_bytes(made.to_bytes())
    nlp = spacy.blank("en")
    docs = [nlp.make_doc(text) for text in ["", "Swell", *texts(12), " ".join(texts(20))]]
    batch = make_batch(docs, again.reader, StridedWindows())
    expected = model.predict(docs)
    flat = again.hidden(batch).reshape(-1, again.width)[batch.align.dataXd]
    ends = np.cumsum(batch.align.lengths)
    means = [part.mean(axis=0) for part in np.split(flat, ends[:-1])]
    np.testing.assert_allclose(np.stack(means), np.concatenate(expected), atol=2e-4)


def test_the_base_comes_along_without_its_adapter(tmp_path):
    _, shim = adapted(tmp_path, "bert")
    made = exported_encoder(shim, with_base=True)
    ids = np.asarray([made.reader.rules.shortest()])
    inputs = {name: np.zeros_like(ids) for name in ("input_ids", "token_type_ids")}
    inputs |= {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    (with_adapter,), (without,) = made.graph.run(inputs), made.base.run(inputs)
    assert np.abs(with_adapter - without).max() > 1e-3
    assert exported_encoder(shim, with_base=False).base is None


def test_new_labels_need_the_base(tmp_path):
    from spacy_fewner.types import LabelSpec

    _, shim = adapted(tmp_path, "bert")
    made = exported_encoder(shim, with_base=False)
    with pytest.raises(FewnerError, match="--open-labels"):
        made.label_vectors([LabelSpec("stop", "a rank of pipes")])
