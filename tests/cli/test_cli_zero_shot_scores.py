"""`evaluate` with four scorers, catch-alls, seen labels and other names."""

import json
from pathlib import Path

import pytest
import spacy
from cli_helpers import Run, write_records

GOLD = [
    {"text": "Ada met Bo in Rome", "spans": [(0, 3, "PER"), (8, 10, "MISC"), (14, 18, "LOC")]},
    {"text": "Cy left Oslo", "spans": [(0, 2, "PER"), (8, 12, "LOC")]},
]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": "sc"})
    ruler.add_patterns([{"label": "PER", "pattern": "Ada"}, {"label": "LOC", "pattern": "Rome"}])
    nlp.to_disk(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write_records(tmp_path / "gold.jsonl", GOLD)


def test_the_table(run: Run, model: Path, gold: Path, tmp_path: Path):
    out = tmp_path / "scores.json"
    done = run("evaluate", model, gold, "--seen", "per", "--json", out)
    assert done.exit_code == 0, done.output
    plain, _, table = done.stdout.partition("\n\n")
    assert plain.startswith("      ") and "2 texts; strict scores" in plain
    names = [line[:18].strip() for line in table.splitlines()[1:6]]
    assert names == ["all labels", "without catch-alls", "catch-alls", "seen names", "unseen names"]
    assert "1 of 2 labels have a name that was seen in training" in table
    rows = {row["part"]: row for row in json.loads(out.read_text("utf8"))["zero_shot"]}
    assert rows["without catch-alls"]["span_strict"]["f"] == 4 / 6
    assert rows["seen names"]["labels"] == ["PER"]


def test_without_these_options_nothing_changes(run: Run, model: Path, gold: Path, tmp_path: Path):
    out = tmp_path / "scores.json"
    done = run("evaluate", model, gold, "--json", out)
    assert "catch-alls" not in done.stdout
    assert "zero_shot" not in json.loads(out.read_text("utf8"))


def test_labels_and_catch_alls_as_told(run: Run, model: Path, gold: Path):
    done = run("evaluate", model, gold, "--leave-out", "LOC", "--labels", "PER,LOC")
    table = done.stdout.partition("\n\n")[2]
    assert table.splitlines()[1].split()[:4] == ["all", "labels", "2", "4"]
    assert "catch-alls: LOC" in table


@pytest.mark.parametrize(
    "options, said",
    [
        (["--leave-out", "SHIP"], "--leave-out: must be labels that are scored; got SHIP"),
        (["--renamed"], "--renamed: needs a fewner that takes labels by what they mean"),
        (["--seen", "none.jsonl"], "--seen: must be names, or a file that exists"),
        (["--seen", "."], "--seen: must be"),
    ],
)
def test_bad_options(run: Run, model: Path, gold: Path, options: list[str], said: str):
    done = run("evaluate", model, gold, *options)
    assert done.exit_code == 1 and said in done.stderr
