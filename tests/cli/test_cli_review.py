"""`review`: what it prints and writes, and how it tells what is wrong."""

from pathlib import Path

import pytest
from cli_helpers import Run, tree, write_records

RECORDS = [
    {"text": "Ada met Bo in Rome", "spans": [(0, 3, "person"), (8, 10, "human"), (14, 18, "x")]}
]
REVIEW = """\
types:
- name: person
  definition: A human being.
  labels: [person]
- name: human
  merge_into: person
  labels: [human]
- name: city
  labels: [x]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_records(tmp_path / "resolved.jsonl", RECORDS)
    (tmp_path / "review.yaml").write_text(REVIEW, "utf8")
    return tmp_path


def test_it_says_what_was_changed(run: Run, folder: Path):
    done = run("review", folder)
    assert done.exit_code == 0
    assert done.stdout == (
        "2 types and 0 fields, 3 mentions in 1 texts\n"
        "renamed  x -> city\nmerged   human -> person\n"
        f"written  {folder}\n"
    )
    files = {"train.jsonl", "schema.jsonl", "tree.yaml", "labels.json"}
    assert tree(folder) == {"resolved.jsonl", "review.yaml", *files}


def test_another_review_may_be_named(run: Run, folder: Path, tmp_path: Path):
    (folder / "other.yaml").write_text(REVIEW.replace("city", "town"), "utf8")
    assert run("review", folder, "--review", folder / "other.yaml", "-q").stdout == ""
    assert "town" in (folder / "labels.json").read_text("utf8")


@pytest.mark.parametrize(
    ("review", "message"),
    [
        ("", "must hold types"),
        (REVIEW + "  merge_into: Prson\n", "review.yaml:8 (city): merge_into must name an entry"),
        (REVIEW + "  drpo: true\n", "review.yaml:10: a type has name"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_written(
    run: Run, folder: Path, review: str, message: str
):
    (folder / "review.yaml").write_text(review, "utf8")
    done = run("review", folder)
    assert done.exit_code == 1
    assert message in done.stderr
    assert tree(folder) == {"resolved.jsonl", "review.yaml"}


def test_a_folder_or_file_that_is_not_there_is_named_as_given(run: Run, folder: Path):
    assert "Error: OUT: must hold resolved.jsonl" in run("review", folder / "no").stderr
    done = run("review", folder, "--review", folder / "no.yaml")
    assert "Error: --review: the file must exist" in done.stderr
