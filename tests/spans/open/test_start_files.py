"""A start on disk: whole or none."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from small_disk import no_file_over

from spacy_fewner.data import files
from spacy_fewner.errors import FewnerError
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


def test_killed_between_its_files_it_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Never the weights of one and the settings of another."""
    write_start(made(0.3), tmp_path)
    place = files.os.replace

    def stopping(source: Path, target: Path) -> None:
        if target.name == ABOUT:
            raise KeyboardInterrupt
        place(source, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(files.os, "replace", stopping)
        write_start(made(0.5), tmp_path)
    with pytest.raises(FewnerError, match='start: must be "open" or a folder with'):
        find_start(str(tmp_path))
    write_start(made(0.5), tmp_path)
    assert torch.equal(read_start(str(tmp_path)).tensors["grid.a"], torch.full((2, 2), 0.5))


@pytest.mark.parametrize("room", [10, 400])
def test_a_full_disk_leaves_the_start_before(tmp_path: Path, room: int):
    write_start(made(0.3), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    larger = replace(made(0.5), about={"data": "x" * 9999})
    with no_file_over(room), pytest.raises(FewnerError, match="must fit on its disk"):
        write_start(larger, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert read_start(str(tmp_path)) == made(0.3)
