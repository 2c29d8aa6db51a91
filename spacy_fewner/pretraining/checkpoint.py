"""Where a run stands, on disk: it goes on from there with the same result."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from ..data.files import atomic_write, together
from ..errors import FewnerError

TENSORS, STATE = "checkpoint.safetensors", "checkpoint.json"
KEPT = ("step", "exp_avg", "exp_avg_sq")  # of AdamW, for each parameter


def save_checkpoint(
    folder: Path,
    named: dict[str, torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
    state: dict[str, Any],
) -> None:
    """named: what is trained. state: anything in JSON. What stood there is replaced whole."""
    tensors = {f"value/{name}": one.detach() for name, one in named.items()}
    for name, parameter in named.items():
        for kind, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{kind}/{name}"] = value
    # The file of tensors has the step in its name: a run killed between the two writes finds the
    # one that the state names.
    file = f"{state['step']}-{TENSORS}"
    content = save({name: one.contiguous().cpu() for name, one in tensors.items()})
    try:
        with together():
            atomic_write(folder / file, content)
            atomic_write(folder / STATE, json.dumps({**state, "tensors": file}).encode())
    except FewnerError as err:
        remedy = "Free some room there; the same command goes on from the checkpoint before."
        raise FewnerError("out", err.rule, err.value, remedy) from err
    for other in _files(folder):
        if other.name not in (file, STATE):
            other.unlink()


def load_checkpoint(
    folder: Path,
    named: dict[str, torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
    fingerprint: str,
) -> dict[str, Any] | None:
    """Put parameters and moments in place; the state, or None where there is no checkpoint.

    fingerprint: of settings and data. Raises FewnerError for a checkpoint of other ones.
    """
    if not (folder / STATE).is_file():
        return None
    state = json.loads((folder / STATE).read_text("utf8"))
    if state["fingerprint"] != fingerprint:
        raise FewnerError(
            "out",
            "holds the checkpoint of a run with other settings or data",
            str(folder),
            "Give the same ones to go on, name another folder, or start over with --overwrite.",
        )
    tensors = _tensors(folder / state["tensors"])
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(tensors[f"value/{name}"])
            kept = {kind: tensors[f"{kind}/{name}"] for kind in KEPT if f"{kind}/{name}" in tensors}
            if kept:  # AdamW counts its steps on the CPU
                moments = {kind: kept[kind].to(parameter.device) for kind in KEPT[1:]}
                optimizer.state[parameter] = {"step": kept["step"], **moments}
    return state


def _tensors(file: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(file)
    except (OSError, SafetensorError) as error:
        rule, remedy = "must hold a whole checkpoint", "Start over with --overwrite."
        raise FewnerError("out", rule, f"{file}: {error}", remedy) from error


def remove_checkpoint(folder: Path) -> None:
    for file in _files(folder):
        file.unlink()


def _files(folder: Path) -> list[Path]:
    """Of checkpoints, with what a killed run left of one."""
    patterns = f"*-{TENSORS}", STATE, f".*-{TENSORS}.*.tmp", f".{STATE}.*.tmp"
    return [file for pattern in patterns for file in folder.glob(pattern)]
