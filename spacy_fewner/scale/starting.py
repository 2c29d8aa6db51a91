"""Whether a run may write where it wants to: it is new, goes on, or is refused."""

import json
import shutil
from pathlib import Path
from typing import Any

from ..data.disk import room_at
from ..data.files import atomic_write
from ..errors import FewnerError
from .identity import as_json
from .reading.source import STDIN
from .writing.ledger import RESUME
from .writing.target import Target

RUN = "run.json"  # in the folder of an unfinished run


def begin(target: Target, identity: dict[str, Any], overwrite: bool) -> bool:
    """Make the run's folder, or find it; False if the run was finished by an earlier call.

    FewnerError where the output or the unfinished run is of something else.
    """
    if overwrite:
        _clear(target)
    work = target.work / RUN
    if _is_finished(target, identity):
        shutil.rmtree(target.work, ignore_errors=True)
        return False
    if work.exists():
        _check_same(read_told(work), identity, f"the unfinished run in {target.work}")
    else:
        _refuse_what_is_there(target, identity)
        with room_at(target.out, remedy=RESUME):
            shutil.rmtree(target.work, ignore_errors=True)
            atomic_write(work, as_json(identity))
    return True


def _is_finished(target: Target, identity: dict[str, Any]) -> bool:
    if not target.told.exists() or not target.out.exists():
        return False
    inputs = identity["inputs"]
    if isinstance(inputs, list) and any(one["name"] == STDIN for one in inputs):
        return False  # which may hold something else each time
    told = read_told(target.told)
    return {name: told.get(name) for name in identity} == identity


def _refuse_what_is_there(target: Target, identity: dict[str, Any]) -> None:
    if target.told.exists() and target.out.exists():
        _check_same(read_told(target.told), identity, str(target.out))
    there = target.out.iterdir() if target.out.is_dir() else target.written()
    if any(path != target.work for path in there):
        remedy = "Choose another name, or replace it with --overwrite."
        raise FewnerError("out", "must not exist yet", str(target.out), remedy)


def _check_same(earlier: dict[str, Any], identity: dict[str, Any], where: str) -> None:
    other = [name for name in identity if earlier.get(name) != identity[name]]
    if other:
        rule = "an output is of one pipeline, one input and one set of options"
        value = f"{where}, which is of another run: {', '.join(other)} differ"
        remedy = "Run it as before to go on, choose another OUT, or begin anew with --overwrite."
        raise FewnerError("out", rule, value, remedy)


def _clear(target: Target) -> None:
    """Remove what an earlier run left, and nothing else; what says that it was finished first."""
    for path in reversed(target.written()):
        if path.is_dir():
            raise FewnerError("out", "must name a file", str(path), "Choose another name.")
        path.unlink()
    shutil.rmtree(target.work, ignore_errors=True)


def read_told(path: Path) -> dict[str, Any]:
    """What a run says of itself; nothing if that cannot be read."""
    try:
        told = json.loads(path.read_text("utf8"))
    except (OSError, ValueError):
        told = None
    return told if isinstance(told, dict) else {}
