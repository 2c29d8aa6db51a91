"""The YAML list of data sets."""

from pathlib import Path

import pytest
import srsly
from pretraining_helpers import small_scheme, write_scheme

from spacy_fewner.errors import FewnerError
from spacy_fewner.pretraining.data_list import read_data_list

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_scheme(small_scheme(), tmp_path / "data" / "small")
    return tmp_path


def write(folder: Path, content: object) -> Path:
    path = folder / "list.yaml"
    path.write_text(content if isinstance(content, str) else srsly.yaml_dumps(content), "utf8")
    return path


def test_paths_begin_at_the_root_and_labels_beside_the_list(folder: Path):
    labels = folder / "own.jsonl"
    labels.write_text('{"id": "person", "description": "Ours."}\n')
    given = {
        "train": [
            {"path": "small", "labels": "own.jsonl", "share": 2, "licence": "MIT", "source": "us"},
            {"path": "small/train.jsonl", "labels": "small/schema.jsonl", "name": "other"},
        ],
        "dev": [{"path": "small/train.jsonl"}],
        "held_out": ["small/train.jsonl"],
    }
    found = read_data_list(write(folder, given), folder / "data")
    first, second = found.train
    assert (first.name, first.share, first.licence, first.source) == ("small", 2.0, "MIT", "us")
    assert first.read().label("person").definitions == ("Ours.",)
    assert first.read().name == "small" and len(first.read().samples) == 12
    assert (second.name, second.licence, second.source) == ("other", "not stated", "")
    assert second.read().label("place").names == ("place", "town")
    assert found.dev[0].name == "small"
    assert found.held_out == [folder / "data" / "small" / "train.jsonl"]


def test_without_a_root_paths_begin_beside_the_list(folder: Path):
    found = read_data_list(write(folder, {"train": [{"path": "data/small"}]}))
    assert found.train[0].path == folder / "data" / "small"
    assert found.dev == [] and found.held_out == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("train: [", "must be YAML"),
        ("", "must have a list called train"),
        ("- small", "must have a list called train"),
        ("train: []", "must have a list called train"),
        ("train: small", "data sets must be a list; got small"),
        ("train: [small]", "a data set must have a path; got small"),
        ("train: [{path: 3}]", "a data set must have a path"),
        ("train: [{path: none}]", "what it names must exist"),
        ("train: [{path: data/small, licens: MIT}]", "a data set may have .*; got licens"),
        ("train: [{path: data/small}]\nheldout: []", "a list of data may have .*; got heldout"),
        ("train: [{path: data/small}]\nheld_out: [3]", "must be a text"),
        ("train: [{path: data/small}]\nheld_out: [no.jsonl]", "must exist"),
        ("train: [{path: data/small}]\nheld_out: no.jsonl", "must be a list"),
        ("train: [{path: data/small}]\ndev: {path: data/small}", "must be a list"),
        ("train: [{path: data/small, share: much}]", "share of data/small: must be a number"),
        ("train: [{path: data/small, share: 0}]", "share of data/small: must be a number"),
        ("train: [{path: data/small, share: .nan}]", "share of data/small: must be a number"),
        ("train: [{path: data/small, labels: no.jsonl}]", "must exist"),
        ("train: [{path: data/small}, {path: data/small}]", "must have different names; got small"),
    ],
)
def test_bad_lists(content: str, says: str, folder: Path):
    with pytest.raises(FewnerError, match=says):
        read_data_list(write(folder, content))


def test_a_list_that_is_not_there(tmp_path: Path):
    for path in (tmp_path, tmp_path / "no.yaml"):
        with pytest.raises(FewnerError, match="must be a YAML file that exists"):
            read_data_list(path)


def test_the_small_list_of_the_repository():
    found = read_data_list(CONFIGS / "pretrain_small.yaml")
    assert [one.read().counts.total() for one in found.train] == [98]


def test_the_list_of_the_repository(published, tmp_path: Path):
    """Every set of it is there and has spans; benchmarks are held out and not among them."""
    published("open")
    root = tmp_path / "data"
    root.mkdir()
    for path in published("").iterdir():
        (root / path.name).symlink_to(path)
    typed = write_scheme(small_scheme(), tmp_path / "typed")
    (root / "typed.jsonl").symlink_to(typed / "train.jsonl")
    (root / "typed.schema.jsonl").symlink_to(typed / "schema.jsonl")
    found = read_data_list(CONFIGS / "pretrain.yaml", root)
    for one in found.train:
        scheme = one.read()
        assert scheme.counts and all(
            len(n) > 1 for i in scheme.known for n in scheme.label(i).names
        )
        assert one.licence != "not stated" and one.source
    used = {str(one.path) for one in found.train}
    assert not [
        path for path in used if any(bad in path for bad in ("genia", "wnut17/", "crossner"))
    ]
    assert used.isdisjoint(map(str, found.held_out))
    assert {one.name for one in found.dev} == {
        "crossner_ai",
        "crossner_literature",
        "crossner_politics",
    }
