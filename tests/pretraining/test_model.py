"""The open model against the component that its weights end up in, and its loss against theirs."""

from pathlib import Path

import numpy as np
import pytest
import spacy
import torch
from pretraining_helpers import LABELS, TINY, marked, small_scheme
from spacy.language import Language

from spacy_fewner.data import samples_to_docs
from spacy_fewner.pretraining.batches import Asked, make_batch
from spacy_fewner.pretraining.corpus import PretrainCorpus
from spacy_fewner.pretraining.loop import Trainer
from spacy_fewner.pretraining.model import TorchBatch, open_loss
from spacy_fewner.pretraining.run import _start, _trainer
from spacy_fewner.pretraining.schemes import Scheme
from spacy_fewner.pretraining.settings import PretrainSettings
from spacy_fewner.spans.component import SpanLabeller, labeller_of
from spacy_fewner.spans.grid.loss import grid_loss, with_token_targets, with_token_weight
from spacy_fewner.spans.open.start import write_start
from spacy_fewner.spans.open.vectors import label_vectors
from spacy_fewner.types import LabelSpec

SAMPLES = [
    marked("[Ada Lovelace:person] met [Babbage:person] in [London:place] ."),
    marked("nobody"),
    marked("The  engine was never finished [1833:year]"),
    *[marked(f"She met him {n} times") for n in range(9)],
]
SPECS = [LabelSpec("person", "Who acts."), LabelSpec("place"), LabelSpec("year")]


@pytest.fixture(scope="module")
def trainer_and_start(tiny_base: str, tmp_path_factory: pytest.TempPathFactory):
    """A trainer with random weights as halves, and the folder of the start made from it."""
    settings = PretrainSettings(encoder=tiny_base, **TINY)
    folder = tmp_path_factory.mktemp("start")
    trainer, shim = _trainer([Scheme("own", SAMPLES, LABELS)], settings, folder, {})
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in trainer.named.values():
            drawn = parameter + 0.2 * torch.randn_like(parameter)
            parameter.copy_(drawn.half().float())
        for parameter in trainer.model.grid.parameters():
            parameter.copy_(parameter.half().float())
    write_start(_start(trainer, shim, settings, {}), folder)
    trainer.model.eval()
    return trainer, folder


@pytest.fixture(scope="module")
def component(trainer_and_start: tuple[Trainer, Path]) -> SpanLabeller:
    labels = [{"id": one.id, "description": one.description} for one in SPECS]
    nlp = spacy.blank("en")
    config = {"labels": labels, "start": str(trainer_and_start[1]), "max_width": TINY["max_width"]}
    nlp.add_pipe("fewner", config=config)
    own = labeller_of(nlp)
    own.make_ready()
    return own


def batch_of(corpus: PretrainCorpus) -> TorchBatch:
    given = [Asked(text, "own", ["person", "place", "year"]) for text in corpus._texts["own"]]
    return TorchBatch(make_batch(given, TINY["max_width"], corpus._pad), torch.device("cpu"))


@torch.no_grad()
def test_token_vectors_are_the_components(trainer_and_start, component, nlp: Language):
    trainer, _ = trainer_and_start
    docs, _ = samples_to_docs(SAMPLES, nlp)
    theirs = np.concatenate(component.model.get_ref("tok2vec").predict(docs))
    ours = trainer.model.token_vectors(batch_of(trainer.corpus)).numpy()
    assert ours.shape == theirs.shape and np.abs(ours).max() > 0.1
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


@torch.no_grad()
def test_logits_are_the_components(trainer_and_start, component, nlp: Language, tiny_base: str):
    """A head with written weights says what the writer and the head together say."""
    trainer, _ = trainer_and_start
    docs, _ = samples_to_docs(SAMPLES, nlp)
    theirs = component.model.predict(docs)
    labels = torch.as_tensor(label_vectors(SPECS, tiny_base))
    ours = trainer.model(batch_of(trainer.corpus), labels).numpy()
    assert ours.shape == theirs.shape == (sum(map(len, docs)), TINY["max_width"], 3)
    real = batch_of(trainer.corpus).cells.numpy().astype(bool)
    assert real.sum() > 50 and np.ptp(ours[real]) > 0.1
    np.testing.assert_allclose(ours[real], theirs[real], atol=2e-4)


def test_gradients_reach_adapter_head_and_writer(trainer_and_start):
    trainer, _ = trainer_and_start
    given, vectors = trainer.corpus.batch(0)
    trainer.model.train()
    batch = TorchBatch(given, torch.device("cpu"))
    loss = open_loss(trainer.model(batch, torch.as_tensor(vectors)), batch, 1.0)
    loss.backward()
    empty = [n for n, p in trainer.named.items() if p.grad is None or not p.grad.abs().sum()]
    trainer.model.zero_grad()
    trainer.model.eval()
    assert not empty
    parts = {name.split(".")[0] + ("writer" if "writer" in name else "") for name in trainer.named}
    assert parts == {"encoder", "grid", "gridwriter"}


@pytest.mark.parametrize("token_weight", [1.0, 0.5])
@pytest.mark.parametrize("partial", [False, True])
def test_loss_is_that_of_the_span_grid(partial: bool, token_weight: float, reader, tiny_base: str):
    meta = {"only_these": True} if partial else {}
    samples = [
        marked("[Ada:person] saw [Rome:place] twice", **meta),
        marked("[Bo Cy:person]", **meta),
        marked("no one there"),
    ]
    settings = PretrainSettings(encoder=tiny_base, **TINY)
    corpus = PretrainCorpus(
        [Scheme("own", samples, LABELS)], settings, reader, lambda t: np.eye(len(t), 40), {}
    )
    asked = [["person", "place"], ["person"], ["place"]]
    given = [Asked(t, "own", a) for t, a in zip(corpus._texts["own"], asked, strict=True)]
    batch = make_batch(given, TINY["max_width"], corpus._pad)
    width, count = TINY["max_width"], len(batch.labels)
    logits = np.random.default_rng(0).normal(size=(len(batch.tokens), width + 3, count))
    logits = logits.astype("float32")
    real = with_token_weight(batch.cells, token_weight)
    real[:, width:] *= batch.tokens[:, None]
    theirs, their_gradient = grid_loss(
        logits, with_token_targets(batch.gold, width), real, np.ones(count), batch.asked
    )
    tensor = torch.tensor(logits, requires_grad=True)
    ours = open_loss(tensor, TorchBatch(batch, torch.device("cpu")), token_weight)
    ours.backward()
    assert float(ours) == pytest.approx(theirs / len(samples), rel=1e-5)
    np.testing.assert_allclose(tensor.grad.numpy(), their_gradient / len(samples), atol=1e-6)


def test_a_batch_without_labels_costs_nothing(trainer_and_start):
    trainer, _ = trainer_and_start
    text = trainer.corpus._texts["own"][1]
    batch = TorchBatch(make_batch([Asked(text, "own", [])], 4, 0), torch.device("cpu"))
    trainer.model.train()
    loss = open_loss(trainer.model(batch, torch.zeros(0, 32)), batch, 1.0)
    loss.backward()
    trainer.model.zero_grad()
    trainer.model.eval()
    assert float(loss) == 0.0


def test_small_scheme_has_texts_without_spans():
    assert sum(not sample.spans for sample in small_scheme().samples) == 4
