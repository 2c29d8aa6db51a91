"""Registered architecture: an exported encoder, documents in and a vector a token out."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from thinc.api import Model
from thinc.types import Floats2d, Ragged

from ..encoders.inputs.batching import make_batch
from ..encoders.inputs.pooling import token_vectors
from ..encoders.inputs.windows import StridedWindows
from ..encoders.stored import StoredModel
from .encoder import EncoderShim
from .shims import refuse_training, shims_of

if TYPE_CHECKING:
    from spacy.tokens import Doc


def onnx_tok2vec(
    pooling: Model[Ragged, Floats2d], get_spans: Callable | None = None
) -> Model[list["Doc"], list[Floats2d]]:
    """`spacy-fewner.OnnxTok2Vec.v1`: what `spacy-fewner export` makes of a `LoraTok2Vec.v1`.

    pooling: from a token's word pieces to its vector, such as `reduce_mean.v1`.
    get_spans: `spacy-fewner.StridedWindows.v1` (default), or another span getter.
    It predicts only, and needs onnxruntime and tokenizers, but no torch.
    """
    return StoredModel(
        "onnx_tok2vec",
        _forward,
        init=refuse_training,
        layers=[pooling],
        shims=[EncoderShim()],
        dims={"nO": None},
        attrs={"get_spans": get_spans or StridedWindows()},
    )


def encoder_of(model: Model) -> EncoderShim | None:
    """The exported encoder inside a model, if it has one of its own."""
    return next((shim for shim in shims_of(model) if isinstance(shim, EncoderShim)), None)


def _forward(model: Model, docs: list["Doc"], is_train: bool) -> tuple[list[Floats2d], Any]:
    if is_train:
        refuse_training()
    shim = cast(EncoderShim, model.shims[0])
    batch = make_batch(docs, shim.reader, model.attrs["get_spans"])
    return token_vectors(shim.hidden(batch), batch, docs, model.layers[0]), refuse_training
