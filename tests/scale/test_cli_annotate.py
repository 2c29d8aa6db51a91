"""The command: what it writes, says and refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from cli_helpers import run_command
from scale_helpers import files_in, read_lines, rows, write_lines
from small_disk import no_file_over


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "in.jsonl", rows(5))


def test_rows_as_they_were_with_what_was_found(model: Path, tmp_path: Path):
    line = '{"id": 1e5, "text": "Ada left Rome in 1820", "x": "\\u00e9"}'
    given = write_lines(tmp_path / "in.jsonl", [line, "{", '{"text": " "}'])
    done = run_command("annotate", model, given, tmp_path / "out.jsonl")
    assert done.exit_code == 0 and done.stdout.startswith("1 texts, 2 rows rejected")
    (written,) = (tmp_path / "out.jsonl").read_text("utf8").splitlines()
    assert written.startswith(line[:-1] + ', "spans": ')
    assert read_lines(tmp_path / "out.jsonl")[0]["spans"] == [
        {"start": 9, "end": 13, "label": "CITY"},
        {"start": 17, "end": 21, "label": "YEAR"},
    ]
    broken, empty = read_lines(tmp_path / "out.rejects.jsonl")
    assert (broken["line"], broken["reason"], broken["row"]) == (2, "not JSON", "{")
    assert (empty["line"], empty["reason"]) == (3, "no text")
    assert broken["file"] == str(given)


def test_a_finished_run_is_left_alone(model: Path, given: Path, tmp_path: Path):
    command = ("annotate", model, given, tmp_path / "out" / "x.jsonl")
    assert run_command(*command).exit_code == 0
    before = files_in(tmp_path / "out")
    again = run_command(*command)
    assert again.exit_code == 0 and "Nothing was left to do" in again.stderr
    assert files_in(tmp_path / "out") == before


@pytest.mark.parametrize("name", ["out.jsonl", "out"])
def test_output_of_another_run(name: str, model: Path, given: Path, tmp_path: Path):
    out = tmp_path / name
    written = out if out.suffix else out / "part-00001.jsonl"
    assert run_command("annotate", model, given, out, "-q").exit_code == 0
    write_lines(given, rows(6))
    done = run_command("annotate", model, given, out, "-q")
    assert done.exit_code == 1 and "inputs differ" in done.stderr and "--overwrite" in done.stderr
    assert len(read_lines(written)) == 5
    assert run_command("annotate", model, given, out, "-q", "--overwrite").exit_code == 0
    assert len(read_lines(written)) == 6


def test_a_file_that_no_run_wrote_stays(model: Path, given: Path, tmp_path: Path):
    (tmp_path / "out.jsonl").write_text("mine")
    done = run_command("annotate", model, given, tmp_path / "out.jsonl", "-q")
    assert done.exit_code == 1 and "must not exist yet" in done.stderr
    assert (tmp_path / "out.jsonl").read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--n-process", "0"], "--n-process: must be a whole number, 1 or more"),
        (["--batch-size", "0"], "--batch-size: must be a whole number, 1 or more"),
        (["--fields", "spans,tags"], "--fields: must be of spans, ents, cats; got tags"),
        (["--from", "xml"], "--from: must be one of"),
        (["--to", "xml"], "--to: must be one of"),
        (["--max-length", "-1"], "--max-length: must be a whole number, 1 or more"),
    ],
)
def test_options_that_do_not_fit(
    options: list[str], said: str, model: Path, given: Path, tmp_path: Path
):
    done = run_command("annotate", model, given, tmp_path / "out.jsonl", "-q", *options)
    assert done.exit_code == 1 and said in done.stderr and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [given]


def test_no_input_and_no_model(model: Path, given: Path, tmp_path: Path):
    done = run_command("annotate", model, tmp_path / "no.jsonl", tmp_path / "out.jsonl", "-q")
    assert done.exit_code == 1 and "no.jsonl" in done.stderr and "must exist" in done.stderr
    done = run_command("annotate", tmp_path, given, tmp_path / "out.jsonl", "-q")
    assert done.exit_code == 1 and "whole pipeline" in done.stderr
    assert list(tmp_path.iterdir()) == [given]


def test_a_run_that_goes_on_says_so(model: Path, tmp_path: Path):
    """With another pipeline it is refused; with the same it ends."""
    given, out = write_lines(tmp_path / "in.jsonl", rows(300)), tmp_path / "out" / "x.jsonl"
    with no_file_over(9000):
        done = run_command("annotate", model, given, out, "--batch-size", 10, "-q")
    assert done.exit_code == 1
    assert "run the same command again" in done.stderr
    done = run_command("annotate", model, given, out, "--into", "x", "-q")
    assert done.exit_code == 1 and "into differ" in done.stderr
    done = run_command("annotate", model, given, out, "--batch-size", 7)
    assert done.exit_code == 0 and "annotated before" in done.stderr
    assert [row["id"] for row in read_lines(out)] == list(range(300))


WITHOUT = """
import sys
for name in ("peft", "matplotlib", "pyarrow", "ray"):
    sys.modules[name] = None
from spacy_fewner.cli.app import app
app(sys.argv[1:])
"""


def test_extras_are_asked_for_where_they_are_needed(given: Path, tmp_path: Path):
    nlp = spacy.blank("en")
    nlp.add_pipe("span_ruler").add_patterns([{"label": "CITY", "pattern": "Rome"}])
    nlp.to_disk(tmp_path / "model")
    command = ["annotate", tmp_path / "model", given, tmp_path / "out.jsonl", "-q"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, command)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(read_lines(tmp_path / "out.jsonl")) == 5
    for option, said in (("--ray", "spacy-fewner[ray]"), ("--to", "spacy-fewner[parquet]")):
        more = [option, "local" if option == "--ray" else "parquet", "--overwrite"]
        asked = [sys.executable, "-c", WITHOUT, *map(str, command), *more]
        done = subprocess.run(asked, capture_output=True, text=True)
        assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") == 1
