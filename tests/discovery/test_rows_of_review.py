"""Discovered annotations, a review by hand, and rows that follow it."""

import json
from pathlib import Path

from cli_helpers import run_command as run
from code_reading import classes, instances
from discovery_helpers import DOCUMENTS

from spacy_fewner.discovery.write_review import write_review
from spacy_fewner.llm.chat_rows import read_rows

EDITS = {
    "- name: organ builder": "- name: maker of organs",
    "- name: other": "- name: other\n  drop: true",
    "  definition: A firm that builds or restores organs.": "  definition: A firm of builders.",
}


def reviewed(folder: Path, embed) -> Path:
    folder.mkdir(exist_ok=True)
    write_review(folder, DOCUMENTS, embed)
    text = (folder / "review.yaml").read_text("utf8")
    for old, new in EDITS.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "review.yaml").write_text(text, "utf8")
    assert run("review", folder).exit_code == 0
    return folder


def test_conversations_follow_a_review(tmp_path: Path, embed):
    out = tmp_path / "rows.jsonl"
    done = run("rows", reviewed(tmp_path / "found", embed), out, "--queries", "all")
    assert done.exit_code == 0, done.output
    asked = [json.loads(row.messages[-1].content) for row in read_rows(out)]
    assert asked[0]["church"] == ["St Mary"]
    assert asked[0]["maker of organs"] == ["Father Smith"]
    assert asked[1]["church"] == ["Durham Cathedral"]
    assert not any(name in one for one in asked for name in ("other", "organ builder"))
    assert "Dataset:" not in out.read_text("utf8")


def test_no_type_is_denied_whose_head_noun_a_present_one_has(tmp_path: Path, embed):
    folder, out = reviewed(tmp_path / "found", embed), tmp_path / "rows.jsonl"
    for seed in range(10):
        assert run("rows", folder, out, "--seed", seed, "--least", 3, "-q").exit_code == 0
        heart = next(row for row in read_rows(out) if "heart" in row.messages[1].content)
        assert heart.meta["absent"] and "organ" not in heart.meta["absent"]


def test_code_follows_a_review(tmp_path: Path, embed):
    out = tmp_path / "rows.jsonl"
    off = ["--dropout", 0, "--label-noise", 0, "--no-paraphrase", "--negatives", "none"]
    folder = reviewed(tmp_path / "found", embed)
    done = run("rows", folder, out, "--form", "code", "--no-shuffle", *off)
    assert done.exit_code == 0, done.output
    smith, harrison, heart = read_rows(out)
    assert instances(smith) == [
        ("organ", {"name": "Great organ", "year_built": "1714"}),
        ("church", {"name": "St Mary"}),
        ("maker of organs", {"name": "Father Smith"}),
    ]
    assert {"Organ", "Church", "MakerOfOrgans"} == set(classes(smith))
    assert classes(harrison)["Builder"] == "A firm of builders."
    assert [label for label, _ in instances(heart)] == ["organ (body)"]
