"""Weights as bytes, in as few as lose nothing; and back, if they are what they should be."""

from collections.abc import Mapping
from typing import Any

import torch
from safetensors.torch import load, save

from ...errors import FewnerError
from ..stored import REMEDY, reading


def pack_tensors(state: dict[str, torch.Tensor]) -> bytes:
    """Safetensors; float32 tensors go in as float16 where that loses nothing (see rounding.py)."""
    return save({name: _smallest(tensor.cpu().contiguous()) for name, tensor in state.items()})


def _smallest(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.dtype != torch.float32:
        return tensor
    half = tensor.half()
    return half if torch.equal(half.float(), tensor) else tensor


def unpack_tensors(data: Any, what: str = "weights") -> dict[str, torch.Tensor]:
    """What `pack_tensors` was given, float16 as float32 again.

    what: errors call it. Raises FewnerError for bytes that are no such thing.
    """
    with reading(what):
        if not isinstance(data, bytes):
            raise TypeError(f"bytes expected, not {type(data).__name__}")
        return {name: _single(tensor) for name, tensor in load(data).items()}


def _single(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.dtype == torch.float16 else tensor


def check_tensors(
    what: str,
    found: Mapping[str, torch.Tensor],
    wanted: Mapping[str, torch.Tensor],
    remedy: str = REMEDY,
) -> None:
    """Raises FewnerError unless the tensors found have the names, shapes and types of those wanted,
    which may be without memory (device "meta"), and finite numbers. It names the first without.
    """
    for name in sorted(wanted.keys() ^ found.keys()):
        lost = name in wanted
        rule = "every tensor must be there" if lost else "every tensor must have its place"
        shown = f"{name} is missing" if lost else f"{name} has none"
        raise FewnerError(what, rule, shown, remedy)
    for name, tensor in sorted(found.items()):
        like = wanted[name]
        if tensor.shape != like.shape or tensor.dtype != like.dtype:
            rule = f"{name} must be {_shown(like)}"
            raise FewnerError(what, rule, _shown(tensor), remedy)
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            rule = f"{name} must hold finite numbers alone"
            raise FewnerError(what, rule, "NaN or infinity", remedy)


def _shown(tensor: torch.Tensor) -> str:
    kind = str(tensor.dtype).removeprefix("torch.")
    return f"{kind} of shape ({', '.join(map(str, tensor.shape))})"
