"""Where a run stands, on disk: it goes on from there with the same result."""

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from ..errors import FewnerError

TENSORS, STATE = "checkpoint.safetensors", "checkpoint.json"
MOMENTS = ("exp_avg", "exp_avg_sq")


def save_checkpoint(
    folder: Path,
    named: dict[str, torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
    state: dict[str, Any],
) -> None:
    """named: what is trained. state: anything in JSON. What stood there is replaced whole."""
    tensors = {f"value/{name}": one.detach() for name, one in named.items()}
    for name, parameter in named.items():
        for moment in MOMENTS:
            if moment in optimizer.state.get(parameter, {}):
                tensors[f"{moment}/{name}"] = optimizer.state[parameter][moment]
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
    tensors = load_file(folder / state["tensors"])
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(tensors[f"value/{name}"])
            if f"{MOMENTS[0]}/{name}" in tensors:
                optimizer.state[parameter] = {
                    "step": torch.tensor(float(state["step"])),
                    **{m: tensors[f"{m}/{name}"].to(parameter.device) for m in MOMENTS},
                }
    return state


def remove_checkpoint(folder: Path) -> None:
    for file in (*folder.glob(f"*-{TENSORS}"), folder / STATE, folder / f"{STATE}.partial"):
        file.unlink(missing_ok=True)
