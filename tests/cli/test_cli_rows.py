"""`rows`: data sets in, one file of chats out, and what it refuses."""

import json
from pathlib import Path

import pytest
from cli_helpers import ORGAN, RECORDS, Run, write_records

from spacy_fewner.data.schema import write_labels
from spacy_fewner.types import LabelSpec, Schema

SCHEMA = Schema((LabelSpec("PER", "A human."), LabelSpec("LOC"), LabelSpec("SHIP", "It sails.")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set as `review` leaves it."""
    (tmp_path / "organ").mkdir()
    write_records(tmp_path / "organ" / "train.jsonl", RECORDS)
    write_labels(SCHEMA, tmp_path / "organ" / "schema.jsonl")
    return tmp_path / "organ"


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf8").splitlines()]


def test_conversations(run: Run, folder: Path, tmp_path: Path):
    out = tmp_path / "rows.jsonl"
    done = run("rows", folder, out)
    assert done.exit_code == 0, done.output
    rows = read(out)
    assert len(rows) == 4 and {row["meta"]["data_set"] for row in rows} == {"organ"}
    assert rows[0]["messages"][1]["content"].startswith("Dataset: organ\nText: Ada met")
    said = done.stdout.splitlines()
    assert said[0] == "organ: 4 texts, 7 mentions of 2 types"
    assert said[-2] == "4 rows with 11 queries, 5 of them for absent types"
    assert said[-1] == f"rows  {out}"


def test_several_sets_in_one_file(run: Run, folder: Path, examples: Path, tmp_path: Path):
    out = tmp_path / "rows.jsonl"
    more = ["--labels", folder / "schema.jsonl", "--labels", "PER,LOC", "--no-data-set-line"]
    done = run("rows", folder, examples, out, *more, "--quiet", "--queries", "all")
    assert done.exit_code == 0 and done.output == ""
    assert [row["meta"]["data_set"] for row in read(out)] == ["organ"] * 4 + ["examples"] * 4
    assert "Dataset:" not in out.read_text("utf8")


def test_code(run: Run, folder: Path, tmp_path: Path):
    out = tmp_path / "rows.jsonl"
    options = ["--form", "code", "--passes", "2", "--dropout", "0", "--label-noise", "0"]
    done = run("rows", folder, out, *options, "--label-noise", "1")
    assert done.exit_code == 0, done.output
    classes = [set(row["meta"]["classes"]) for row in read(out)]
    assert classes == [{"Person", "Location", "Ship"}] * 4 + classes[4:]
    assert all("Location" in one and len(one) == 3 and "Ship" not in one for one in classes[4:])
    assert "8 rows with 24 types, 0 more dropped" in done.stdout


def test_evaluation_rows_ask_about_all(run: Run, folder: Path, tmp_path: Path):
    out = tmp_path / "rows.jsonl"
    assert run("rows", folder, out, "--evaluation").exit_code == 0
    assert [row["meta"]["types"] for row in read(out)] == [["PER", "LOC", "SHIP"]] * 4
    assert run("rows", folder, out, "--evaluation", "--form", "code").exit_code == 0
    assert {tuple(row["meta"]["classes"]) for row in read(out)} == {("Person", "Location", "Ship")}


def test_what_lies_across_passages_is_said(run: Run, tmp_path: Path):
    text = "Ada met Bo Li. In Rome"
    spans = [(0, 3, "PER"), (8, 22, "PER")]
    data = write_records(tmp_path / "a.jsonl", [{"text": text, "spans": spans}])
    done = run("rows", data, tmp_path / "rows.jsonl", "--max-tokens", "4")
    assert done.exit_code == 0, done.output
    assert "1 left out: span across passages, such as PER: Bo Li. In Rome" in done.stderr


@pytest.mark.parametrize(
    "options, said",
    [
        (["--form", "chat"], "--form: must be conversations, code or journal"),
        (["--kept", "a.jsonl"], "--kept: does not go with --form conversations"),
        (["--form", "journal", "--dropout", "0"], "--dropout: does not go with --form journal"),
        (["--form", "journal", "--no-data-set-line"], "--data-set-line: does not go with"),
        (["--form", "journal", "--ratio", "2"], "--ratio: does not go with --form journal"),
        (["--form", "journal", "--labels", "A"], "--labels: does not go with --form journal"),
        (["--form", "journal", "--evaluation"], "--evaluation: does not go with"),
        (["--form", "journal"], "ANNOTATED: must be a file that can be read"),
        (["--dropout", "0.1"], "--dropout: does not go with --form conversations"),
        (["--form", "code", "--queries", "all"], "--queries: does not go with --form code"),
        (["--form", "code", "--dropout", "2"], "--dropout: must be a number from 0 to 1"),
        (["--form", "code", "--label-noise", "-1"], "--label-noise: must be"),
        (["--form", "code", "--curriculum", "hard"], "--curriculum: must be one of"),
        (["--queries", "some"], "--queries: must be one of"),
        (["--negatives", "often"], "--negatives: must be one of"),
        (["--ratio", "-1"], "--ratio: must be"),
        (["--least", "-1"], "--least: must be"),
        (["--max-tokens", "0"], "--max-tokens: must be"),
        (["--seed", "-1"], "--seed: must be"),
        (["--labels", "A", "--labels", "B"], "--labels: must be given once for each"),
        (["--labels", "none.jsonl"], "a file that exists"),
    ],
)
def test_bad_options_are_named_and_nothing_is_written(run: Run, folder, tmp_path, options, said):
    out = tmp_path / "rows.jsonl"
    done = run("rows", folder, out, *options)
    assert done.exit_code == 1 and said in done.stderr
    assert not out.exists()


def test_bad_files(run: Run, folder: Path, tmp_path: Path):
    out = tmp_path / "rows.jsonl"
    bare = write_records(tmp_path / "bare.jsonl", [{"text": "Nobody went", "spans": []}])
    for given, said in (
        ([tmp_path / "none.jsonl"], "must exist"),
        ([tmp_path], "must exist"),
        ([folder, folder], "data sets must have different names"),
        ([bare], "ANNOTATED: must give a row"),
    ):
        done = run("rows", *given, out)
        assert done.exit_code == 1 and said in done.stderr and not out.exists()
    done = run("rows", bare, bare)
    assert done.exit_code == 1 and "must be different ones" in done.stderr


def test_a_journal(run: Run, tmp_path: Path):
    out, journal = tmp_path / "rows.jsonl", ORGAN / "journal.replay.jsonl"
    done = run("rows", journal, out, "--form", "journal")
    assert done.exit_code == 0, done.output
    rows = read(out)
    assert f"{len(rows)} rows (reply {len(rows)})" in done.stdout and len(rows) > 100
    assert "left out: not a whole reply" in done.stderr
    kept = write_records(tmp_path / "kept.jsonl", RECORDS)
    lines = [json.loads(line) for line in kept.read_text("utf8").splitlines()]
    lines[0]["meta"] = {"stage": "generate", "calls": rows[3]["meta"]["calls"]}
    kept.write_text("\n".join(map(json.dumps, lines)), "utf8")
    done = run("rows", journal, out, "--form", "journal", "--kept", kept)
    assert done.exit_code == 0, done.output
    assert [row["messages"] for row in read(out)] == [rows[3]["messages"]]
    assert "1 rows (generate 1)" in done.stdout
    for options, said in (
        (["--kept", tmp_path / "none.jsonl"], "--kept: the file must exist"),
        (["--kept", ORGAN / "train.jsonl"], "ANNOTATED: must give a row"),
    ):
        done = run("rows", journal, tmp_path / "no.jsonl", "--form", "journal", *options)
        assert done.exit_code == 1 and said in done.stderr
        assert not (tmp_path / "no.jsonl").exists()
