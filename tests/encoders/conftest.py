"""Fixtures for encoders: tiny bases, a tok2vec on one, a few training steps."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy
import pytest
import spacy
import torch
from thinc.api import Adam, reduce_mean
from tiny_bases import TEXTS, write_tiny_base

from spacy_fewner.encoders.transformer import lora_tok2vec


@pytest.fixture(scope="session")
def tiny_bases(tmp_path_factory):
    """family -> folder, each written once."""
    written = {}

    def get(family):
        if family not in written:
            written[family] = write_tiny_base(tmp_path_factory.mktemp(family), family)
        return written[family]

    return get


@pytest.fixture(scope="session")
def tiny_bert(tiny_bases):
    return tiny_bases("bert")


@pytest.fixture(scope="session")
def nlp():
    return spacy.blank("en")


@pytest.fixture(scope="session")
def docs(nlp):
    return list(nlp.pipe(TEXTS))


@pytest.fixture
def encoder():
    """encoder(name, ...) -> an initialized tok2vec with mean pooling; no dropout in it."""

    def build(name, initialize=True, **settings):
        torch.manual_seed(0)
        settings = {"rank": 4, "dropout": 0.0, **settings}
        model = lora_tok2vec(name, reduce_mean(), **settings)
        return model.initialize() if initialize else model

    return build


@pytest.fixture
def train():
    """train(model, docs, steps, optimizer) -> the losses of fitting fixed random vectors."""

    def run(model, docs, steps=5, optimizer=None):
        torch.manual_seed(1)
        optimizer = optimizer or Adam(0.01)
        rng = numpy.random.default_rng(0)
        goals = [rng.normal(size=(len(doc), model.get_dim("nO"))).astype("f") for doc in docs]
        losses = []
        for _ in range(steps):
            vectors, backprop = model(docs, is_train=True)
            errors = [v - g for v, g in zip(vectors, goals, strict=True)]
            losses.append(sum(float((error**2).sum()) for error in errors))
            backprop([2 * error / len(docs) for error in errors])
            model.finish_update(optimizer)
        return losses

    return run


@pytest.fixture
def shim():
    """The shim of a tok2vec."""
    return lambda model: model.layers[0].layers[0].shim


@pytest.fixture
def gap():
    """The largest difference between two lists of arrays of equal shapes."""

    def measure(ours, theirs):
        assert [a.shape for a in ours] == [b.shape for b in theirs]
        return max(float(abs(a - b).max()) for a, b in zip(ours, theirs, strict=True) if a.size)

    return measure
