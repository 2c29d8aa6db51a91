"""Which numbers an encoder computes in, by what the processor has instructions for."""

import torch

AUTO = "auto"


def has_bfloat16(device: torch.device) -> bool:
    """Whether it computes in bfloat16 by itself, and so faster than in float32."""
    if device.type == "cuda":
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    capable = (torch.cpu._is_avx512_bf16_supported, torch.cpu._is_amx_tile_supported)
    return device.type == "cpu" and any(has() for has in capable)


def is_short(asked: str, device: torch.device) -> bool:
    """asked: "float32", "bfloat16", or "auto": bfloat16 where the device has it."""
    return asked == "bfloat16" or (asked == AUTO and has_bfloat16(device))
