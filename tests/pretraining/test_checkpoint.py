"""Where a run stands, on disk."""

import json
from pathlib import Path

import pytest
import torch
from small_disk import no_file_over
from torch import nn

from spacy_fewner.errors import FewnerError
from spacy_fewner.pretraining.checkpoint import (
    STATE,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)


def made(seed: int) -> tuple[dict[str, nn.Parameter], torch.optim.Optimizer]:
    torch.manual_seed(seed)
    named = {"a": nn.Parameter(torch.randn(3, 2)), "b": nn.Parameter(torch.randn(4))}
    return named, torch.optim.AdamW(named.values(), lr=0.1)


def update(named: dict[str, nn.Parameter], optimizer: torch.optim.Optimizer, times: int) -> None:
    for number in range(times):
        optimizer.zero_grad(set_to_none=True)
        loss = (named["a"] ** 2).sum() + (0.0 if number % 2 else (named["b"] ** 2).sum())
        loss.backward()
        optimizer.step()


def test_updates_go_on_as_if_nothing_had_been(tmp_path: Path):
    """Also of a parameter that some updates leave out."""
    named, optimizer = made(0)
    update(named, optimizer, 5)
    save_checkpoint(tmp_path, named, optimizer, {"step": 5, "fingerprint": "x", "own": [1]})
    update(named, optimizer, 4)
    other, fresh = made(1)
    state = load_checkpoint(tmp_path, other, fresh, "x")
    assert state is not None and (state["step"], state["own"]) == (5, [1])
    update(other, fresh, 4)
    assert all(torch.equal(named[name], other[name]) for name in named)


def test_the_last_one_replaces_those_before(tmp_path: Path):
    named, optimizer = made(0)
    for step in (1, 2):
        save_checkpoint(tmp_path, named, optimizer, {"step": step, "fingerprint": "x"})
    assert len(list(tmp_path.iterdir())) == 2
    remove_checkpoint(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert load_checkpoint(tmp_path, named, optimizer, "x") is None


def test_killed_while_it_writes(tmp_path: Path):
    """Tensors of a later step are there, half written, and no state names them yet."""
    named, optimizer = made(0)
    update(named, optimizer, 1)
    save_checkpoint(tmp_path, named, optimizer, {"step": 1, "fingerprint": "x"})
    (tmp_path / "2-checkpoint.safetensors").write_bytes(b"half")
    (tmp_path / f".{STATE}.1.tmp").write_text('{"step": 2')
    other, fresh = made(1)
    assert load_checkpoint(tmp_path, other, fresh, "x") == json.loads(
        (tmp_path / STATE).read_text()
    )
    assert torch.equal(named["a"], other["a"])
    remove_checkpoint(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_one_before(tmp_path: Path):
    named, optimizer = made(0)
    update(named, optimizer, 1)
    save_checkpoint(tmp_path, named, optimizer, {"step": 1, "fingerprint": "x"})
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    update(named, optimizer, 1)
    said = pytest.raises(FewnerError, match=r"out: must fit .* the same command goes on")
    for room in (10, 400):
        with no_file_over(room), said:
            save_checkpoint(tmp_path, named, optimizer, {"step": 2, "fingerprint": "x" * 9999})
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_of_another_run(tmp_path: Path):
    named, optimizer = made(0)
    save_checkpoint(tmp_path, named, optimizer, {"step": 1, "fingerprint": "x"})
    with pytest.raises(FewnerError, match="checkpoint of a run with other settings or data"):
        load_checkpoint(tmp_path, named, optimizer, "y")


@pytest.mark.parametrize("content", [None, b"", b"half"])
def test_damaged_since(content: bytes | None, tmp_path: Path):
    named, optimizer = made(0)
    save_checkpoint(tmp_path, named, optimizer, {"step": 1, "fingerprint": "x"})
    (file,) = tmp_path.glob("*.safetensors")
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(FewnerError, match="must hold a whole checkpoint"):
        load_checkpoint(tmp_path, named, optimizer, "x")
