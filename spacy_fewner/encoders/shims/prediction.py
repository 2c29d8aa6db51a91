"""Torch modules that several threads predict with: made ready once, and then left alone."""

import os
import threading

import torch

# Held while weights or caches are made ready for predicting, never while predicting. One for all,
# since that is rare and short, and since a lock of its own would keep a shim from being copied.
MAKING_READY = threading.RLock()

if hasattr(os, "register_at_fork"):
    # A process forked meanwhile would find the lock taken, and nobody there to give it back.
    os.register_at_fork(
        before=MAKING_READY.acquire,
        after_in_parent=MAKING_READY.release,
        after_in_child=MAKING_READY.release,
    )


def leave_training(module: torch.nn.Module) -> None:
    """Put a module into evaluation mode, where it stays until it is trained.

    Children first: once the module itself says so, all of it must be in that mode, as another
    thread may look and predict at any time.
    """
    if module.training:
        for child in module.children():
            child.eval()
        module.eval()
