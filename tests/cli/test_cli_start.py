"""--start of the commands that train."""

from pathlib import Path

import pytest
import spacy
from cli_helpers import TINY, Run
from open_starts import write_tiny_start
from tiny_bases import write_tiny_base

QUICK = ("--rank", "4", "--epochs", "1", "--min-steps", "2")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, base: str) -> str:
    return write_tiny_start(tmp_path_factory.mktemp("start") / "start", base)


def fewner_in(folder: Path):
    return spacy.load(folder).get_pipe("fewner")


def test_train_begins_from_a_folder_and_reads_what_labels_mean(
    run: Run, examples: Path, tmp_path: Path, base: str, start: str
):
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id": "PER", "description": "a person"}\n{"id": "LOC"}\n{"id": "X"}\n')
    out, given = tmp_path / "out", ("--encoder", base, *QUICK, "--start", start)
    done = run("train", examples, out, *given, "--labels", labels)
    assert f"start: {start}, as asked" in done.stdout.splitlines()
    fewner = fewner_in(out)
    assert fewner.start == start and fewner.labels == ("PER", "LOC")
    assert fewner.cfg["meanings"] == {"PER": {"id": "PER", "description": "a person"}}


def test_train_says_from_where_it_began(run: Run, examples: Path, tmp_path: Path):
    done = run("train", examples, tmp_path / "out", *TINY)
    assert "start: from scratch; there is no open start for the small network cnn" in done.stdout
    assert fewner_in(tmp_path / "out").start == ""


def test_cascade_train_begins_its_extraction_from_a_start(
    run: Run, examples: Path, tmp_path: Path, base: str, start: str
):
    given = ("--encoder", base, *QUICK)
    run("cascade", "train", examples, tmp_path / "with", *given, "--start", start)
    assert fewner_in(tmp_path / "with").start == start
    assert fewner_in(tmp_path / "with").labels == ("entity",)
    run("cascade", "train", examples, tmp_path / "without", *given)
    assert fewner_in(tmp_path / "without").start == ""


def test_cascade_train_finds_labels_without_examples_by_what_they_mean(
    run: Run, examples: Path, tmp_path: Path, base: str, start: str
):
    tree, larger = tmp_path / "tree.yaml", tmp_path / "larger.yaml"
    tree.write_text("PER: a person\nLOC: a place\nSHIP: something that sails\n")
    larger.write_text(tree.read_text() + "RIVER: water that flows\n")
    given = ("--tree", tree, "--encoder", base, *QUICK, "--start", start)
    done = run("cascade", "train", examples, tmp_path / "with", *given)
    assert "1 of 3 labels have no example; they are found by what they mean" in done.stdout
    nlp = spacy.load(tmp_path / "with")
    assert nlp.pipe_names == ["fewner", "fewner_open", "fewner_cascade"]
    assert nlp.get_pipe("fewner_open").labels == ("PER", "LOC", "SHIP")
    out = tmp_path / "found.jsonl"
    run("cascade", "apply", tmp_path / "with", examples, out, "--tree", larger)
    assert out.exists()
    done = run("cascade", "train", examples, tmp_path / "without", *given, "--no-open-labels")
    assert "no example" not in done.stdout
    assert "fewner_open" not in spacy.load(tmp_path / "without").pipe_names
    done = run("cascade", "train", examples, tmp_path / "cnn", "--tree", tree, *TINY)
    assert "1 of 3 labels have no example and are hardly found; there is no open" in done.stdout


@pytest.mark.parametrize("command", ["fit", "train", "cascade train"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--encoder", "cnn", "--start", "no/such/folder"), "no/such/folder"),
        (("--encoder", "cnn", "--start", "{start}"), "the small network cnn"),
        (("--encoder", "{base}", "--rank", "8", "--start", "{start}"), "LoRA of rank 8"),
    ],
)
def test_errors_name_the_option(
    run: Run, examples: Path, tmp_path: Path, base: str, start: str, command: str, given, said
):
    args = [one.format(base=base, start=start) for one in given]
    done = run(*command.split(), examples, tmp_path / "out", *args)
    assert done.exit_code == 1 and done.stderr.startswith("Error: --start: must ")
    assert said in done.stderr and not (tmp_path / "out").exists()


def test_a_shared_encoder_has_no_start(
    run: Run, examples: Path, tmp_path: Path, base: str, start: str
):
    given = ("--encoder", base, *QUICK, "--start", start, "--shared")
    done = run("cascade", "train", examples, tmp_path / "out", *given)
    assert done.exit_code == 1
    assert "Error: --start: needs an encoder that is the extraction's own" in done.stderr
    assert not (tmp_path / "out").exists()
