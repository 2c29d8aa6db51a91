"""What our torch modules share as Thinc layers: steps in place, conversions, safe forks."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from thinc.api import (
    ArgsKwargs,
    Model,
    Optimizer,
    PyTorchShim,
    get_torch_default_device,
    torch2xp,
    xp2torch,
)

from ...errors import FewnerError
from ..stored import unpacked
from .prediction import leave_training
from .stepping import step_parameters, use_values


class SteppedShim(PyTorchShim):
    """Scales the module's learn rate, steps without Thinc's leak (stepping.py), and changes nothing
    by predicting, so that threads may do it at once."""

    def __init__(
        self,
        module: torch.nn.Module,
        lr_scale: float,
        serialize: Callable[..., bytes],
        deserialize: Callable[..., Any],
    ):
        super().__init__(module, serialize_model=serialize, deserialize_model=deserialize)
        self.lr_scale = lr_scale

    def replace(self, module: torch.nn.Module) -> None:
        """Put another module in place, on the device of the present one."""
        self._model = module.to(self.device)

    def from_bytes(self, bytes_data: bytes) -> "SteppedShim":
        message = unpacked(bytes_data)
        device = get_torch_default_device()
        self._model = self._deserialize_model(self._model, message["state"], device)
        self._grad_scaler.to_(device)
        return self

    def predict(self, inputs: ArgsKwargs) -> Any:
        # Thinc's own goes back to training mode each time, in which another thread may predict.
        leave_training(self._model)
        with torch.no_grad():
            return self._model(*inputs.args, **inputs.kwargs)

    def finish_update(self, optimizer: Optimizer) -> None:
        step_parameters(optimizer, self.id, self._named(), self.lr_scale)

    @contextmanager
    def use_params(self, params: dict) -> Iterator[None]:
        with use_values(self.id, self._named(), params):
            yield

    def _named(self) -> list[tuple[str, torch.nn.Parameter]]:
        return list(self._model.named_parameters())


def check_vectors(tokens: Any, width: int) -> None:
    """tokens: (N, width). Raises FewnerError for those of another encoder."""
    if tokens.shape[-1] != width:
        rule = f"must give vectors of {width} numbers, as those that its head was trained on"
        remedy = "Load the component with the encoder that it was trained with."
        raise FewnerError("tok2vec", rule, tokens.shape[-1], remedy)


def first_gradient(converted: ArgsKwargs) -> Any:
    """The gradient of a module's first argument, as an array."""
    return torch2xp(converted.args[0])


def convert_logits(model: Model, inputs_and_logits: Any, is_train: bool) -> tuple[Any, Any]:
    """Thinc's `convert_outputs` for modules that give one tensor."""
    _, logits = inputs_and_logits

    def to_torch(gradient: Any) -> ArgsKwargs:
        gradient_torch = xp2torch(gradient, device=logits.device)
        return ArgsKwargs(args=((logits,),), kwargs={"grad_tensors": gradient_torch})

    return torch2xp(logits), to_torch


@cache
def one_thread_after_fork() -> None:
    # OpenMP's threads do not survive a fork: without this, nlp.pipe(n_process=2) hangs once the
    # parent has run torch on several threads (spaCy issues 5507, 6662).
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))
