"""The torch span grid as a Thinc layer: its own shim, conversion and serialization."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

import numpy as np
import srsly
import torch
from thinc.api import ArgsKwargs, Model, Optimizer, PyTorchShim, torch2xp, xp2torch
from thinc.layers.pytorchwrapper import forward
from thinc.types import Floats2d, Floats3d, Ints1d

from ..encoders.stepping import step_parameters, use_values
from ..encoders.tensors import pack_tensors, unpack_tensors
from ..errors import FewnerError
from .grid import GridSizes, SpanGrid


class GridShim(PyTorchShim):
    """Rebuilds the module from the sizes saved with its weights, and scales its learn rate."""

    def __init__(self, grid: SpanGrid, lr_scale: float):
        super().__init__(grid, serialize_model=grid_to_bytes, deserialize_model=grid_from_bytes)
        self.lr_scale = lr_scale

    @property
    def grid(self) -> SpanGrid:
        return self._model

    def replace(self, grid: SpanGrid) -> None:
        """Put another module in place, on the device of the present one."""
        self._model = grid.to(self.device)

    def finish_update(self, optimizer: Optimizer) -> None:
        step_parameters(optimizer, self.id, self._named(), self.lr_scale)

    @contextmanager
    def use_params(self, params: dict) -> Iterator[None]:
        with use_values(self.id, self._named(), params):
            yield

    def _named(self) -> list[tuple[str, torch.nn.Parameter]]:
        return list(self.grid.named_parameters())


def grid_layer(lr_scale: float) -> Model[tuple[Floats2d, Ints1d], Floats3d]:
    """Token vectors of packed documents and the documents' lengths -> logits (N, W, labels).

    The module in it is a placeholder until `set_grid`.
    """
    _one_thread_after_fork()
    sizes = GridSizes(1, 1, 1, hidden=1, cell=1, biaffine_heads=1, attention_heads=0)
    placeholder = SpanGrid(sizes)
    return Model(
        "span_grid",
        forward,
        attrs={"convert_inputs": _convert_inputs, "convert_outputs": _convert_outputs},
        shims=[GridShim(placeholder, lr_scale)],
        dims={"nI": None, "nO": None},
    )


def shim_of(layer: Model) -> GridShim:
    """The shim of a layer that `grid_layer` made."""
    return cast(GridShim, layer.shims[0])


@cache
def _one_thread_after_fork() -> None:
    # OpenMP's threads do not survive a fork: without this, nlp.pipe(n_process=2) hangs once the
    # parent has run torch on several threads (spaCy issues 5507, 6662).
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))


def _convert_inputs(
    model: Model, inputs: tuple[Floats2d, Ints1d], is_train: bool
) -> tuple[ArgsKwargs, Any]:
    tokens, lengths = inputs
    device = shim_of(model).device
    torch_tokens = xp2torch(tokens, requires_grad=is_train, device=device)
    torch_lengths = torch.as_tensor(np.asarray(lengths), dtype=torch.long, device=device)

    def tokens_gradient(converted: ArgsKwargs) -> Floats2d:
        return cast(Floats2d, torch2xp(converted.args[0]))

    return ArgsKwargs(args=(torch_tokens, torch_lengths), kwargs={}), tokens_gradient


def _convert_outputs(model: Model, inputs_and_logits: Any, is_train: bool) -> tuple[Floats3d, Any]:
    _, logits = inputs_and_logits

    def to_torch(gradient: Floats3d) -> ArgsKwargs:
        gradient_torch = xp2torch(gradient, device=logits.device)
        return ArgsKwargs(args=((logits,),), kwargs={"grad_tensors": gradient_torch})

    return cast(Floats3d, torch2xp(logits)), to_torch


def grid_to_bytes(grid: SpanGrid) -> bytes:
    """Sizes and weights; reading them runs no code of the file's."""
    return srsly.msgpack_dumps(
        {"sizes": grid.sizes.to_dict(), "weights": pack_tensors(grid.state_dict())}
    )


def grid_from_bytes(grid: SpanGrid, data: bytes, device: torch.device) -> SpanGrid:
    """A new module of the sizes saved; `grid` (what stands there) is not used."""
    saved = srsly.msgpack_loads(data)
    loaded = SpanGrid(GridSizes(**saved["sizes"]))
    loaded.load_state_dict(unpack_tensors(saved["weights"]))
    return loaded.to(device)


MAX_WIDTH = 1024  # tokens; at this width one row of cells of the default size is 0.6 MB


def check_width(max_width: int) -> None:
    if not 1 <= max_width <= MAX_WIDTH:
        raise FewnerError(
            "max_width",
            f"the widest span must have 1 to {MAX_WIDTH} tokens, since memory grows with it",
            max_width,
            "Give a smaller width, or leave it out to take it from the data.",
        )
