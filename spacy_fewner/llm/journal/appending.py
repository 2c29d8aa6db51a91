"""A file that only grows, by whole writes that are on the disk when `sync` returns."""

import os
import stat
import threading
from pathlib import Path

from ...errors import FewnerError
from .locks import try_lock

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
_RESUME = (
    "Free some room on the disk and run again with mode resume: the replies before this are safe "
    "and are not asked for again."
)


class AppendFile:
    """Opened by one process at a time; its threads may write at once.

    called: what errors call it. remedy: of those of a full disk.
    Raises FewnerError when the file cannot be made, is none, or another run has it.
    """

    _fd = -1

    def __init__(self, path: Path, called: str = "journal", remedy: str = _RESUME):
        self._path, self._called, self._remedy = path, called, remedy
        self._fd = _open(path, called)
        self._write_lock, self._sync_lock = threading.Lock(), threading.Lock()
        self._end, self._synced = os.fstat(self._fd).st_size, 0
        self._failed = False

    def cut(self, end: int) -> None:
        """Drop what stands from byte `end` on."""
        if end != self._end:
            os.ftruncate(self._fd, end)
        self._end = end

    def write(self, data: bytes) -> int:
        """Append all of the data or nothing; the offset where it begins.

        Raises FewnerError when the disk is full; the file is then as it was before.
        """
        with self._write_lock:
            start = self._end
            try:
                _write_all(self._fd, data)
            except OSError as err:
                os.ftruncate(self._fd, start)
                raise self._error(err) from err
            self._end = start + len(data)
            return start

    def sync(self, end: int) -> None:
        """Return when all before byte `end` is on the disk; one fsync serves all who wait."""
        with self._sync_lock:
            if self._synced >= end:
                return
            written = self._end
            self._sync()
            self._synced = written

    def _sync(self) -> None:
        try:
            # After one failure the system forgets it and reports success for what it lost.
            if self._failed:
                raise OSError("an earlier write to it was lost")
            os.fsync(self._fd)
        except OSError as err:
            self._failed = True
            raise self._error(err) from err

    @property
    def size(self) -> int:
        """Bytes that the file holds."""
        return self._end

    def close(self, remove: bool = False) -> None:
        """Also gives the lock back. A second call does nothing. remove: the file, too."""
        if self._fd < 0:
            return
        if remove and os.name != "nt":
            self._path.unlink(missing_ok=True)  # under the lock: nobody else has it open
        os.close(self._fd)
        self._fd = -1
        if remove and os.name == "nt":  # which removes no open file
            self._path.unlink(missing_ok=True)

    __del__ = close

    def _error(self, err: OSError) -> FewnerError:
        value = f"{self._path}: {err}"
        return FewnerError(self._called, "must be writable", value, self._remedy)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _open(path: Path, called: str) -> int:
    descriptor = -1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        descriptor = os.open(path, _FLAGS, 0o644)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        free = try_lock(descriptor)
        if new:
            sync_folder(path.parent)
    except OSError as err:
        if descriptor >= 0:
            os.close(descriptor)
        raise FewnerError(
            called, "must be writable", f"{path}: {err}", "Check the path and its permissions."
        ) from err
    if not free:
        os.close(descriptor)
        raise FewnerError(
            called,
            "only one run may write to it at a time",
            str(path),
            f"Wait for the other run to end, or name another {called}.",
        )
    return descriptor


def sync_folder(folder: Path) -> None:
    """Return when the names in it are on the disk: a file's content alone would not be found.

    Windows knows no such thing.
    """
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
