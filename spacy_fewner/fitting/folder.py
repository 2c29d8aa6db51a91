"""The folder that `fit` writes: free before, and there whole or not at all after."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..data.disk import full_disk, is_full, room_at
from ..errors import FewnerError

PIPELINE = ("meta.json", "model/meta.json")


def free_folder(
    out: str | Path, overwrite: bool, holds: str = "a pipeline", marks: tuple[str, ...] = PIPELINE
) -> Path:
    """The path, if there is nothing in it yet or it may be replaced; else FewnerError.

    Only what an earlier run wrote is ever replaced, and never the folder that we are in.
    holds: what that is, which one of the files `marks` tells.
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise FewnerError("out", "must be a folder", f"the file {out}", "Choose another name.")
    if out.exists() and not overwrite and any(out.iterdir()):
        raise FewnerError(
            "out", "must not exist yet, or be empty", str(out), "Choose another, or overwrite it."
        )
    if out.exists() and any(out.iterdir()) and not _may_go(out, marks):
        raise FewnerError(
            "out",
            f"only a folder with {holds} of an earlier run is overwritten",
            str(out.resolve()),
            "Choose another, or remove it yourself.",
        )
    return out


def _may_go(out: Path, marks: tuple[str, ...]) -> bool:
    here = Path.cwd()
    written = any((out / mark).is_file() for mark in marks)
    return written and out.resolve() not in (here, *here.parents)


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place when all is written, and else goes."""
    out = Path(os.path.realpath(out))  # a link stays one, to the new folder
    made = [one for one in out.parents if not one.exists()]
    folder = _beside(out)
    try:
        with _called(out, folder), room_at(out):
            yield folder
        folder.chmod(0o755)
        _place(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for one in made:
            with suppress(OSError):  # there is something in it
                one.rmdir()


@contextmanager
def _called(out: Path, folder: Path) -> Iterator[None]:
    """Errors from inside name the folder that was asked for."""
    try:
        yield
    except FewnerError as err:
        value = str(err.value)
        if str(folder) not in value:
            raise
        raise FewnerError(
            "out", err.rule, value.replace(str(folder), str(out)), err.remedy
        ) from err


def _place(folder: Path, out: Path) -> None:
    """What was there goes only when the new folder has its place."""
    before = folder.with_name(f"{folder.name}.before")
    try:
        if out.exists():
            os.replace(out, before)
        os.replace(folder, out)
    except OSError as err:
        if before.exists():
            os.replace(before, out)
        remedy = "Choose another place."
        raise FewnerError("out", "must be replaceable", f"{out}: {err}", remedy) from err
    shutil.rmtree(before, ignore_errors=True)


def _beside(out: Path) -> Path:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as err:
        if is_full(err):
            raise full_disk("out", out) from err
        raise FewnerError(
            "out", "its parent folder must be writable", f"{out}: {err}", "Choose another place."
        ) from err
