"""Registered architecture: an exported span head on any tok2vec."""

from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import Model
from thinc.types import Floats2d, Floats3d

from ..encoders.stored import StoredModel
from ..spans.architecture import resize_labels
from .grid.shim import head_layer
from .shims import refuse_training

if TYPE_CHECKING:
    from spacy.tokens import Doc


def onnx_span_grid(tok2vec: Model[list["Doc"], list[Floats2d]]) -> Model[list["Doc"], Floats3d]:
    """`spacy-fewner.OnnxSpanGrid.v1`: what `spacy-fewner export` makes of a `SpanGrid.v1`.

    tok2vec: gives each document (tokens, width) vectors: an exported encoder, or a listener.
    It predicts only, and takes labels as the model did that it was exported from.
    """
    head = head_layer()
    return StoredModel(
        "onnx_span_grid",
        _forward,
        layers=[tok2vec, head],
        refs={"tok2vec": tok2vec, "grid": head},
        dims={"nO": None},
        attrs={"resize_output": resize_labels, "token_loss": 0.0, "is_exported": True},
    )


def _forward(model: Model, docs: list["Doc"], is_train: bool) -> tuple[Floats3d, Any]:
    if is_train:
        refuse_training(model.name)
    vectors = model.ops.flatten(model.get_ref("tok2vec").predict(docs))
    lengths = np.asarray([len(doc) for doc in docs], dtype="int64")
    return model.get_ref("grid").predict((vectors, lengths)), refuse_training
