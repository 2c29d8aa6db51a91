"""Text files in, whole; any file out, whole or not at all."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from os.path import exists, isdir, isfile  # unlike those of Path, false for names too long
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from ..errors import FewnerError
from .disk import full_disk, is_full
from .encodings.likely import commands, how_to_convert, is_utf16

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LINE_END = re.compile(r"\r{0,2}\n|\r")


def check_file(path: Path) -> None:
    """Raise FewnerError unless path is a file with something in it."""
    if not exists(path):
        raise FewnerError(
            "path", "the file must exist", str(path), "Check the name and the working directory."
        )
    if path.is_dir():
        raise FewnerError(
            "path", "must be a file, not a directory", str(path), "Name one file in it."
        )
    if path.stat().st_size == 0:
        raise FewnerError(str(path), "must hold examples", "an empty file", "Add some examples.")


def read_bytes(path: Path) -> bytes:
    """The file's content; FewnerError when it is missing, empty, a directory or locked away."""
    check_file(path)
    try:
        return path.read_bytes()
    except OSError as err:
        raise FewnerError(
            str(path), "must be readable", str(err), "Check the file's permissions."
        ) from err


def read_text(path: Path) -> str:
    """The file's text, a byte order mark removed; FewnerError when it is not UTF-8."""
    data = read_bytes(path)
    if data.startswith(_UTF16_MARKS):
        remedy = f"Save the file as UTF-8. {commands('utf-16', 'UTF-16')}"
        raise FewnerError(str(path), "must be UTF-8", "a UTF-16 byte order mark", remedy)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        # utf-8-sig counts from behind the mark, data from the start of the file
        offset = err.start + len(data) - len(err.object)
        line = data.count(b"\n", 0, offset) + 1
        raise FewnerError(
            f"{path}:{line}",
            "must be UTF-8",
            f"byte 0x{data[offset]:02x} at offset {offset}",
            how_to_convert(data)
            or "Save the file as UTF-8; the encoding is wrong or the file is not text.",
        ) from err
    if is_utf16(data) and (remedy := how_to_convert(data)):
        shown = "a control character in every other place"
        raise FewnerError(str(path), "must be UTF-8", shown, remedy)
    return text


def lines_of(text: str) -> list[str]:
    """Its lines, ended as Unix, Windows or old Macs do.

    Not str.splitlines(): it would cut at U+2028 and others that a token or a JSON string may hold.
    """
    return _LINE_END.split(text)


@contextmanager
def together() -> Iterator[None]:
    """What is written inside takes its place when all of it is on the disk; else nothing does."""
    if _UNPLACED.get() is not None:
        yield
        return
    unplaced = _Unplaced()
    token = _UNPLACED.set(unplaced)
    try:
        yield
        unplaced.place()
    finally:
        _UNPLACED.reset(token)
        unplaced.clear()


def atomic_write(path: Path, content: bytes) -> None:
    """Write through a temporary file beside path, so that path never holds half of it."""
    _whole(path, lambda stream: stream.write(content))


def atomic_copy(source: Path, path: Path) -> None:
    """The same with the content of a file of any size."""
    with source.open("rb") as content:
        _whole(path, lambda stream: copyfileobj(content, stream))


def remove(path: Path) -> None:
    """Remove the file, if it is there; within `together` only when all else is on the disk."""
    with together():
        _unplaced().steps.append(lambda: path.unlink(missing_ok=True))


class _Unplaced:
    """Temporary files that wait for their places, folders made for them, and how they get there."""

    def __init__(self) -> None:
        self.temporary: list[Path] = []
        self.folders: list[Path] = []  # the innermost first
        self.steps: list[Callable[[], object]] = []

    def place(self) -> None:
        for step in self.steps:
            step()

    def clear(self) -> None:
        """Afterwards there is nothing but what has its place."""
        for file in self.temporary:
            with suppress(OSError):  # it has its place, or never was
                file.unlink()
        for folder in self.folders:
            with suppress(OSError):  # there is something in it
                folder.rmdir()


_UNPLACED: ContextVar[_Unplaced | None] = ContextVar("spacy_fewner_unplaced", default=None)


def _unplaced() -> _Unplaced:
    unplaced = _UNPLACED.get()
    assert unplaced
    return unplaced


def _whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    if isdir(path):
        raise FewnerError("path", "must name a file", str(path), "Add a file name to the folder.")
    if exists(path) and not isfile(path):
        # Who may write in its folder would replace the device by a file.
        remedy = "Name a file, not a device or a pipe."
        raise FewnerError("path", "must be a file that can be replaced", str(path), remedy)
    try:
        with together():
            _stage(path, write, _unplaced())
    except OSError as err:
        if is_full(err):
            raise full_disk("path", path) from err
        remedy = "Check the folder and the disk."
        raise FewnerError("path", "must be writable", f"{path}: {err}", remedy) from err


def _stage(path: Path, write: Callable[[BinaryIO], object], unplaced: _Unplaced) -> None:
    unplaced.folders[:0] = [one for one in (path.parent, *path.parent.parents) if not exists(one)]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    unplaced.temporary.append(temporary)
    with temporary.open("wb") as stream:
        write(stream)
        stream.flush()
        os.fsync(stream.fileno())
    unplaced.steps.append(lambda: os.replace(temporary, path))
