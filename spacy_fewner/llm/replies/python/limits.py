"""What the worker process may do once it has started: compute, read its input, write its answer.

Nothing that a model wrote is executed, so none of this should ever be needed: it is the second
wall, for a fault in the first or in Python's own parser.
"""

import os
import sys
from typing import Any

from .code import FILE

MEMORY = (
    512 * 1024 * 1024
)  # bytes of address space; no reply of 64 KiB was seen to need 60 MB in all
SECONDS = 5  # of processor time for one reply
BROKEN_OUT = 86  # exit status of a worker that tried what it may not
_FORBIDDEN = (
    *("open", "exec", "import", "os.", "shutil.", "tempfile.", "glob.", "pathlib.", "fcntl."),
    *("socket.", "subprocess.", "pty.", "ctypes.", "mmap.", "signal.", "urllib.", "webbrowser."),
    *("code.__new__", "function.__new__", "marshal.", "pickle.", "sys.setprofile", "sys.settrace"),
    *("winreg.", "msvcrt.", "_winapi.", "builtins.input", "builtins.breakpoint", "cpython.run_"),
)


def close_doors() -> None:
    """From here on: no file, no process, no network, no import, no code run; bounded memory."""
    _set_limits()
    sys.addaudithook(_refuse)


def allow_seconds() -> None:
    """SECONDS more of processor time from now on, where the platform can limit it."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + SECONDS + 1
    _limit(resource.RLIMIT_CPU, until, resource.RLIM_INFINITY)


def _set_limits() -> None:
    try:
        import resource
    except ImportError:  # Windows: the asker's clock and the audit hook are left
        return
    _limit(resource.RLIMIT_AS, MEMORY, MEMORY)
    for kind in ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC"):
        if hasattr(resource, kind):
            _limit(getattr(resource, kind), 0, 0)


def _limit(kind: int, soft: int, hard: int) -> None:
    import resource

    try:
        resource.setrlimit(kind, (soft, hard))
    except (ValueError, OSError):
        return  # a platform that does not have this limit, or has a lower one


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith(_FORBIDDEN):
        return
    if event == "open" and arguments[0] == FILE:
        # For the message of a syntax error Python looks for the line in a file of that name.
        raise PermissionError(event)
    os._exit(BROKEN_OUT)
