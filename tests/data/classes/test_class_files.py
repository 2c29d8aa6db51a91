"""Classes of texts through JSONL and DocBin, beside spans and alone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from spacy_fewner.cascade.rows.geic import write_geic
from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.data.given import as_samples
from spacy_fewner.data.losses import not_kept
from spacy_fewner.errors import FewnerError, FewnerWarning
from spacy_fewner.types import CharSpan, Sample


def jsonl(folder: Path, *records: dict) -> Path:
    path = folder / "s.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf8")
    return path


@pytest.mark.parametrize(
    ("fields", "cats"),
    [
        ({"cats": "a"}, {"a": 1.0}),
        ({"cats": ["a", "b"]}, {"a": 1.0, "b": 1.0}),
        ({"cats": {"a": 0.3, "b": True}}, {"a": 0.3, "b": 1.0}),
        ({"label": "a"}, {"a": 1.0}),
        ({"label": "two words"}, {"two words": 1.0}),
        ({"labels": ["a", "b"]}, {"a": 1.0, "b": 1.0}),
        ({"label": "B-flat"}, {"B-flat": 1.0}),
        ({"label": "", "n": 1}, {}),
        ({"labels": None}, {}),
        ({"cats": {}}, {}),
    ],
)
def test_forms_of_classes(tmp_path: Path, fields: dict, cats: dict):
    path = jsonl(tmp_path, {"text": "some text", **fields})
    (sample,) = read_samples(path)
    assert sample.cats == cats and not sample.spans_annotated
    assert as_samples([{"text": "some text", **fields}], "samples") == [sample]
    write_samples([sample], tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == path.read_text()
    assert read_samples(path, texts_only=True)[0].cats == cats


def test_a_text_with_classes_says_nothing_of_spans_unless_it_has_the_field(tmp_path: Path):
    path = jsonl(
        tmp_path,
        {"text": "Ada left", "spans": [{"start": 0, "end": 3, "label": "PER"}], "cats": "move"},
        {"text": "All left", "spans": [], "cats": "move"},
        {"text": "Leaving", "cats": "move"},
        {"text": "Bo is here", "spans": [{"start": 0, "end": 2, "label": "PER"}]},
        {"text": "Nobody", "spans": []},
        {"text": "Plain"},
    )
    samples = read_samples(path)
    assert [s.spans_annotated for s in samples] == [True, True, False, True, True, True]
    assert [bool(s.cats) for s in samples] == [True, True, True, False, False, False]
    for name in ("out.jsonl", "out.json", "out.spacy"):
        write_samples(samples, tmp_path / name)
        again = read_samples(tmp_path / name)
        assert [replace(s, tokens=None) for s in again] == samples
        write_samples(again[1:], tmp_path / name)  # as they were read
        assert read_samples(tmp_path / name) == again[1:]


def test_label_beside_spans_is_left_alone(tmp_path: Path):
    spans = [{"start": 0, "end": 3, "label": "PER"}]
    record = {"text": "Ada left", "spans": spans, "label": "news", "labels": 3}
    assert read_samples(jsonl(tmp_path, record))[0].cats == {}


def test_classes_that_change_stay_readable(tmp_path: Path):
    path = jsonl(tmp_path, {"id": 1, "text": "Ada left", "label": "move"})
    (sample,) = read_samples(path)
    assert not_kept([sample], "spacy") == "not kept in a DocBin: id 1"
    for changed in (
        replace(sample, cats={"stay": 0.5}),
        replace(sample, spans=(CharSpan(0, 3, "PER"),)),
        replace(sample, spans_annotated=True),
        replace(sample, cats={}),
    ):
        write_samples([changed], tmp_path / "out.jsonl")
        assert read_samples(tmp_path / "out.jsonl") == [changed]
        assert json.loads((tmp_path / "out.jsonl").read_text())["id"] == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"label": 3}, "s.jsonl:1 label: classes must have names; got 3"),
        ({"labels": [0, 1, 1]}, "classes must have names"),
        ({"label": [[0, 3, "PER"]]}, "annotation must be in 'spans'"),
        ({"label": "[[0, 3, 4]]"}, "annotation must be in 'spans'"),
        ({"labels": ["B-PER", "O"]}, "annotation must be in 'spans'"),
        ({"tokens": ["Ada", "left"], "labels": ["PER", "X"]}, "annotation must be in 'spans'"),
        ({"cats": {"a": 1.5}}, "between 0 and 1"),
        ({"cats": {"a": "x"}}, "between 0 and 1"),
        ({"cats": [1]}, "must be labels with scores"),
        ({"cats": " "}, "classes must have a name"),
        ({"cats": {"a": 1, "a ": 0}}, "a class must be given once"),
    ],
)
def test_what_is_no_class_is_an_error(tmp_path: Path, fields: dict, says: str):
    path = jsonl(tmp_path, {"text": "Ada left", **fields}, {"text": "b", "label": "c"})
    with pytest.raises(FewnerError) as caught:
        read_samples(path)
    assert says in str(caught.value)


def test_texts_alone_are_read_whatever_their_label_is(tmp_path: Path):
    path = jsonl(tmp_path, {"text": "Ada left", "label": 3})
    (sample,) = read_samples(path, texts_only=True)
    write_samples([replace(sample, spans=(CharSpan(0, 3, "PER"),))], path)
    assert json.loads(path.read_text())["label"] == 3


def test_spaces_around_names_are_left_out_and_said(tmp_path: Path):
    path = jsonl(tmp_path, {"text": "a", "cats": {" x": 1}}, {"text": "b", "label": "x "})
    with pytest.warns(FewnerWarning, match="2 names of classes without the spaces"):
        samples = read_samples(path)
    assert [sample.cats for sample in samples] == [{"x": 1.0}, {"x": 1.0}]
    write_samples(samples, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == path.read_text()


def test_docs_of_spacys_textcat(tmp_path: Path):
    nlp, path = spacy.blank("en"), tmp_path / "in.spacy"
    docs = [nlp("Good day"), nlp("Bye now"), nlp("Nothing")]
    docs[0].cats, docs[1].cats = {"hello": 1.0, "bye": 0.0}, {"hello": 0.0, " bye": 1.0}
    DocBin(docs=docs).to_disk(path)
    with pytest.warns(FewnerWarning, match="' bye'"):
        samples = read_samples(path)
    assert [s.cats for s in samples] == [{"hello": 1, "bye": 0}, {"hello": 0, "bye": 1}, {}]
    assert [s.spans_annotated for s in samples] == [False, False, True]
    docs[0].ents = []
    DocBin(docs=docs).to_disk(path)
    with pytest.warns(FewnerWarning):
        samples = read_samples(path)
    assert samples[0].spans_annotated  # O for each token


def test_spans_that_are_put_into_a_doc_or_taken_away(tmp_path: Path):
    path = tmp_path / "s.spacy"
    both = [Sample("Ada left", (CharSpan(0, 3, "PER"),), cats={"a": 1.0})]
    write_samples([*both, Sample("Bo left", cats={"a": 1.0}, spans_annotated=False)], path)
    first, second = read_samples(path)
    assert not second.spans_annotated
    changed = [
        replace(first, spans=(), spans_annotated=False),
        replace(second, spans_annotated=True),
    ]
    write_samples(changed, path)
    assert read_samples(path) == changed


def test_columns_cannot_hold_a_text_without_annotated_spans(tmp_path: Path):
    samples = [
        Sample("Ada", (CharSpan(0, 3, "P"),)),
        Sample("b", cats={"x": 1.0}, spans_annotated=False),
    ]
    with pytest.raises(FewnerError, match=r"samples\[1\]: CoNLL cannot hold"):
        write_samples(samples, tmp_path / "s.conll")
    with pytest.raises(FewnerError, match="GEIC cannot hold"):
        write_geic(samples, tmp_path / "s.json")
    assert list(tmp_path.iterdir()) == []


def test_label_and_cats_that_disagree_are_an_error(tmp_path: Path):
    path = jsonl(tmp_path, {"text": "some text", "label": "a", "cats": "b"})
    with pytest.raises(FewnerError, match="'a' beside cats with b"):
        read_samples(path)
    agreeing = jsonl(tmp_path, {"text": "some text", "label": "b", "cats": {"a": 0, "b": 1}})
    assert read_samples(agreeing)[0].cats == {"a": 0.0, "b": 1.0}
