"""Registered architecture: an exported span head on any tok2vec."""

from typing import TYPE_CHECKING

from thinc.api import Model
from thinc.types import Floats2d, Floats3d

from ..spans.architecture import span_model
from .grid.shim import head_layer
from .shims import refuse_training

if TYPE_CHECKING:
    from spacy.tokens import Doc


def onnx_span_grid(tok2vec: Model[list["Doc"], list[Floats2d]]) -> Model[list["Doc"], Floats3d]:
    """`spacy-fewner.OnnxSpanGrid.v1`: what `spacy-fewner export` makes of a `SpanGrid.v1`.

    tok2vec: gives each document (tokens, width) vectors: an exported encoder, or a listener.
    It predicts only, and takes labels as the model did that it was exported from.
    """
    model = span_model("onnx_span_grid", tok2vec, head_layer(), {})
    model.init = refuse_training
    return model
