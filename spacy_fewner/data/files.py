"""Text files in, whole; any file out, whole or not at all."""

import os
import re
from os.path import exists, isdir, isfile  # unlike those of Path, false for names too long
from pathlib import Path

from ..errors import FewnerError

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
        raise FewnerError(
            str(path), "must be UTF-8", "a UTF-16 byte order mark", "Save the file as UTF-8."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        # utf-8-sig counts from behind the mark, data from the start of the file
        offset = err.start + len(data) - len(err.object)
        line = data.count(b"\n", 0, offset) + 1
        raise FewnerError(
            f"{path}:{line}",
            "must be UTF-8",
            f"byte 0x{data[offset]:02x} at offset {offset}",
            "Save the file as UTF-8; the encoding is wrong or the file is not text.",
        ) from err


def lines_of(text: str) -> list[str]:
    """Its lines, ended as Unix, Windows or old Macs do.

    Not str.splitlines(): it would cut at U+2028 and others that a token or a JSON string may hold.
    """
    return _LINE_END.split(text)


def atomic_write(path: Path, content: bytes) -> None:
    """Write through a temporary file beside path, so that path never holds half of it."""
    if isdir(path):
        raise FewnerError("path", "must name a file", str(path), "Add a file name to the folder.")
    if exists(path) and not isfile(path):
        # Who may write in its folder would replace the device by a file.
        remedy = "Name a file, not a device or a pipe."
        raise FewnerError("path", "must be a file that can be replaced", str(path), remedy)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as err:
        raise FewnerError(
            "path", "must be writable", f"{path}: {err}", "Check the folder and the disk."
        ) from err


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
