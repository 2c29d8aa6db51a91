"""The command: what it writes, says and refuses."""

from pathlib import Path

import pytest
from cli_helpers import run_command
from scale_helpers import files_in, read_lines, rows, write_lines


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


def test_output_of_another_run(model: Path, given: Path, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    assert run_command("annotate", model, given, out, "-q").exit_code == 0
    write_lines(given, rows(6))
    done = run_command("annotate", model, given, out, "-q")
    assert done.exit_code == 1 and "inputs differ" in done.stderr and "--overwrite" in done.stderr
    assert len(read_lines(out)) == 5
    assert run_command("annotate", model, given, out, "-q", "--overwrite").exit_code == 0
    assert len(read_lines(out)) == 6


def test_a_file_that_no_run_wrote_stays(model: Path, given: Path, tmp_path: Path):
    (tmp_path / "out.jsonl").write_text("mine")
    done = run_command("annotate", model, given, tmp_path / "out.jsonl", "-q")
    assert done.exit_code == 1 and "must not exist yet" in done.stderr
    assert (tmp_path / "out.jsonl").read_text() == "mine"
