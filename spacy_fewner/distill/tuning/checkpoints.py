"""Where a run stands, on disk, and whether it is the same run."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from typing import Any

from ...data.files import atomic_write
from ...errors import FewnerError
from ...llm.chat_rows import ChatRow

FOLDER = "checkpoints"
RUN, STATE = "run.json", "trainer_state.json"  # the trainer writes its state last
_OF_RUN = (STATE, "optimizer*", "scheduler*", "rng_state*", "training_args*", "README.md")
_GO_ON = "Give the same again to go on, name another folder, or start over with --overwrite."


def hash_of(rows: Sequence[ChatRow]) -> str:
    digest = sha256()
    for row in rows:
        digest.update(json.dumps(row.record, sort_keys=True).encode("utf8", "surrogatepass"))
    return digest.hexdigest()


def hash_of_text(text: str) -> str:
    return sha256(text.encode("utf8", "surrogatepass")).hexdigest()


def check_same(folder: Path, run: Mapping[str, Any], write: bool) -> None:
    """Raise FewnerError where the folder holds checkpoints of a run that differs, naming what; note
    the run where there are none.

    run: all that decides the result, by name.
    """
    path = folder / RUN
    known: dict[str, Any] = {}
    if any(last_checkpoint(one) for one in folder.glob("round-*")):
        with suppress(OSError, ValueError):
            known = json.loads(path.read_text("utf8"))
    for name, value in run.items():
        if name in known and known[name] != value:
            rule = f"must be as in the run that {folder.parent} holds a checkpoint of"
            rule += "" if name in _HASHED else f", {known[name]}"
            shown = "another" if name in _HASHED else value
            raise FewnerError(_CALLED.get(name, name), rule, shown, _GO_ON)
    if write and not known:
        atomic_write(path, json.dumps(dict(run), indent=1).encode())


_HASHED = {"rows", "gold", "dev", "against", "start_weights", "base_weights"}
_CALLED = {"base_weights": "base", "start_weights": "start"}  # where it was given


def last_checkpoint(folder: Path) -> Path | None:
    """The last that was written whole."""
    whole = [one for one in folder.glob("checkpoint-*") if step_of(one) is not None]
    return max(whole, key=lambda one: step_of(one) or 0, default=None)


def step_of(checkpoint: Path) -> int | None:
    """Updates made before it; None where a killed process left half of one."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return int(json.loads((checkpoint / STATE).read_text("utf8"))["global_step"])
    return None


def stopped_early(checkpoint: Path | None, patience: int) -> bool:
    """Whether a run with this patience ended there, and was killed before it said so."""
    if checkpoint is None or not patience:
        return False
    said = json.loads((checkpoint / STATE).read_text("utf8")).get("stateful_callbacks", {})
    state = said.get("EarlyStoppingCallback") or {}
    counter = state.get("attributes", {}).get("early_stopping_patience_counter", 0)
    return bool(counter >= patience)


def best_step(checkpoint: Path) -> int | None:
    """Updates before the best check up to it."""
    found = json.loads((checkpoint / STATE).read_text("utf8")).get("best_global_step")
    return found if isinstance(found, int) else None


def best_checkpoint(folder: Path, step: int | None) -> Path:
    """step: of the best check; None without any, where the last update is taken."""
    found = folder / f"checkpoint-{step}" if step else last_checkpoint(folder)
    assert found
    return found


def copy_model(checkpoint: Path, folder: Path) -> None:
    """The model and its tokenizer, without what only a run that goes on needs."""
    copytree(checkpoint, folder, ignore=ignore_patterns(*_OF_RUN), dirs_exist_ok=True)


def remove_halves(folder: Path) -> None:
    for one in folder.glob("checkpoint-*"):
        if step_of(one) is None:
            rmtree(one)


def as_record(settings: Any) -> dict[str, Any]:
    """Of settings, those that decide the result, as JSON; of models, their weights do."""
    free = {"micro_tokens", "packing", "gradient_checkpointing", "device"}
    free |= {"base", "revision", "start"}
    return {name: value for name, value in asdict(settings).items() if name not in free}
