"""A start on disk: whole or none."""

from pathlib import Path

import pytest
import torch

from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.open import start as module
from spacy_fewner.spans.open.start import ABOUT, WEIGHTS, Start, find_start, read_start, write_start


def made(value: float) -> Start:
    base = {"name": "base", "kind": "hub", "revision": "", "hash": "0"}
    lora, about = {"rank": 2, "alpha": 8}, {"counts": {"texts": 3}}
    return Start(base, lora, {"hidden": 4}, 0.4, {"grid.a": torch.full((2, 2), value)}, about)


def test_to_disk_and_back(tmp_path: Path):
    write_start(made(0.3), tmp_path / "start")
    found = read_start(str(tmp_path / "start"))
    assert found == made(0.3)
    assert torch.equal(found.tensors["grid.a"], torch.full((2, 2), 0.3).half().float())
    assert {path.name for path in (tmp_path / "start").iterdir()} == {ABOUT, WEIGHTS}


def test_stopped_between_its_files_it_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Never the weights of one and the settings of another."""
    write_start(made(0.3), tmp_path)
    write = module.atomic_write

    def stopping(path: Path, content: bytes) -> None:
        if path.name == ABOUT:
            raise KeyboardInterrupt
        write(path, content)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(module, "atomic_write", stopping)
        write_start(made(0.5), tmp_path)
    with pytest.raises(FewnerError, match='start: must be "open" or a folder with'):
        find_start(str(tmp_path))
    write_start(made(0.5), tmp_path)
    assert torch.equal(read_start(str(tmp_path)).tensors["grid.a"], torch.full((2, 2), 0.5))
