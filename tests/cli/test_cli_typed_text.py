"""typed-text."""

import json
from pathlib import Path

from cli_helpers import Run, tree

from spacy_fewner.data import read_samples
from spacy_fewner.data.schema import parse_schema

TEXTS = ["Foo is a rock band from Ohio.", "He ran.", "Ash is a village. Bo was a painter ."]


def write(path: Path, texts: list[str]) -> Path:
    path.write_text("\n".join(texts) + "\n", encoding="utf8")
    return path


def test_plain_lines(run: Run, tmp_path: Path):
    texts = write(tmp_path / "texts.txt", TEXTS)
    out, schema = tmp_path / "out.jsonl", tmp_path / "schema.jsonl"
    done = run("typed-text", texts, out, "--schema", schema)
    assert done.exit_code == 0 and done.stdout == ""
    assert done.stderr == "3 texts: 3 spans of 3 types in 2 of them\n"
    samples = read_samples(out)
    assert [len(sample.spans) for sample in samples] == [1, 2]
    assert samples[0].meta["only_these"] is True
    labels = parse_schema(str(schema))
    assert labels.ids == ("painter", "rock band", "village")
    assert [label.description for label in labels] == [
        "This was a painter .",
        "This is a rock band from Ohio.",
        "This is a village.",
    ]


def test_what_a_text_has_in_its_meta_is_kept(run: Run, tmp_path: Path):
    lines = [json.dumps({"text": text, "meta": {"src": "mine"}}) for text in TEXTS]
    texts = write(tmp_path / "texts.jsonl", lines)
    done = run("typed-text", texts, tmp_path / "out.jsonl", "--quiet")
    assert done.exit_code == 0 and done.stderr == ""
    assert {sample.meta["src"] for sample in read_samples(tmp_path / "out.jsonl")} == {"mine"}


def test_texts_that_say_no_type(run: Run, tmp_path: Path):
    texts = write(tmp_path / "texts.txt", ["He ran.", "She left."])
    before = tree(tmp_path)
    done = run("typed-text", texts, tmp_path / "out.jsonl")
    assert done.exit_code == 1
    assert "must say what something is" in done.stderr and "2 texts" in done.stderr
    assert tree(tmp_path) == before


def test_files_must_differ(run: Run, tmp_path: Path):
    texts = write(tmp_path / "texts.jsonl", [json.dumps({"text": TEXTS[0]})])
    for paths in ((texts,), (tmp_path / "out.jsonl", "--schema", texts)):
        done = run("typed-text", texts, *paths)
        assert done.exit_code == 1 and "must be different ones" in done.stderr
