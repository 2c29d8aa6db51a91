"""GEIC with dynamic categories: what the rows of classification ask, as data."""

import json
from pathlib import Path

from asked_models import TREE

from spacy_fewner.cascade.rows.chat_rows import classifier_rows
from spacy_fewner.cascade.rows.dynamic import Dynamic
from spacy_fewner.cascade.rows.dynamic_geic import write_dynamic_geic
from spacy_fewner.cascade.rows.geic import read_geic
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.types import CharSpan, Sample

CASCADE = tree_of(TREE)
SAMPLES = [
    Sample("Ann saw Bob.", (CharSpan(0, 3, "person/organist"), CharSpan(8, 11, "person"))),
    Sample("Nobody went."),
    Sample("To Basel.", (CharSpan(3, 8, "place/town"),)),
] * 5


def test_the_questions_are_those_of_the_rows(tmp_path: Path):
    path = tmp_path / "geic.json"
    write_dynamic_geic(SAMPLES, path, CASCADE, seed=3)
    records = json.loads(path.read_text("utf8"))
    rows = classifier_rows(SAMPLES, CASCADE, seed=3).rows
    written = [
        (record["sentence"], *one)
        for record in records.values()
        for one in zip(*(record[name] for name in ("category", "options", "below")), strict=True)
    ]
    asked = [(r.meta["below"] or "", json.loads(r.messages[-1].content)["label"]) for r in rows]
    assert [(below, answer) for _, answer, _, below in written] == asked
    assert all(answer in options for _, answer, options, _ in written)
    assert any("unknown" in options or "other" in options for _, _, options, _ in written)
    assert len(records) == len(SAMPLES) and records["sentence2"]["entity"] == []


def test_it_is_geic_for_whoever_reads_it(tmp_path: Path):
    path = tmp_path / "geic.json"
    write_dynamic_geic(SAMPLES[:3], path, CASCADE, Dynamic(0, 0, 0, 0, 0))
    found = read_geic(path, CASCADE)
    assert not found.rejects
    assert [sorted({span.label for span in one.spans}) for one in found.samples] == [
        ["person", "person/organist"], [], ["place", "place/town"],
    ]  # fmt: skip
