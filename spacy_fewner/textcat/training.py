"""How `fewner_textcat` learns: the head fitted to an encoder as it is, and single updates."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Model
from thinc.types import Floats2d
from torch import Tensor

from ..cascade.trained.label_reader import LabelReader
from ..types import Schema
from . import architecture
from .layer import HeadShim, as_array, as_torch, shim_of
from .loss import class_loss, contrastive_loss
from .meanings import mean_vectors, texts_of_labels
from .probe import fit_probe
from .targets import is_annotated, target_matrix, text_weights

if TYPE_CHECKING:
    from .component import TextClassifier

_BATCH = 64  # texts read at once


def read_meanings(model: Model, reader: LabelReader, labels: Schema) -> None:
    """Tell the head what its classes mean, as the encoder reads it now."""
    texts = texts_of_labels(labels)
    docs = reader.docs(model, [text for own in texts for text in own])
    rows, at = [], 0
    for own in texts:
        rows.append(docs[at : at + len(own)])
        at += len(own)
    shim_of(model.get_ref("head")).set_meanings(mean_vectors(model, rows))


def begin(component: "TextClassifier", examples: Iterable[Example]) -> None:
    """Fit the head to the examples, by the encoder as it is."""
    annotated = [eg for eg in examples if is_annotated(eg)]
    component._read_meanings()
    if not annotated:
        return
    shim = shim_of(component.model.get_ref("head"))
    docs = [eg.predicted for eg in annotated]
    vectors = as_torch(_vectors(component.model, component._reader, docs), shim)
    cats = [eg.reference.cats for eg in annotated]
    siblings, exclusive = component.siblings, component.exclusive
    targets = as_torch(target_matrix(cats, siblings, exclusive), shim)
    weights = as_torch(text_weights(annotated), shim)
    fit_probe(shim.head, vectors, targets, weights, siblings, exclusive)


def _vectors(model: Model, reader: LabelReader, docs: Sequence[Doc]) -> Floats2d:
    """(texts, width) on the model's device, without gradient."""
    parts = [docs[at : at + _BATCH] for at in range(0, len(docs), _BATCH)]
    read = [architecture.text_vectors(model, reader.read(model, list(part))) for part in parts]
    return model.ops.xp.concatenate(read)


def step(component: "TextClassifier", examples: Sequence[Example], way: str) -> float:
    """One pass forwards and backwards; the loss a text. Texts without annotation get gradients of
    zero.

    way: "finetune": classes teach head and encoder. "contrastive": the head alone; the encoder
    learns to lay texts of a class together. "probe": the head alone.
    """
    model, siblings, exclusive = component.model, component.siblings, component.exclusive
    shim = shim_of(model.get_ref("head"))
    cats = [eg.reference.cats if is_annotated(eg) else {} for eg in examples]
    targets = as_torch(target_matrix(cats, siblings, exclusive), shim)
    known = np.asarray([is_annotated(eg) for eg in examples], dtype="float32")
    share = as_torch(text_weights(examples) * known / len(examples), shim)

    def of_classes(logits: Tensor) -> Tensor:
        return (class_loss(logits, targets, siblings, exclusive) * share).sum()

    def of_neighbours(vectors: Tensor) -> Tensor:
        return (contrastive_loss(vectors, targets) * share).sum()

    vectors, backprop_vectors = model.get_ref("vectors")([eg.predicted for eg in examples], True)
    logits, backprop_head = model.get_ref("head")(vectors, True)
    loss, d_logits = _gradient(of_classes, logits, shim)
    d_vectors = backprop_head(d_logits)
    if way == "contrastive":
        _, d_vectors = _gradient(of_neighbours, vectors, shim)
    elif way == "probe":
        d_vectors = d_vectors * 0
    backprop_vectors(d_vectors)
    return loss


def _gradient(loss: Callable[[Tensor], Tensor], at: Any, shim: HeadShim) -> tuple[float, Any]:
    """The loss of an array, and its gradient."""
    given = as_torch(at, shim).detach().requires_grad_()
    with torch.enable_grad():
        found = loss(given)
        (gradient,) = torch.autograd.grad(found, given)
    return float(found.detach()), as_array(gradient)
