"""A full disk, whichever library finds it, said in one line."""

import errno
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import FewnerError

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
# As tokenizers, safetensors, torch and shutil.copytree say it, without a number to ask for.
_NUMBERS = "|".join(map(str, sorted(_FULL)))
_SAID = re.compile(
    rf"No space left|Disk quota|File too large|(?:os error |Errno )(?:{_NUMBERS})\b"
    r"|PytorchStreamWriter failed writing|inline_container\.cc.*unexpected pos"
)
ROOM = "Free some room on that disk, or choose another place."


def is_full(err: BaseException) -> bool:
    """Whether it says that a disk, a quota or a limit on the size of files was full."""
    if isinstance(err, FewnerError):
        return False
    return getattr(err, "errno", None) in _FULL or bool(_SAID.search(str(err)))


def says_full(text: str) -> bool:
    """The same of what another process printed."""
    return bool(_SAID.search(text))


def full_disk(argument: str, place: object, remedy: str = ROOM) -> FewnerError:
    """place: what could not be written."""
    return FewnerError(argument, "must fit on its disk", f"{place}: no space left", remedy)


@contextmanager
def room_at(place: str | Path, argument: str = "out", remedy: str = ROOM) -> Iterator[None]:
    """Raise FewnerError in place of an error from inside that says that the disk is full.

    place: what is being written, for errors that do not name a file.
    """
    try:
        yield
    except Exception as err:
        if not is_full(err):
            raise
        raise full_disk(argument, place, remedy) from err


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder that goes at the end. FewnerError where its disk is full."""
    place = tempfile.gettempdir()
    remedy = "Free some room there, or set TMPDIR to a folder on another disk."
    with room_at(place, "temporary files", remedy), tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def place_of(err: Any, otherwise: str) -> str:
    """The file that an error names, if it does."""
    named = getattr(err, "filename2", None) or getattr(err, "filename", None)
    return str(named) if named else otherwise
