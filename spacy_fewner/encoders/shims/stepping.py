"""One step of a Thinc optimizer on torch parameters, with groups and without a memory leak."""

import contextlib
from collections.abc import Iterator
from typing import cast

import torch
from thinc.api import Optimizer, torch2xp, xp2torch
from thinc.types import FloatsXd


def step_parameters(
    optimizer: Optimizer,
    shim_id: int,
    parameters: list[tuple[str, torch.nn.Parameter]],
    lr_scale: float,
) -> None:
    """Update the named parameters from their gradients, and drop the gradients.

    lr_scale: multiplies the learn rate. Parameters of one dimension (biases, normalisations) get no
    weight decay.
    """
    for name, parameter in parameters:
        if parameter.grad is None:
            continue
        with _group(optimizer, lr_scale, decays=parameter.ndim > 1):
            _step(optimizer, (shim_id, name), parameter)
        parameter.grad = None


def _step(optimizer: Optimizer, key: tuple[int, str], parameter: torch.nn.Parameter) -> None:
    weights = cast(FloatsXd, torch2xp(parameter.data))
    gradient = cast(FloatsXd, torch2xp(cast(torch.Tensor, parameter.grad)))
    updated, _ = optimizer(key, weights, gradient)
    # Copied into place: were the array made the parameter's data, as Thinc's shim does, each step's
    # parameter would hold on to the one before, and memory would grow with every update.
    parameter.data.copy_(xp2torch(updated, device=parameter.device))


@contextlib.contextmanager
def _group(optimizer: Optimizer, lr_scale: float, decays: bool) -> Iterator[None]:
    """Thinc's optimizer knows no parameter groups, and its RAdam ignores `lr_scale`."""
    learn_rate, weight_decay = optimizer.learn_rate, optimizer.L2
    optimizer.learn_rate = learn_rate * lr_scale
    optimizer.L2 = weight_decay if decays else 0.0
    try:
        yield
    finally:
        optimizer.learn_rate, optimizer.L2 = learn_rate, weight_decay


@contextlib.contextmanager
def use_values(
    shim_id: int, parameters: list[tuple[str, torch.nn.Parameter]], values: dict
) -> Iterator[None]:
    """Predict with the given values (an optimizer's averages) of some parameters.

    values: by (shim id, name), as the optimizer has them. The parameters' storage is swapped, not
    copied, so what was there comes back exactly. (Thinc's own shim looks for other keys, and so
    never uses averages.)
    """
    found = [(p, values[shim_id, n]) for n, p in parameters if (shim_id, n) in values]
    backup = [(parameter, parameter.data) for parameter, _ in found]
    for parameter, value in found:
        parameter.data = xp2torch(value, device=parameter.device)
    try:
        yield
    finally:
        for parameter, value in backup:
            parameter.data = value
