import os

import pytest

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

SAMPLES = [
    Sample(
        "Ada met Bob", (CharSpan(0, 3, "PER"), CharSpan(8, 11, "PER")), ((0, 3), (4, 7), (8, 11))
    ),
    Sample("in London", (CharSpan(3, 9, "LOC"),), ((0, 2), (3, 9))),
]


@pytest.mark.parametrize(
    "name",
    ["s.jsonl", "s.json", "s.conll", "s.bio", "s.iob", "s.tsv", "s.txt", "s.spacy", "S.JSONL"],
)
def test_suffix_decides(tmp_path, name):
    path = tmp_path / "new folder" / name
    write_samples(SAMPLES, path)
    assert read_samples(path) == SAMPLES
    assert read_samples(str(path)) == SAMPLES


def test_format_goes_before_suffix(tmp_path):
    path = tmp_path / "s.data"
    write_samples(SAMPLES, path, "conll")
    assert path.read_text().startswith("Ada\tB-PER\n")
    assert read_samples(path, "conll") == SAMPLES


@pytest.mark.parametrize(
    ("name", "format", "says"),
    [
        ("absent.jsonl", None, "must exist"),
        ("s.xlsx", None, "must end in one of"),
        ("s", None, "must end in one of"),
        ("s.jsonl", "xml", "format: must be one of"),
        (".", None, "not a directory"),
    ],
)
def test_bad_path(tmp_path, name, format, says):
    with pytest.raises(FewnerError, match=says):
        read_samples(tmp_path / name, format)


def test_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "s.jsonl"
    write_samples(SAMPLES, path)

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(FewnerError, match="disk full"):
        write_samples(SAMPLES[:1], path)
    assert read_samples(path) == SAMPLES
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_no_place_to_write(tmp_path):
    (tmp_path / "s.jsonl").mkdir()
    with pytest.raises(FewnerError, match="directory"):
        write_samples(SAMPLES, tmp_path / "s.jsonl")
    (tmp_path / "file").write_text("x")
    with pytest.raises(FewnerError, match="writable"):
        write_samples(SAMPLES, tmp_path / "file" / "s.jsonl")


def test_a_name_that_is_too_long_for_a_file(tmp_path):
    path = tmp_path / f"{'x' * 300}.jsonl"
    with pytest.raises(FewnerError, match="the file must exist"):
        read_samples(path)
    with pytest.raises(FewnerError, match="must be writable"):
        write_samples([Sample("a")], path)
