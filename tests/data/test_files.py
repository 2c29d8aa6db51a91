"""Files are there whole or not at all, alone and together; what was there before stays."""

import os
from pathlib import Path

import pytest
from small_disk import no_file_over

from spacy_fewner.data.disk import is_full, room_at, scratch_folder
from spacy_fewner.data.files import atomic_copy, atomic_write, remove, together
from spacy_fewner.errors import FewnerError

FULL = "must fit on its disk"


def everything(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_a_file_that_does_not_fit_leaves_the_old_one(tmp_path: Path):
    path, source = tmp_path / "a", tmp_path / "source"
    source.write_bytes(b"x" * 5000)
    atomic_write(path, b"old")
    before = everything(tmp_path)
    with no_file_over(1000):
        with pytest.raises(FewnerError, match=f"{FULL}; got {path}"):
            atomic_write(path, b"x" * 5000)
        with pytest.raises(FewnerError, match=FULL):
            atomic_copy(source, path)
        with pytest.raises(FewnerError, match=FULL):
            atomic_write(tmp_path / "new" / "folder" / "a", b"x" * 5000)
    assert everything(tmp_path) == before
    atomic_copy(source, path)
    assert path.read_bytes() == source.read_bytes()
    assert set(everything(tmp_path)) == {"a", "source"}


def test_files_take_their_places_together_or_not_at_all(tmp_path: Path):
    for name in ("a", "b", "mark"):
        atomic_write(tmp_path / name, b"old")
    before = everything(tmp_path)

    def write(content: bytes) -> None:
        with together():
            remove(tmp_path / "mark")
            atomic_write(tmp_path / "a", b"new")
            atomic_write(tmp_path / "sub" / "c", b"new")
            with together():  # of a function that is called: one with those around it
                atomic_write(tmp_path / "b", content)
            assert (tmp_path / "a").read_bytes() == b"old"

    with no_file_over(1000), pytest.raises(FewnerError, match=FULL):
        write(b"x" * 5000)
    assert everything(tmp_path) == before
    with pytest.raises(KeyboardInterrupt), together():
        atomic_write(tmp_path / "a", b"new")
        raise KeyboardInterrupt
    assert everything(tmp_path) == before
    write(b"new")
    assert everything(tmp_path) == {"a": b"new", "b": b"new", "sub": None, "sub/c": b"new"}


def test_who_says_that_a_disk_is_full():
    assert is_full(OSError(28, os.strerror(28))) and is_full(OSError(27, "File too large"))
    assert is_full(Exception("I/O error: No space left on device (os error 28)"))
    assert not is_full(PermissionError(13, "Permission denied"))
    assert not is_full(ValueError("28"))


def test_other_errors_pass(tmp_path: Path):
    with pytest.raises(PermissionError), room_at(tmp_path):
        raise PermissionError(13, "no")


def test_a_full_folder_for_temporary_files_is_named(tmp_path: Path):
    said = pytest.raises(FewnerError, match=r"temporary files: .* set TMPDIR")
    with said, scratch_folder() as folder, no_file_over(10):
        (folder / "a").write_bytes(b"x" * 100)
    assert not folder.exists()
