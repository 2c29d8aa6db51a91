"""Torch modules that several threads predict with: made ready once, and then left alone."""

import torch


def leave_training(module: torch.nn.Module) -> None:
    """Put a module into evaluation mode, where it stays until it is trained.

    Children first: once the module itself says so, all of it must be in that mode, as another
    thread may look and predict at any time.
    """
    if module.training:
        for child in module.children():
            child.eval()
        module.eval()
