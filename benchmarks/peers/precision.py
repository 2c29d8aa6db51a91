"""The number format of a peer's training passes, so that it can be the same as ours."""

from __future__ import annotations

import torch

from benchmarks import device


def training_precision(name: str) -> torch.autocast:
    """Autocast for "bfloat16", and none for "float32"; the weights are float32 in both."""
    return torch.autocast(device.in_use().type, torch.bfloat16, enabled=name == "bfloat16")
