"""The lock under which models are made ready to predict."""

import os
import threading

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
