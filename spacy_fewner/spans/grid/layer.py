"""The torch span grid as a Thinc layer: its own shim, conversion and serialization."""

from typing import Any, cast

import numpy as np
import srsly
import torch
from thinc.api import ArgsKwargs, Model, xp2torch
from thinc.layers.pytorchwrapper import forward
from thinc.types import Floats2d, Floats3d, Ints1d

from ...encoders.shims.prediction import leave_training
from ...encoders.shims.tensors import check_tensors, pack_tensors, unpack_tensors
from ...encoders.shims.torch_shim import (
    SteppedShim,
    check_vectors,
    convert_logits,
    first_gradient,
    one_thread_after_fork,
)
from ...encoders.stored import part_of, reading, unpacked
from .found import Found
from .grid import SpanGrid
from .sizes import GridSizes, read_sizes

HEAD = "span head"  # as errors call it


class GridShim(SteppedShim):
    """Rebuilds the module from the sizes saved with its weights."""

    def __init__(self, grid: SpanGrid, lr_scale: float):
        super().__init__(grid, lr_scale, grid_to_bytes, grid_from_bytes)

    @property
    def grid(self) -> SpanGrid:
        return self._model

    def above(self, inputs: ArgsKwargs, floors: np.ndarray) -> Found:
        """`SpanGrid.above` for prediction, which several threads may do at once."""
        leave_training(self._model)
        with torch.no_grad():
            tokens, lengths = inputs.args
            return self.grid.above(tokens, lengths, torch.as_tensor(floors, device=self.device))


def grid_layer(lr_scale: float) -> Model[tuple[Floats2d, Ints1d], Floats3d]:
    """Token vectors of packed documents and the documents' lengths -> logits (N, W, labels).

    The module in it is a placeholder until `set_grid`.
    """
    one_thread_after_fork()
    sizes = GridSizes(1, 1, 1, hidden=1, cell=1, biaffine_heads=1, attention_heads=0)
    placeholder = SpanGrid(sizes)
    return Model(
        "span_grid",
        forward,
        attrs={"convert_inputs": _convert_inputs, "convert_outputs": convert_logits},
        shims=[GridShim(placeholder, lr_scale)],
        dims={"nI": None, "nO": None},
    )


def shim_of(layer: Model) -> GridShim:
    """The shim of a layer that `grid_layer` made."""
    return cast(GridShim, layer.shims[0])


def spans_above(layer: Model, inputs: Any, floors: np.ndarray) -> tuple[np.ndarray, ...]:
    """The spans whose logit reaches their label's floor: rows, offsets, labels, logits (`Found`).

    inputs: as of `grid_layer`. floors: (labels,) float32.
    """
    arguments, _ = _convert_inputs(layer, inputs, is_train=False)
    return tuple(part.cpu().numpy() for part in shim_of(layer).above(arguments, floors))


def _convert_inputs(
    model: Model, inputs: tuple[Floats2d, Ints1d], is_train: bool
) -> tuple[ArgsKwargs, Any]:
    tokens, lengths = inputs
    check_vectors(tokens, shim_of(model).grid.sizes.n_in)
    device = shim_of(model).device
    torch_tokens = xp2torch(tokens, requires_grad=is_train, device=device)
    torch_lengths = torch.as_tensor(np.asarray(lengths), dtype=torch.long, device=device)
    return ArgsKwargs(args=(torch_tokens, torch_lengths), kwargs={}), first_gradient


def grid_to_bytes(grid: SpanGrid) -> bytes:
    """Sizes and weights; reading them runs no code of the file's."""
    return srsly.msgpack_dumps(
        {"sizes": grid.sizes.to_dict(), "weights": pack_tensors(grid.state_dict())}
    )


def grid_from_bytes(grid: SpanGrid, data: bytes, device: torch.device) -> SpanGrid:
    """A new module of the sizes saved; `grid` (what stands there) is not used.

    Raises FewnerError for what is damaged, before the sizes saved take memory.
    """
    with reading(HEAD):
        saved = unpacked(data)
        sizes = read_sizes(HEAD, part_of(saved, "sizes", dict, HEAD))
        weights = unpack_tensors(part_of(saved, "weights", bytes, HEAD), HEAD)
        check_tensors(HEAD, weights, planned(sizes))
        loaded = SpanGrid(sizes)
        loaded.load_state_dict(weights)
    return loaded.to(device)


def planned(sizes: GridSizes) -> dict[str, torch.Tensor]:
    """Names, shapes and types of a grid's tensors, without memory for them."""
    with torch.device("meta"):
        return SpanGrid(sizes).state_dict()
