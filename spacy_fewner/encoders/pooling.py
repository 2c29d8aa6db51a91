"""From word pieces to one vector a token, as a layer that trains."""

from collections.abc import Callable
from typing import Any

from thinc.api import Model, torch2xp
from thinc.types import Floats2d, Ragged

from .inputs.places import with_places
from .inputs.pooling import token_vectors
from .model import PieceVectors


def pool_tokens(
    pooling: Model[Ragged, Floats2d], grad_factor: float
) -> Model[PieceVectors, list[Floats2d]]:
    """(tokens, nO) of each document; (0, nO) of one without tokens.

    grad_factor: multiplies the gradient into the encoder.
    """
    attrs = {"grad_factor": grad_factor}
    return Model("pool_tokens", forward, layers=[pooling], attrs=attrs, dims={"nO": None})


def forward(
    model: Model, read: PieceVectors, is_train: bool
) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    hidden: Any = torch2xp(read.hidden)
    align, pooling = read.batch.align, model.layers[0]
    if not is_train or not len(align.lengths):
        vectors = token_vectors(hidden, read.batch, read.docs, pooling)
        return vectors, lambda d_outputs: model.ops.alloc(hidden.shape)
    ops: Any = model.ops
    indices, flat = ops.asarray1i(align.dataXd), hidden.reshape(-1, hidden.shape[-1])
    pieces = Ragged(flat[indices], ops.asarray1i(align.lengths))
    pooled, backprop_pooling = pooling.begin_update(pieces)
    if read.batch.places is not None:
        pooled = with_places(pooled, read.batch.places, ops.xp)

    def backprop(d_outputs: list[Any]) -> Any:
        d_pieces = backprop_pooling(ops.xp.concatenate(d_outputs)).dataXd
        d_flat = ops.alloc2f(*flat.shape)
        ops.scatter_add(d_flat, indices, d_pieces)
        d_flat *= model.attrs["grad_factor"]
        return d_flat.reshape(hidden.shape)

    lengths = ops.asarray1i([len(doc) for doc in read.docs])
    return ops.unflatten(pooled, lengths), backprop
