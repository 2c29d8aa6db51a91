"""Where a run stands, on disk: it goes on from there with the same result."""

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

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
    folder.mkdir(parents=True, exist_ok=True)
    # The file of tensors has the step in its name: a run killed between the two writes finds the
    # one that the state names.
    file = f"{state['step']}-{TENSORS}"
    save_file({name: one.contiguous().cpu() for name, one in tensors.items()}, folder / file)
    partial = folder / f"{STATE}.partial"
    partial.write_text(json.dumps({**state, "tensors": file}), encoding="utf8")
    os.replace(partial, folder / STATE)
    for other in folder.glob(f"*-{TENSORS}"):
        if other.name != file:
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
    for file in (*folder.glob(f"*-{TENSORS}"), folder / STATE, folder / f"{STATE}.partial"):
        file.unlink(missing_ok=True)
