"""From word pieces to one vector a token, for batches that may hold empty documents."""

from collections.abc import Callable
from typing import Any

from thinc.api import Model
from thinc.types import Floats2d, Ragged

from .compat import TransformerData, forward_trfs2arrays


def pool_tokens(
    pooling: Model[Ragged, Floats2d], grad_factor: float
) -> Model[list[TransformerData], list[Floats2d]]:
    """spacy-transformers' trfs2arrays, with (0, nO) arrays for documents without tokens.

    trfs2arrays gives those (0, 0), and fails when a batch holds nothing else.
    """
    attrs = {"grad_factor": grad_factor}
    return Model("pool_tokens", forward, layers=[pooling], attrs=attrs, dims={"nO": None})


def forward(
    model: Model, datas: list[TransformerData], is_train: bool
) -> tuple[list[Any], Callable[[list[Any]], list[TransformerData]]]:
    filled = [i for i, data in enumerate(datas) if len(data.align.lengths)]
    width = model.get_dim("nO") if model.has_dim("nO") else 0
    outputs = [model.ops.alloc2f(0, width) for _ in datas]
    if not filled:
        return outputs, lambda d_outputs: []
    pooled, backprop = forward_trfs2arrays(model, [datas[i] for i in filled], is_train)
    for i, array in zip(filled, pooled, strict=True):
        outputs[i] = array
    return outputs, lambda d_outputs: backprop([d_outputs[i] for i in filled])
