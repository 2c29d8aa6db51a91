"""`evaluate` of a file: what stands in it counts as predicted."""

import json
from pathlib import Path

import pytest
from cli_helpers import run_command as run

TEXTS = ("Ann saw Rome.", "Bo left.", "It rained.")
GOLD = ([[0, 3, "person"], [8, 12, "place/town"]], [[0, 2, "person"]], [])
TREE = [{"id": "person"}, {"id": "place"}, {"id": "place/town"}, {"id": "place/river"}]


def written(path: Path, spans, texts=TEXTS) -> Path:
    records = [
        {"text": text, "spans": [{"start": s, "end": e, "label": label} for s, e, label in own]}
        for text, own in zip(texts, spans, strict=True)
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return path


def scores(folder: Path, found, gold, *more: str) -> dict:
    out = folder / "scores.json"
    done = run("evaluate", found, gold, "--json", out, *more)
    assert done.exit_code == 0, done.output
    return {**json.loads(out.read_text())["strict"]["micro"], "said": done.output}


def test_spans_of_a_file_are_scored(tmp_path: Path):
    gold = written(tmp_path / "gold.jsonl", GOLD)
    found = written(tmp_path / "found.jsonl", ([[0, 3, "person"], [8, 12, "person"]], GOLD[1], []))
    said = scores(tmp_path, found, gold)
    assert (said["p"], said["r"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert scores(tmp_path, gold, gold)["f"] == 1


def test_order_does_not_matter_and_missing_texts_have_no_spans(tmp_path: Path):
    gold = written(tmp_path / "gold.jsonl", GOLD)
    found = written(tmp_path / "found.jsonl", GOLD[:2][::-1][1:], TEXTS[:2][::-1][1:])
    said = scores(tmp_path, found, gold)
    assert (said["p"], said["r"]) == (1, pytest.approx(2 / 3))
    assert "2 of 3 texts are not in" in said["said"]


def test_labels_of_a_tree_may_go_by_name_and_give_levels(tmp_path: Path):
    tree = tmp_path / "tree.yaml"
    tree.write_text("\n".join(f"- id: {one['id']}" for one in TREE))
    named = [[[s, e, label.split("/")[-1]] for s, e, label in own] for own in GOLD]
    gold = written(tmp_path / "gold.jsonl", named)
    found = written(tmp_path / "found.jsonl", ([GOLD[0][0], [8, 12, "place/river"]], GOLD[1], []))
    said = scores(tmp_path, found, gold, "--labels", str(tree))
    assert said["f"] == pytest.approx(2 / 3)
    assert "level 1: 100.0" in said["said"]


def test_another_file_is_an_error(tmp_path: Path):
    gold = written(tmp_path / "gold.jsonl", GOLD)
    other = written(tmp_path / "other.jsonl", GOLD[:1], ["Something else."])
    done = run("evaluate", other, gold)
    assert done.exit_code == 1 and "must have the texts of GOLD" in done.output
