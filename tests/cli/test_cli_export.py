"""`export`, and `package --runtime onnx`."""

import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import spacy
from cli_helpers import ORGAN, Run
from tiny_bases import write_tiny_base

TEXTS = ORGAN / "unlabelled.jsonl"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A pipeline on a tiny encoder, trained for two steps."""
    from cli_helpers import run_command

    folder = tmp_path_factory.mktemp("model")
    base = write_tiny_base(folder / "base")
    how = ("--encoder", base, "--epochs", 1, "--min-steps", 2, "--quiet", "--start", "scratch")
    done = run_command("train", ORGAN / "train.jsonl", folder / "trained", *how)
    assert done.exit_code == 0, done.output
    return folder / "trained"


def test_without_texts_all_stays_as_it_is(run: Run, model: Path, tmp_path: Path):
    done = run("export", model, tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [f"pipeline  {tmp_path / 'out'}"]
    assert list(spacy.load(tmp_path / "out")("The Swell ciphers.").spans) == ["sc"]


def test_what_was_measured_is_printed(run: Run, model: Path, tmp_path: Path):
    done = run("export", model, tmp_path / "out", "--text", TEXTS)
    assert done.exit_code == 0, done.output
    header, *rows, taken, _ = done.stdout.splitlines()
    said = "MB words per CPU-second same results largest difference score"
    assert header.split() == said.split()
    assert [row.split()[0] for row in rows[:2]] == ["torch", "fp32"]
    assert rows[1].split()[3] == "100.0%"
    assert taken.startswith("taken: ")


def test_annotated_texts_tell_how_good_it_is(run: Run, model: Path, tmp_path: Path):
    done = run("export", model, tmp_path / "out", "--text", ORGAN / "test.jsonl")
    header, first, *_ = done.stdout.splitlines()
    assert header.split()[-1] == "score" and first.split()[-1].endswith("%")


def test_an_encoder_without_torch_is_taken_as_it_is(run: Run, tmp_path: Path):
    how = ("--encoder", "cnn", "--epochs", 1, "--min-steps", 2, "--quiet")
    assert run("train", ORGAN / "train.jsonl", tmp_path / "cnn", *how).exit_code == 0
    done = run("export", tmp_path / "cnn", tmp_path / "out", "--precision", "fp32")
    assert done.exit_code == 0
    ours, theirs = (spacy.load(tmp_path / name) for name in ("out", "cnn"))
    found = [[(s.start, s.end) for s in nlp("The Swell.").spans["sc"]] for nlp in (ours, theirs)]
    assert found[0] == found[1]


def test_the_wheel_needs_nothing_of_training(run: Run, model: Path, tmp_path: Path):
    how = ("--name", "organ", "--runtime", "onnx", "--text", TEXTS)
    done = run("package", model, tmp_path / "wheels", *how)
    assert done.exit_code == 0, done.output
    assert "taken: " in done.stdout
    (wheel,) = (tmp_path / "wheels").iterdir()
    with ZipFile(wheel) as file:
        (metadata,) = (name for name in file.namelist() if name.endswith("METADATA"))
        required = [
            line.split(":")[1].strip()
            for line in file.read(metadata).decode().splitlines()
            if line.startswith("Requires-Dist")
        ]
        file.extractall(tmp_path / "site")
    assert [re.split("[<>=]", one)[0] for one in required] == ["spacy-fewner"]
    code = "import spacy; print(list(spacy.load('en_organ')('The Swell ciphers.').spans))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert ran.stdout.strip() == "['sc']"


@pytest.mark.parametrize(
    "options", [("--text", TEXTS), ("--precision", "int8"), ("--fixed-labels",)]
)
def test_options_of_export_need_it(run: Run, model: Path, tmp_path: Path, options):
    done = run("package", model, tmp_path / "wheels", "--name", "organ", *options)
    assert done.exit_code == 1
    assert f"{options[0]}: needs --runtime onnx" in done.stderr
    assert not (tmp_path / "wheels").exists()


def test_the_wheels_name_is_checked_before_the_export(run: Run, model: Path, tmp_path: Path):
    how = ("--runtime", "onnx", "--text", tmp_path / "not read yet.jsonl")
    done = run("package", model, tmp_path / "wheels", "--name", "no name", *how)
    assert done.exit_code == 1 and done.stderr.startswith("Error: --name")


@pytest.mark.parametrize("place", [".", "inside", ".."])
def test_the_pipeline_itself_is_never_overwritten(run: Run, model: Path, place: str):
    before = sorted(path.stat().st_size for path in model.rglob("*"))
    done = run("export", model, model / place, "--overwrite")
    assert (done.exit_code == 1 and "must not be, hold or lie in" in done.stderr) or place == ".."
    assert done.exit_code == 1
    assert sorted(path.stat().st_size for path in model.rglob("*")) == before


def test_tables_have_columns_that_can_be_chosen(run: Run, model: Path, tmp_path: Path):
    rows = [f"{number},The Swell ciphers at {number}.,x" for number in range(9)]
    (tmp_path / "texts.csv").write_text("\n".join(["id,note,kind", *rows]), encoding="utf8")
    how = ("--text", tmp_path / "texts.csv", "--text-column", "note", "--label-column", "kind")
    done = run("export", model, tmp_path / "out", *how)
    assert done.exit_code == 0, done.output


def test_bad_input_is_said_and_nothing_is_written(run: Run, model: Path, tmp_path: Path):
    out = tmp_path / "out"
    missing = run("export", tmp_path / "none", out)
    assert missing.exit_code == 1 and missing.stderr.startswith("Error: model: must be the folder")
    few = run("export", model, out, "--precision", "int8")
    assert few.exit_code == 1 and "--text: must hold 8 texts or more" in few.stderr
    no_file = run("export", model, out, "--text", tmp_path / "none.jsonl")
    assert no_file.exit_code == 1 and "--text" in no_file.stderr
    assert not out.exists()
