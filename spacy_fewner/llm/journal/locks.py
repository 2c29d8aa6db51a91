"""One process at a time: a lock on an open file that the system drops when its holder dies."""

import sys


def try_lock(descriptor: int) -> bool:
    """Take the lock without waiting; False when another holds it. Raises OSError."""
    if sys.platform == "win32":
        return _try_lock_windows(descriptor)
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _try_lock_windows(descriptor: int) -> bool:
    import msvcrt
    import os

    # Locked bytes cannot be read there: so one far behind whatever a journal may hold.
    os.lseek(descriptor, 1 << 62, os.SEEK_SET)
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except PermissionError:
        return False
    return True
