"""pretrain."""

import json
from pathlib import Path

import pytest
import srsly
from cli_helpers import Run, tree
from pretraining_helpers import TINY, marked, small_scheme, write_scheme
from tiny_bases import write_tiny_base

from spacy_fewner.cli.commands.pretrain import PretrainOptions
from spacy_fewner.data import write_samples
from spacy_fewner.pretraining.schemes import Scheme
from spacy_fewner.pretraining.settings import PretrainSettings

OPTIONS = [part for name, value in TINY.items() for part in (f"--{name.replace('_', '-')}", value)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of data with a list beside it."""
    root = tmp_path / "data"
    write_scheme(small_scheme(), root / "small")
    write_samples([marked("[Gus:person] went to [Rome:place]")], root / "dev.jsonl")
    write_samples([marked("Nobody went 99")], root / "test.jsonl")
    listed = {
        "train": [{"path": "small", "licence": "MIT", "source": "made up"}],
        "dev": [{"path": "dev.jsonl"}],
        "held_out": ["test.jsonl"],
    }
    (tmp_path / "list.yaml").write_text(srsly.yaml_dumps(listed), "utf8")
    return tmp_path / "list.yaml"


def test_from_a_list_to_a_start(run: Run, data: Path, base: str, tmp_path: Path):
    out = tmp_path / "start"
    root = data.parent / "data"
    done = run("pretrain", data, out, "--root", root, "--encoder", base, *OPTIONS)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "texts      8 with 16 spans of 2 labels, from 1 data set"
    assert lines[1] == (
        "left out   4 texts like held-out ones, 0 too long; 0 spans too wide, "
        "0 with an edge inside a token"
    )
    assert lines[3].startswith("zero-shot  dev: F1 ") and "names seen" in lines[3]
    assert "unseen" not in lines[3]
    assert lines[-1] == f"start      {out}"
    assert "Pretraining" in done.stderr
    assert tree(out) == {"README.md", "start.json", "weights.safetensors"}
    about = json.loads((out / "start.json").read_text())["about"]
    assert about["data"][0]["licence"] == "MIT" and about["data"][0]["source"] == "made up"
    assert "| small | MIT | 8 | 16 | 2 | 1.0 | made up |" in (out / "README.md").read_text()

    again = run("pretrain", data, out, "--root", root, "--encoder", base, *OPTIONS)
    assert again.exit_code == 1 and "--overwrite" in again.stderr
    quiet = ("--encoder", base, "--overwrite", "--quiet", *OPTIONS)
    again = run("pretrain", data, out, "--root", root, *quiet)
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--negatives", "often"], "--negatives: must be one of none, uniform, frequency"),
        (["--encoder", "cnn"], "--encoder: must be a pretrained encoder"),
        (["--encoder", "no/such/folder"], "--encoder: "),
        (["--passes", 0], "--passes: must be a number"),
        (["--rank", 0], "--rank: must be a whole number, 1 or more"),
        (["--precision", "half"], "--precision: must be one of"),
        (["--gpu-id", 77], "--gpu-id: "),
    ],
)
def test_options_that_cannot_work(
    options: list, says: str, run: Run, data: Path, base: str, tmp_path: Path
):
    before = tree(tmp_path)
    more = options if "--encoder" in options else ["--encoder", base, *options]
    done = run("pretrain", data, tmp_path / "start", "--root", data.parent / "data", *more)
    assert done.exit_code == 1 and f"Error: {says}" in done.stderr
    assert tree(tmp_path) == before


def test_lists_that_cannot_be_used(run: Run, data: Path, base: str, tmp_path: Path):
    done = run("pretrain", data, tmp_path / "start", "--encoder", base)
    assert done.exit_code == 1 and "say with --root where the data lie" in done.stderr
    done = run("pretrain", tmp_path / "no.yaml", tmp_path / "start", "--encoder", base)
    assert done.exit_code == 1 and "must be a YAML file that exists" in done.stderr
    bare = Scheme("bare", [marked("nobody")])
    write_scheme(bare, tmp_path / "data" / "bare")
    (tmp_path / "bare.yaml").write_text("train: [{path: bare}]")
    root = ("--root", tmp_path / "data")
    done = run("pretrain", tmp_path / "bare.yaml", tmp_path / "start", *root, "--encoder", base)
    assert done.exit_code == 1 and "a file to pretrain on must hold spans" in done.stderr
    assert not (tmp_path / "start").exists()


def test_options_are_the_settings():
    assert vars(PretrainOptions()) == vars(PretrainSettings())
