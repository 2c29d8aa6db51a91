"""Annotation of other tools never comes in silently as text without entities."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data import read_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.synthesis.retrieval.corpus_file import read_texts

TEXT = "EU rejects German call"
WORDS = TEXT.split()
GOOD = {"text": "Ada", "spans": [{"start": 0, "end": 3, "label": "PER"}]}
SPAN = {"start": 0, "end": 2, "label": "ORG"}

RECORDS = {
    "doccano": {"id": 1, "text": TEXT, "label": [[0, 2, "ORG"]], "Comments": []},
    "doccano 1.8": {
        "id": 1,
        "text": TEXT,
        "entities": [{"id": 3, "label": "ORG", "start_offset": 0, "end_offset": 2}],
        "relations": [],
    },
    "doccano 1.1": {
        "text": TEXT,
        "annotations": [{"label": 7, "start_offset": 0, "end_offset": 2, "user": 1}],
        "meta": {},
    },
    "label studio, small": {
        "text": TEXT,
        "id": 1,
        "label": [{"start": 0, "end": 2, "text": "EU", "labels": ["ORG"]}],
        "annotator": 1,
    },
    "label studio, csv": {"text": TEXT, "label": '[{"start": 0, "end": 2, "labels": ["ORG"]}]'},
    "label studio": {
        "id": 1,
        "data": {"text": TEXT},
        "annotations": [{"result": [{"value": {"start": 0, "end": 2, "labels": ["ORG"]}}]}],
    },
    "argilla 1": {"text": TEXT, "annotation": [SPAN], "annotation_agent": "me"},
    "argilla prediction": {"text": TEXT, "prediction": [["ORG", 0, 2, 0.9]]},
    "argilla 2": {"text": TEXT, "ner.responses": [[SPAN]], "ner.responses.users": ["u"]},
    "argilla 2 object": {"text": TEXT, "responses": {"ner": [{"value": [SPAN], "user_id": "u"}]}},
    "hugging face": {"id": "0", "tokens": WORDS, "ner_tags": [3, 0, 7, 0]},
    "hugging face names": {"tokens": WORDS, "ner_tags": ["B-ORG", "O", "B-MISC", "O"]},
    "conll2003": {"tokens": WORDS, "pos_tags": [22, 42, 16, 21], "ner_tags": [3, 0, 7, 0]},
    "odd name": {"tokens": WORDS, "y": [3, 0, 7, 0]},
    "tags of words": {"text": TEXT, "xyz": ["B-ORG", "O", "B-MISC", "O"]},
    "tags in a string": {"text": TEXT, "output": "B-ORG O B-MISC O"},
    "brat": {"text": TEXT, "entities": [["T1", "ORG", [[0, 2]]]]},
    "spacy 2": {"text": TEXT, "spans": [], "entities": [[0, 2, "ORG"]]},
    "spacy 3 doc": {"text": TEXT, "ents": [SPAN], "tokens": [{"id": 0, "start": 0, "end": 2}]},
    "spacy json": {"id": 0, "paragraphs": [{"raw": TEXT, "sentences": []}]},
    "gliner": {"tokenized_text": WORDS, "ner": [[0, 0, "org"]]},
    "gliner with text": {"text": TEXT, "tokenized_text": WORDS, "ner": [[0, 0, "org"]]},
    "gate": {"text": TEXT, "entities": {"Org": [{"indices": [0, 2]}]}},
    "gatenlp": {
        "text": TEXT,
        "features": {},
        "annotation_sets": {"": {"annotations": [{"type": "Org", "start": 0, "end": 2}]}},
    },
    "annotation set": {"text": TEXT, "sets": {"a": {"T1": {"type": "ORG", "start": 0, "end": 2}}}},
    "cluener": {"text": TEXT, "label": {"ORG": {"EU": [[0, 1]]}}},
    "surfaces": {"text": TEXT, "entity": [{"text": "EU", "type": "ORG"}]},
    "by label": {"text": TEXT, "entities": {"ORG": ["EU"]}},
    "of a language model": {"text": TEXT, "output": {"entities": {"ORG": ["EU"]}}},
    "tokens with labels": {
        "text": "EU",
        "tokens": [{"text": "EU", "start": 0, "end": 2, "entityLabel": "ORG"}],
    },
    "tokens with tags": {
        "text": "EU a",
        "tokens": [{"start": 0, "end": 2, "t": "B-ORG"}, {"start": 3, "end": 4, "t": "O"}],
    },
}


def write(folder, *records, name="s.jsonl"):
    path = folder / name
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf8")
    return path


@pytest.mark.parametrize("kind", RECORDS)
def test_no_form_is_read_as_unannotated(tmp_path, kind):
    record = RECORDS[kind]
    own = {"id", "text", "tokens", "spans", "meta", "Comments", "relations", "features", "data"}
    with pytest.raises(FewnerError, match=r"s\.jsonl:1\b") as alone:
        read_samples(write(tmp_path, record))
    assert any(f"'{name}'" in str(alone.value) for name in {*record} - own or {"tokens"})
    with pytest.raises(FewnerError, match=r"s\.jsonl:3\b"):
        read_samples(write(tmp_path, GOOD, GOOD, record, GOOD))
    with pytest.raises(FewnerError, match=r"s\.json\[1\]"):
        path = tmp_path / "s.json"
        path.write_text(json.dumps([GOOD, record]), encoding="utf8")
        read_samples(path)


@pytest.mark.parametrize(
    "more",
    [
        {"id": 3, "url": "http://x", "score": 0.5, "label": "news", "annotation_id": 7, "n": None},
        {"metadata": {"source": "x", "page": [1, 2, 3], "authors": ["a", "b"]}},
        {"source": {"file": "x", "start": 100, "end": 400}, "_session_id": "me"},
        {"meta": {"entities": [[0, 2, "ORG"]]}, "cats": {"A": 1.0}},
        {"entities": [], "ner_tags": [], "label": {}, "prediction": None},
        {"keywords": ["trade"], "vector": [0.1, 0.2, 0.3, 0.4]},
    ],
)
def test_what_is_no_annotation_stays_allowed(tmp_path, more):
    for spans in ({}, {"spans": []}):
        sample = read_samples(write(tmp_path, {"text": TEXT, **spans, **more}))[0]
        assert (sample.text, sample.spans) == (TEXT, ())


def test_other_fields_of_records_with_spans_may_stand_beside_none(tmp_path):
    pos = [{"pos": ["X"], "sents": [{"start": 0, "end": 3}]}, {"pos": ["X", "Y", "X", "X"]}]
    records = [{**GOOD, **pos[0]}, {"text": TEXT, "spans": [], **pos[1]}]
    assert len(read_samples(write(tmp_path, *records))) == 2
    with pytest.raises(FewnerError, match="'pos'"):
        read_samples(write(tmp_path, records[1]))
    both = [{**GOOD, "entities": [SPAN]}, {"text": TEXT, "spans": [], "entities": [SPAN]}]
    with pytest.raises(FewnerError, match="'entities'"):
        read_samples(write(tmp_path, *both))


def test_texts_alone_may_have_any_annotation(tmp_path):
    assert read_texts(write(tmp_path, RECORDS["spacy 2"], RECORDS["doccano"])) == [TEXT, TEXT]


def test_one_object_over_several_lines_is_named(tmp_path):
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"classes": ["ORG"], "annotations": [[TEXT, {}]]}, indent=1))
    with pytest.raises(FewnerError, match="one object with 'classes', 'annotations'"):
        read_samples(path)


NAMES = st.text(min_size=1, max_size=8).filter(
    lambda name: name not in ("text", "spans", "tokens", "cats", "meta", "weight", "answer")
)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


@settings(max_examples=200, deadline=None)
@given(
    name=NAMES,
    items=st.lists(st.dictionaries(st.text(max_size=5), SCALARS), min_size=1, max_size=3),
    spans=st.sampled_from([{}, {"spans": []}, {"spans": None}]),
)
def test_no_list_of_objects_is_passed_over(tmp_path_factory, name, items, spans):
    path = write(tmp_path_factory.mktemp("f"), {"text": TEXT, **spans, name: items})
    with pytest.raises(FewnerError, match="annotation must be in 'spans'"):
        read_samples(path)


@settings(max_examples=200, deadline=None)
@given(
    name=NAMES,
    tags=st.lists(st.text(max_size=5) | st.integers(), min_size=1, max_size=6),
)
def test_no_list_parallel_to_the_tokens_is_passed_over(tmp_path_factory, name, tags):
    record = {"tokens": ["w"] * len(tags), name: tags}
    with pytest.raises(FewnerError, match="annotation must be in 'spans'"):
        read_samples(write(tmp_path_factory.mktemp("f"), record))
