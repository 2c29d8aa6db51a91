"""Samples as callers give them: dicts, Docs and Examples are read as files are."""

import pytest
import spacy
from spacy.training import Example

import spacy_fewner
from spacy_fewner.data import audit, folds, k_shot, read_jsonl, write_jsonl, write_samples
from spacy_fewner.data.given import as_samples
from spacy_fewner.errors import FewnerError, FewnerWarning
from spacy_fewner.types import CharSpan, Sample

SPAN = {"start": 0, "end": 3, "label": "PER"}
DICT = {"text": "Ada left", "spans": [SPAN]}
SAMPLE = Sample("Ada left", (CharSpan(0, 3, "PER"),))


def test_both_forms_of_a_line_and_tuples_for_lists():
    tokens = {"tokens": ("Ada", "left"), "spans": ({**SPAN, "end": 1},)}
    assert as_samples([DICT, SAMPLE], "examples") == [SAMPLE, SAMPLE]
    assert as_samples([tokens], "examples")[0].spans == SAMPLE.spans


def test_docs_and_examples():
    doc = spacy.blank("en")("Ada left")
    doc.ents = [doc.char_span(0, 3, "PER")]
    example = Example(doc.copy(), doc)
    assert [one.spans for one in as_samples([doc, example], "x")] == [SAMPLE.spans] * 2
    doc.ents, doc.spans["other"] = [], [doc[0:1]]
    with pytest.raises(FewnerError, match=r"spans_key: must be a key of x.0.; got sc"):
        as_samples([doc], "x")


def test_what_is_left_out_is_counted(tmp_path):
    given = [DICT, {**DICT, "answer": "reject"}, {**DICT, "answer": "accept"}]
    with pytest.warns(FewnerWarning, match="examples: 1 of 3 records left out.*: 1 reject"):
        assert len(as_samples(given, "examples")) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([DICT, {"text": "A", "spans": [SPAN]}], r"examples\[1\] spans\[0\]: must lie in"),
        ([DICT, ("Ada", {"entities": []})], r"examples\[1\]: must be an annotated text"),
        ([Sample("Ada", ((0, 3, "PER"),))], r"examples\[0\].spans\[0\]: must be a CharSpan"),
        ([Sample(3)], r"examples\[0\].text: must be a string"),
        ([None], r"examples\[0\]: must be an annotated text"),
        (DICT, "examples: must be a list of samples"),
        ("a.jsonl", "examples: must be a list of samples"),
        (3, "examples: must be a list of samples"),
    ],
)
def test_errors_say_which_item(given, message):
    with pytest.raises(FewnerError, match=message):
        as_samples(given, "examples")


def test_dicts_wherever_a_list_is_taken(tmp_path):
    many = [{**DICT, "text": f"Ada left {n}"} for n in range(4)]
    assert audit(many, against={"dev": many}).label_counts["PER"] == 4
    assert len(k_shot(many, 2)) == 2 and len(folds(many, 2)) == 2
    write_jsonl(many, tmp_path / "a.jsonl")
    write_samples(many, tmp_path / "a.spacy")
    write_samples(many, tmp_path / "a.conll")
    assert read_jsonl(tmp_path / "a.jsonl") == as_samples(many, "many")


def test_fit_takes_dicts_for_examples_dev_and_held_out(tmp_path):
    many = [
        {"text": f"Ada left Rome {n}", "spans": [SPAN, {"start": 9, "end": 13, "label": "LOC"}]}
        for n in range(4)
    ]
    small = {"encoder": "cnn", "folds": 2, "epochs": 1, "min_steps": 2, "curve": ()}
    dev = [{**one, "text": one["text"] + " then"} for one in many]
    held_out = {"test": dev}
    result = spacy_fewner.fit(
        many, tmp_path / "out", dev=dev, held_out=held_out, progress=False, **small
    )
    assert result.model.is_dir()
    with pytest.raises(FewnerError, match=r"dev\[0\]"):
        spacy_fewner.fit(many, tmp_path / "other", dev=[1], progress=False, **small)
