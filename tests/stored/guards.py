"""What a program does beside computing: files written, programs and connections, pickles."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = (
    *("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"),
    *("socket.gethostbyname", "socket.sendmsg", "urllib.Request", "webbrowser.open"),
    *("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "subprocess.Popen"),
    *("pickle.find_class", "builtins.input", "ctypes.dlopen"),
)
CHANGING = (
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod"),
    *("os.truncate", "os.utime", "os.chown"),
)
PLACES = [Path(path).resolve() for path in (sys.prefix, sys.base_prefix, *sys.path) if path]
_watch: "_Watch | None" = None


# Where among an event's arguments the open folder stands that a relative path begins at.
FOLDERS = {"os.remove": 1, "os.rmdir": 1, "os.mkdir": 2, "os.rename": 2}


def _folder(event: str, args: tuple) -> int | None:
    at = args[FOLDERS[event]] if event in FOLDERS else -1
    return at if isinstance(at, int) and at >= 0 else None


class _Watch:
    def __init__(self, room: Path):
        self.room = room.resolve()
        self.seen: list[str] = []
        self.known = set(sys.modules)

    def hear(self, event: str, args: tuple) -> None:
        harm = event in FORBIDDEN
        if event == "open":
            harm = isinstance(args[2], int) and bool(args[2] & WRITING) and self._outside(args[0])
        elif event in CHANGING:
            paths = args[:2] if event == "os.rename" else args[:1]
            harm = any(self._outside(path, _folder(event, args)) for path in paths)
        if harm:
            self.seen.append(f"{event} {args[:2]!r}")
            raise PermissionError(f"forbidden here: {event} {args[:2]!r}")

    def _outside(self, path: object, folder: int | None = None) -> bool:
        """folder: open, which a relative path begins at."""
        if not isinstance(path, str | bytes | os.PathLike):
            return False  # an open file
        full = Path(os.path.abspath(os.fsdecode(path)))
        if folder is not None and not os.path.isabs(path) and os.path.isdir("/proc/self/fd"):
            full = Path(os.readlink(f"/proc/self/fd/{folder}"), os.fsdecode(path))
        return self.room not in (full, *full.parents) and "__pycache__" not in full.parts

    def strangers(self) -> list[str]:
        """Modules imported meanwhile that belong to nothing installed."""
        new = [sys.modules[name] for name in set(sys.modules) - self.known]
        files = [Path(file).resolve() for one in new if (file := getattr(one, "__file__", None))]
        return [str(file) for file in files if not any(p in file.parents for p in PLACES)]


def _hook(event: str, args: tuple) -> None:
    if _watch is not None:
        _watch.hear(event, args)


_hooked: list[bool] = []


@contextmanager
def guarded(room: Path) -> Iterator[_Watch]:
    """Inside, only `room` may be written to, and temporary files lie there."""
    global _watch
    if not _hooked:  # a hook stays for ever
        sys.addaudithook(_hook)
        _hooked.append(True)
    before = tempfile.tempdir
    tempfile.tempdir = str(room)
    _watch = _Watch(room)
    try:
        yield _watch
    finally:
        _watch, tempfile.tempdir = None, before
