"""The whole way, from the embedded documents and the recorded replies of a real model to spaCy."""

import json
from pathlib import Path

import spacy
from cli_helpers import ORGAN, Run

from spacy_fewner.data import read_samples
from spacy_fewner.data.formats.record import record_from_sample

TRAIN = ["--passes", "1", "--batch-size", "2", "--most-tokens", "200", "--start", "open"]


def test_from_documents_to_a_pipeline(run: Run, tmp_path: Path):
    found, journal = tmp_path / "found", ORGAN / "discover.replay.jsonl"
    before = journal.read_bytes()
    replay = ["--llm-mode", "replay", "--journal", journal]
    _ok(run("discover", ORGAN / "documents", found, *replay, "-q"))
    assert journal.read_bytes() == before
    _ok(run("review", found, "--review", ORGAN / "review.yaml", "-q"))
    _check_annotations(found)

    for form in ("conversations", "code"):
        _ok(run("rows", found, tmp_path / f"{form}.jsonl", "--form", form, "-q"))
        rows = (tmp_path / f"{form}.jsonl").read_text("utf8").splitlines()
        assert len(rows) == 6
        assert all(json.loads(row)["messages"][-1]["role"] == "assistant" for row in rows)

    listed = tmp_path / "list.yaml"
    listed.write_text("train:\n  - path: found\n")
    _ok(run("pretrain", listed, tmp_path / "start", *TRAIN))

    nlp = spacy.blank("en")
    config = {"labels": str(found / "schema.jsonl"), "start": str(tmp_path / "start")}
    nlp.add_pipe("fewner", config={**config, "threshold": 0.01})
    nlp.to_disk(tmp_path / "pipeline")
    doc = spacy.load(tmp_path / "pipeline")("Ruth Abel voiced the Trumpet 8' at Marlow in 1872.")
    assert {span.label_ for span in doc.spans["sc"]} & {"person", "organ builder", "stop"}


def _check_annotations(found: Path) -> None:
    """A rename, merges and a drop are followed, and no offset has moved."""
    raw, reviewed = (read_samples(found / name) for name in ("resolved.jsonl", "train.jsonl"))
    new = {"location": "place", "apprentice": "person", "instrument": "organ"}
    for before, after in zip(raw, reviewed, strict=True):
        expected = set()
        for span in before.spans:
            kind, slash, field = span.label.partition("/")
            kind = "organ" if kind == "marlow organ" else new.get(kind, kind)
            if kind != "work":
                expected.add((span.start, span.end, f"{kind}{slash}{field}"))
        assert {(span.start, span.end, span.label) for span in after.spans} == expected
        assert all(one["label"] for one in record_from_sample(after)["spans"])
    labels = {span.label for one in reviewed for span in one.spans}
    assert {"place", "person", "organ"} <= labels
    assert not {"location", "apprentice", "instrument", "work"} & labels


def _ok(result) -> None:
    assert result.exit_code == 0, result.output
