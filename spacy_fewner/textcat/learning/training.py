"""How `fewner_textcat` learns: the head fitted to an encoder as it is, and single updates."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Model
from thinc.types import Floats2d
from torch import Tensor

from ...cascade.trained.label_reader import LabelReader
from ..head import model as parts
from ..head.layer import HeadShim, as_array, as_torch, shim_of
from ..head.loss import class_loss, contrastive_loss
from ..head.probe import fit_probe
from ..siblings import Classes
from .targets import is_annotated, target_matrix, text_weights

_BATCH = 64  # texts read at once


def fit_head(
    model: Model, reader: LabelReader, annotated: Sequence[Example], classes: Classes
) -> None:
    """Fit the head, which knows what the classes mean, to the examples, by the encoder as it is."""
    if not annotated:
        return
    shim = shim_of(model.get_ref("head"))
    docs = [eg.predicted.copy() for eg in annotated]  # of which what others wrote stays
    vectors = as_torch(_vectors(model, reader, docs), shim)
    targets = as_torch(target_matrix([eg.reference.cats for eg in annotated], *classes), shim)
    weights = as_torch(text_weights(annotated), shim)
    fit_probe(shim.head, vectors, targets, weights, *classes)


def _vectors(model: Model, reader: LabelReader, docs: Sequence[Doc]) -> Floats2d:
    """(texts, width) on the model's device, without gradient."""
    batches = [list(docs[at : at + _BATCH]) for at in range(0, len(docs), _BATCH)]
    read = [parts.text_vectors(model, reader.read(model, batch)) for batch in batches]
    return model.ops.xp.concatenate(read)


def step(model: Model, examples: Sequence[Example], classes: Classes, way: str) -> float:
    """One pass forwards and backwards; the loss a text. Texts without annotation get gradients of
    zero.

    way: "finetune": classes teach head and encoder. "contrastive": the head alone; the encoder
    learns to lay texts of a class together. "probe": the head alone.
    """
    shim = shim_of(model.get_ref("head"))
    cats = [eg.reference.cats if is_annotated(eg) else {} for eg in examples]
    targets = as_torch(target_matrix(cats, *classes), shim)
    known = np.asarray([is_annotated(eg) for eg in examples], dtype="float32")
    share = as_torch(text_weights(examples) * known / len(examples), shim)

    def of_classes(logits: Tensor) -> Tensor:
        return (class_loss(logits, targets, *classes) * share).sum()

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
