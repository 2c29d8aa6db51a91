"""The folder of a run: whole or not at all, and an earlier one stays until the new one is there."""

from pathlib import Path

import pytest
from small_disk import no_file_over

from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting import folder as folders
from spacy_fewner.fitting.folder import whole_folder


def earlier(out: Path) -> Path:
    out.mkdir(parents=True)
    (out / "meta.json").write_text("old")
    return out


def test_a_full_disk_leaves_the_earlier_folder(tmp_path: Path):
    out = earlier(tmp_path / "out")
    said = pytest.raises(FewnerError, match=r"out: must fit on its disk.*out: no")
    with no_file_over(100), said, whole_folder(out) as folder:
        (folder / "meta.json").write_text("x" * 1000)
    assert (out / "meta.json").read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_folder_that_cannot_take_its_place_brings_the_earlier_back(tmp_path: Path, monkeypatch):
    """Where a mount or another program holds the place; no call without rights brings that about,
    so that the second move is made to fail."""
    out, moves = earlier(tmp_path / "out"), []
    real = folders.os.replace

    def replace(source: Path, target: Path) -> None:
        moves.append(target)
        if len(moves) == 2:
            raise OSError(16, "Device or resource busy")
        real(source, target)

    monkeypatch.setattr(folders.os, "replace", replace)
    with pytest.raises(FewnerError, match="must be replaceable"), whole_folder(out):
        pass
    assert (out / "meta.json").read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_new_folder_replaces_and_leaves_nothing_else(tmp_path: Path):
    out = earlier(tmp_path / "out")
    with whole_folder(out) as folder:
        (folder / "new").write_text("new")
    assert [path.name for path in out.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [out]


def test_a_link_leads_to_the_new_folder(tmp_path: Path):
    (tmp_path / "link").symlink_to(earlier(tmp_path / "disk" / "out"))
    with whole_folder(tmp_path / "link") as folder:
        (folder / "new").write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert [path.name for path in (tmp_path / "disk" / "out").iterdir()] == ["new"]


def test_folders_above_go_as_well(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "a" / "b" / "out"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_errors_name_the_folder_that_was_asked_for(tmp_path: Path):
    with pytest.raises(FewnerError) as caught, whole_folder(tmp_path / "out") as folder:
        raise FewnerError("path", "must fit", f"{folder / 'x.whl'}: no space", "Free some.")
    wheel = tmp_path / "out" / "x.whl"
    assert str(caught.value) == f"out: must fit; got {wheel}: no space. Free some."
