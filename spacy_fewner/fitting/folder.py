"""The folder that `fit` writes: free before, and there whole or not at all after."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import FewnerError


def free_folder(out: str | Path, overwrite: bool) -> Path:
    """The path, if there is nothing in it yet or it may be replaced; else FewnerError.

    Only what an earlier run wrote is ever replaced, and never the folder that we are in.
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise FewnerError("out", "must be a folder", f"the file {out}", "Choose another name.")
    if out.exists() and not overwrite and any(out.iterdir()):
        raise FewnerError(
            "out", "must not exist yet, or be empty", str(out), "Choose another, or overwrite it."
        )
    if out.exists() and any(out.iterdir()) and not _may_go(out):
        raise FewnerError(
            "out",
            "only a folder with a pipeline of an earlier run is overwritten",
            str(out.resolve()),
            "Choose another, or remove it yourself.",
        )
    return out


def _may_go(out: Path) -> bool:
    here = Path.cwd()
    written = any((folder / "meta.json").is_file() for folder in (out, out / "model"))
    return written and out.resolve() not in (here, *here.parents)


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place when all is written, and else goes."""
    folder = _beside(out)
    try:
        yield folder
        folder.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        os.replace(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _beside(out: Path) -> Path:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as err:
        raise FewnerError(
            "out", "its parent folder must be writable", f"{out}: {err}", "Choose another place."
        ) from err
