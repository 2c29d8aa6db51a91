"""The torch span grid as a Thinc layer: its own shim, conversion and serialization."""

from collections.abc import Sequence
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
from .grid import SpanGrid
from .sizes import GridSizes, read_sizes
from .writer import Weights

HEAD = "span head"  # as errors call it


class GridShim(SteppedShim):
    """Rebuilds the module from the sizes saved with its weights."""

    def __init__(self, grid: SpanGrid, lr_scale: float):
        super().__init__(grid, lr_scale, grid_to_bytes, grid_from_bytes)

    @property
    def grid(self) -> SpanGrid:
        return self._model

    @property
    def sizes(self) -> GridSizes:
        return self.grid.sizes

    def above(self, inputs: Any, floors: np.ndarray) -> tuple[np.ndarray, ...]:
        """As `SpanHead` has it; several threads may do it at once."""
        tokens, lengths = _to_torch(self, inputs, requires_grad=False)
        leave_training(self._model)
        with torch.no_grad():
            found = self.grid.above(tokens, lengths, torch.as_tensor(floors, device=self.device))
        return tuple(part.cpu().numpy() for part in found)

    def grow(self, n_labels: int) -> None:
        self.replace(self.grid.with_labels(n_labels))

    def set_last_vectors(self, vectors: np.ndarray) -> None:
        if self.grid.likeness is not None:
            self.grid.likeness.set_labels(vectors)

    def write(self, vectors: np.ndarray) -> Weights:
        return self.grid.written(torch.as_tensor(vectors, device=self.device))

    def rewrite(self, columns: Sequence[int | None], new: Weights) -> None:
        self.replace(self.grid.with_columns(columns, new))


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


def _convert_inputs(
    model: Model, inputs: tuple[Floats2d, Ints1d], is_train: bool
) -> tuple[ArgsKwargs, Any]:
    arguments = _to_torch(shim_of(model), inputs, requires_grad=is_train)
    return ArgsKwargs(args=arguments, kwargs={}), first_gradient


def _to_torch(
    shim: GridShim, inputs: tuple[Floats2d, Ints1d], requires_grad: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    tokens, lengths = inputs
    check_vectors(tokens, shim.sizes.n_in)
    given = xp2torch(tokens, requires_grad=requires_grad, device=shim.device)
    return given, torch.as_tensor(np.asarray(lengths), dtype=torch.long, device=shim.device)


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
