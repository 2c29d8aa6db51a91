"""From vectors of word pieces to vectors of tokens, where nothing trains."""

from collections.abc import Sequence
from typing import Any

import numpy
from spacy.tokens import Doc
from thinc.api import Model
from thinc.types import Floats2d, Ragged

from .batching import Batch
from .places import with_places
from .poolings import n_parts

# Thinc's layers that leave a token of one piece as it is: most tokens are such.
_OF_ONE_ITSELF = ("reduce_first", "reduce_last", "reduce_max", "reduce_mean")


def token_vectors(
    hidden: Any,
    batch: Batch,
    docs: Sequence[Doc],
    pooling: Model[Ragged, Floats2d],
) -> list[Any]:
    """(tokens, D) of each document, by the config's own pooling layer.

    hidden: (n_rows, width, D), an array of the rows of the batch.
    """
    ops, align = pooling.ops, batch.align
    if not len(align.lengths):
        return [ops.alloc2f(0, hidden.shape[-1] * n_parts(pooling)) for _ in docs]
    pooled = _pooled(hidden.reshape(-1, hidden.shape[-1]), align, pooling)
    if batch.places is not None:
        pooled = with_places(pooled, batch.places, ops.xp)
    return _parts(pooled, [len(doc) for doc in docs])


def _pooled(flat: Any, align: Ragged, pooling: Model[Ragged, Floats2d]) -> Any:
    if n_parts(pooling) > 1:
        arrays = [_pooled(flat, align, one) for one in pooling.layers]
        return pooling.ops.xp.concatenate(arrays, axis=1)
    if pooling.name in _OF_ONE_ITSELF and not pooling.layers:
        return _pool_long(flat, align, pooling)
    return _pool(flat, align, pooling)


def _pool(flat: Any, align: Ragged, pooling: Model[Ragged, Floats2d]) -> Any:
    ops: Any = pooling.ops
    pieces = flat[ops.asarray1i(align.dataXd)]
    return pooling.predict(Ragged(pieces, ops.asarray1i(align.lengths)))


def _pool_long(flat: Any, align: Ragged, pooling: Model[Ragged, Floats2d]) -> Any:
    """Pools tokens of several pieces; the others are taken."""
    ops: Any = pooling.ops
    lengths, indices = numpy.asarray(align.lengths), numpy.asarray(align.dataXd)
    first = indices[numpy.cumsum(lengths) - lengths]
    pooled = flat[ops.asarray1i(first)]
    is_long = lengths > 1
    if is_long.any():
        long = Ragged(indices[numpy.repeat(is_long, lengths)], lengths[is_long])  # type: ignore
        pooled[ops.asarray1i(numpy.flatnonzero(is_long))] = _pool(flat, long, pooling)
    return pooled


def _parts(array: Any, lengths: Sequence[int]) -> list[Any]:
    ends = numpy.cumsum(lengths).tolist()
    return [array[end - length : end] for end, length in zip(ends, lengths, strict=True)]
