"""Weights as bytes, in as few of them as lose nothing."""

import torch
from safetensors.torch import load, save


def pack_tensors(state: dict[str, torch.Tensor]) -> bytes:
    """Safetensors; float32 tensors go in as float16 where that loses nothing (see rounding.py)."""
    return save({name: _smallest(tensor.cpu().contiguous()) for name, tensor in state.items()})


def _smallest(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.dtype != torch.float32:
        return tensor
    half = tensor.half()
    return half if torch.equal(half.float(), tensor) else tensor


def unpack_tensors(data: bytes) -> dict[str, torch.Tensor]:
    """What `pack_tensors` was given, float16 as float32 again."""
    return {name: _single(tensor) for name, tensor in load(data).items()}


def _single(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.dtype == torch.float16 else tensor
