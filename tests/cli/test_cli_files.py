"""convert, sample, split and audit."""

import json
from collections import Counter
from pathlib import Path

import pytest
from cli_helpers import ORGAN, RECORDS, Run, tree, write_records
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from spacy_fewner.data import read_samples


def contents(path: Path) -> list[tuple]:
    return [(sample.text, tuple(sorted(sample.spans))) for sample in read_samples(path)]


@pytest.mark.parametrize("suffix", ["json", "conll", "spacy"])
def test_convert_there_and_back(run: Run, examples: Path, tmp_path: Path, suffix: str):
    there, back = tmp_path / f"there.{suffix}", tmp_path / "back.jsonl"
    assert run("convert", examples, there).exit_code == 0
    assert run("convert", there, back).exit_code == 0
    assert contents(back) == contents(examples)


def test_convert_by_named_formats_with_a_joiner(run: Run, tmp_path: Path):
    source, out = tmp_path / "zh.columns", tmp_path / "zh.out"
    source.write_text("东\tB-LOC\n京\tI-LOC\n好\tO\n", encoding="utf8")
    done = run("convert", source, out, "--from", "conll", "--to", "jsonl", "--joiner", "")
    assert done.exit_code == 0
    (sample,) = read_samples(out, "jsonl")
    assert sample.text == "东京好"
    assert [span.surface(sample.text) for span in sample.spans] == ["东京"]


def test_convert_refuses_what_the_format_cannot_hold(run: Run, tmp_path: Path):
    nested = {"text": "Ada Bo", "spans": [(0, 6, "PER"), (0, 3, "PER")]}
    source = write_records(tmp_path / "nested.jsonl", [nested])
    before = tree(tmp_path)
    done = run("convert", source, tmp_path / "out.conll")
    assert done.exit_code == 1
    assert "neither nested nor crossing" in done.stderr
    assert tree(tmp_path) == before


def test_convert_does_not_overwrite_its_source(run: Run, examples: Path):
    before = examples.read_bytes()
    done = run("convert", examples, examples)
    assert done.exit_code == 1
    assert "must be different ones" in done.stderr
    assert examples.read_bytes() == before


def test_sample_by_shots(run: Run, tmp_path: Path):
    small, large = tmp_path / "two.jsonl", tmp_path / "five.jsonl"
    assert run("sample", ORGAN / "train.jsonl", small, "--shots", 2, "--seed", 3).exit_code == 0
    assert run("sample", ORGAN / "train.jsonl", large, "--shots", 5, "--seed", 3).exit_code == 0
    counts = Counter(span.label for sample in read_samples(small) for span in sample.spans)
    assert len(counts) == 7
    assert min(counts.values()) >= 2
    assert contents(large)[: len(contents(small))] == contents(small)


def test_sample_by_size(run: Run, tmp_path: Path):
    out, even = tmp_path / "ten.jsonl", tmp_path / "even.jsonl"
    assert run("sample", ORGAN / "train.jsonl", out, "--size", 10).exit_code == 0
    assert len(read_samples(out)) == 10
    done = run("sample", ORGAN / "train.jsonl", even, "--size", 14, "--stratified")
    assert done.exit_code == 0
    labels = {span.label for sample in read_samples(even) for span in sample.spans}
    assert len(labels) == 7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "one of them must be given"),
        (["--shots", 2, "--size", 2], "one of them must be given"),
        (["--shots", 2, "--stratified"], "needs a size"),
        (["--shots", 9], "every label needs 9 spans"),
        (["--size", 5], "must be from 1 to 4"),
    ],
)
def test_sample_says_what_is_wrong(
    run: Run, examples: Path, tmp_path: Path, options: list, message: str
):
    before = tree(tmp_path)
    done = run("sample", examples, tmp_path / "out.jsonl", *options)
    assert done.exit_code == 1
    assert message in done.stderr
    assert tree(tmp_path) == before


def test_split_keeps_every_example_once(run: Run, tmp_path: Path):
    train, dev = tmp_path / "train.jsonl", tmp_path / "dev.jsonl"
    assert run("split", ORGAN / "train.jsonl", train, dev, "--fraction", 0.25).exit_code == 0
    assert sorted(contents(train) + contents(dev)) == sorted(contents(ORGAN / "train.jsonl"))
    assert len(contents(dev)) == 11


def test_split_writes_both_files_or_none(run: Run, tmp_path: Path):
    before = tree(tmp_path)
    done = run("split", ORGAN / "train.jsonl", tmp_path / "train.jsonl", tmp_path / "dev.conll")
    assert done.exit_code == 1
    assert tree(tmp_path) == before


def test_audit_prints_a_table(run: Run, examples: Path):
    done = run("audit", examples, "--against", f"itself={examples}", "--labels", "PER,LOC")
    assert done.exit_code == 0
    assert "4 examples, 7 spans, 2 labels: 0 errors, 4 warnings" in done.stdout
    assert "itself example 2" in done.stdout


def test_audit_exits_with_1_on_errors(run: Run, tmp_path: Path):
    crossing = {"text": "Ada Bo Cy", "spans": [(0, 6, "PER"), (4, 9, "PER"), (0, 3, "LOC")]}
    path = write_records(tmp_path / "crossing.jsonl", [*RECORDS, crossing])
    assert run("audit", path).exit_code == 0
    done = run("audit", path, "--flat")
    assert done.exit_code == 1
    assert "overlapping spans" in done.stdout
    assert done.stderr == ""


def test_labels_from_a_schema_file(run: Run, tmp_path: Path):
    done = run("audit", ORGAN / "train.jsonl", "--labels", ORGAN / "schema.jsonl")
    assert done.exit_code == 0
    schema = tmp_path / "schema.jsonl"
    schema.write_text('{"id": "STOP"}\n', encoding="utf8")
    done = run("audit", ORGAN / "train.jsonl", "--labels", schema)
    assert done.exit_code == 1
    assert "unknown label" in done.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("STOP", "schema.jsonl:1: a label must be a JSON object"),
        ('{"id": "A"}\n{"name": "B"}', "schema.jsonl:2: a label must have an 'id'"),
        ('{"id": "A"}\n{"id": "A"}', "labels: label ids must be unique"),
        ("", "must hold examples"),
    ],
)
def test_bad_schema_files(run: Run, examples: Path, tmp_path: Path, content: str, message: str):
    schema = tmp_path / "schema.jsonl"
    schema.write_text(content, encoding="utf8")
    done = run("audit", examples, "--labels", schema)
    assert done.exit_code == 1
    assert message in done.stderr


def test_fields_of_a_record_are_kept_or_counted(run: Run, tmp_path: Path):
    lines = [
        json.dumps({"id": n, "url": "u", "text": f"Ada {n}", "spans": [
            {"end": 3, "start": 0, "label": "PER", "kb": "Q7"}]}) for n in range(4)
    ]  # fmt: skip
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf8")
    for args in (["convert", source, out], ["sample", source, out, "--size", 2],
                 ["split", source, out, tmp_path / "dev.jsonl", "--fraction", 0.5]):  # fmt: skip
        done = run(*args)
        assert done.exit_code == 0 and done.stderr == ""
        assert set(out.read_text(encoding="utf8").splitlines()) <= set(lines)
    done = run("convert", source, tmp_path / "out.conll")
    assert done.stderr == "not kept in CoNLL: id 4, url 4, kb of spans 4\n"


def test_convert_writes_no_span_that_cannot_be_read(run: Run, tmp_path: Path):
    doc = Doc(Vocab(), words=["Acme", "hired"])
    doc.spans["sc"] = [Span(doc, 0, 1)]  # as a span_finder writes them
    source = tmp_path / "in.spacy"
    DocBin(docs=[doc]).to_disk(source)
    before = tree(tmp_path)
    for name in ("out.jsonl", "out.json", "out.conll", "out.geic"):
        done = run("convert", source, tmp_path / name, *_to(name))
        assert done.exit_code == 1
        assert "Error: samples" in done.stderr and "got . " not in done.stderr
        assert tree(tmp_path) == before
    assert run("convert", source, tmp_path / "out.spacy").exit_code == 0
    done = run("audit", source)
    assert done.exit_code == 1 and "spans must have a label" not in done.stderr
    assert "no label" in done.stdout


def _to(name: str) -> list[str]:
    return ["--to", "geic"] if name.endswith("geic") else []


def test_audit_names_the_layer_that_has_the_spans(run: Run, tmp_path: Path):
    doc = Doc(Vocab(), words=["Acme", "hired"])
    doc.spans["sc"], doc.ents = [], [Span(doc, 0, 1, "ORG")]
    DocBin(docs=[doc] * 2).to_disk(tmp_path / "in.spacy")
    done = run("audit", tmp_path / "in.spacy")
    assert done.exit_code == 1
    assert "2 docs, 2 with 2 spans in doc.ents only" in done.stderr
    assert (
        "2 examples, 2 spans" in run("audit", tmp_path / "in.spacy", "--spans-key", "ents").stdout
    )
