"""A start on disk: whole or none."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from small_disk import no_file_over

from spacy_fewner.data import files
from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid
from spacy_fewner.spans.open.start import (
    ABOUT,
    GRID,
    OF_LABELS,
    WEIGHTS,
    Start,
    find_start,
    read_start,
    write_start,
)

SIZES = GridSizes(8, 1, 1, 8, 4, 2, 2, writer=4, label_vectors=True, token_evidence=True)
SHAPES = {name: one for name, one in asdict(SIZES).items() if name not in ("n_labels", "max_width")}


def made(value: float) -> Start:
    """Every number of it is the value."""
    base = {"name": "base", "kind": "hub", "revision": "", "hash": "0"}
    lora, about = {"rank": 2, "alpha": 8}, {"counts": {"texts": 3}}
    tensors = {
        GRID + name: torch.full_like(one, value)
        for name, one in SpanGrid(SIZES).state_dict().items()
        if name not in OF_LABELS
    }
    return Start(base, lora, SHAPES, 0.4, tensors, about)


def value_of(start: Start) -> float:
    """To three digits: it is stored in half precision."""
    (value,) = {round(float(x), 3) for one in start.tensors.values() for x in one.flatten()}
    return value


def test_to_disk_and_back(tmp_path: Path):
    write_start(made(0.3), tmp_path / "start")
    found = read_start(str(tmp_path / "start"))
    assert found == made(0.3)
    assert value_of(found) == 0.3
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
    assert value_of(read_start(str(tmp_path))) == 0.5


@pytest.mark.parametrize("room", [10, 400])
def test_a_full_disk_leaves_the_start_before(tmp_path: Path, room: int):
    write_start(made(0.3), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    larger = replace(made(0.5), about={"data": "x" * 9999})
    with no_file_over(room), pytest.raises(FewnerError, match="must fit on its disk"):
        write_start(larger, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert read_start(str(tmp_path)) == made(0.3)
