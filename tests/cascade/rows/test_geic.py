"""The format of CascadeNER's data."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.cascade.rows.geic import read_geic, write_geic
from spacy_fewner.data import read_samples
from spacy_fewner.data.trees.file import read_tree
from spacy_fewner.data.trees.labels import to_tree
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

ANYTHING = Path(__file__).parents[3] / "assets" / "anythingner" / "schema.yaml"
TREE = LabelTree(
    Schema(tuple(map(LabelSpec, ["person", "person/other", "place", "place/other", "place/city"])))
)


def read(tmp_path, sentence: str, entities: list, categories: list, tree=None, **more):
    path = tmp_path / "geic.json"
    purpose = more.pop("purpose", "inference")
    record = {"sentence": sentence, "entity": entities, "category": categories, **more}
    path.write_text(json.dumps({"sentence1": record}), encoding="utf8")
    found = read_geic(path, tree, purpose=purpose)
    spans = [span for sample in found.samples for span in sample.spans]
    return (
        [(span.start, span.surface(sentence), span.label) for span in spans],
        [(one.reason, one.meta.get("entity")) for one in found.rejects],
    )


def test_repeats_are_successive_occurrences(tmp_path):
    text = "US and RUSSIA , US and Rome , US"
    assert read(tmp_path, text, ["US", "US", "Rome", "US"], ["a", "b", "c", "d"]) == (
        [(0, "US", "a"), (16, "US", "b"), (23, "Rome", "c"), (30, "US", "d")], [],
    )  # fmt: skip
    assert read(tmp_path, text, ["RUSSIA", "US"], ["a", "b"]) == (
        [(7, "RUSSIA", "a"), (16, "US", "b")], [],
    )  # fmt: skip


def test_what_is_not_found_is_reported(tmp_path):
    found = read(tmp_path, "Ann ran", ["Bob", "Ann", "Ann"], ["a", "b", "b"])
    assert found == ([(0, "Ann", "b")], [("not in the text", "Bob"), ("fewer than listed", "Ann")])
    strict = read(tmp_path, "Ann ran", ["Bob", "Ann"], ["a", "b"], purpose="training")
    assert strict == ([], [("not in the text", "Bob")])
    spare = read(tmp_path, "Ann ran", ["Ann", "Ann"], ["b", "b"], purpose="training")
    assert spare == ([(0, "Ann", "b")], [("fewer than listed", "Ann")])


def test_categories_are_looked_up_in_a_tree(tmp_path):
    text = "Rome , Rome and Ann"
    found = read(tmp_path, text, ["Rome", "Rome", "Ann"], ["town", "City", "person/other"], TREE)
    # The first Rome is lost, and the second stays the second.
    assert found == (
        [(7, "Rome", "place/city"), (16, "Ann", "person/other")],
        [("label not in the tree", "Rome")],
    )
    several = [("label may be several of the tree", "Ann")]
    assert read(tmp_path, text, ["Ann"], ["other"], TREE)[1] == several


@pytest.mark.parametrize(
    "record",
    [
        [],
        {},
        {"sentence": 1, "entity": [], "category": []},
        {"sentence": " ", "entity": [], "category": []},
        {"sentence": "a", "entity": ["a"], "category": []},
        {"sentence": "a", "entity": "a", "category": "b"},
        {"sentence": "a", "entity": [["a"]], "category": ["b"]},
        {"sentence": "a \ud800", "entity": [], "category": []},
    ],
)
def test_bad_records_are_turned_away(tmp_path, record):
    path = tmp_path / "geic.json"
    good = {"sentence": "Ann", "entity": [], "category": []}
    path.write_text(json.dumps({"s1": record, "s2": good}), encoding="utf8")
    found = read_geic(path)
    assert [sample.meta["id"] for sample in found.samples] == ["s2"]
    assert [(one.reason, one.meta["id"]) for one in found.rejects] == [("not a GEIC record", "s1")]


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"s": 1, "s": 2}', "[" * 100_000])
def test_bad_files_are_refused(tmp_path, text):
    path = tmp_path / "geic.json"
    path.write_text(text, encoding="utf8")
    with pytest.raises(FewnerError):
        read_geic(path)


@pytest.mark.parametrize("offset", [[], [[0, 4]], [[4, 7]], [["0", 3]], [3], 3, [[-8, 3]]])
def test_offsets_that_hold_something_else(tmp_path, offset):
    found = read(tmp_path, "Ann ran.", ["Ann"], ["a"], offset=offset)
    assert found == ([], [("offset does not hold the entity", "Ann")])


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    text = "x" + draw(st.text(st.sampled_from("ab US京é\n\u2028"), max_size=20))
    spans = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text) - 1))
        label = draw(st.sampled_from(["person/other", "place/city", "place"]))
        spans.append(CharSpan(start, draw(st.integers(start + 1, len(text))), label))
    return Sample(text, tuple(sorted(set(spans))))


@settings(deadline=None)
@given(
    given_samples=st.lists(samples(), min_size=1, max_size=3), tree=st.sampled_from([None, TREE])
)
def test_round_trip(tmp_path_factory, given_samples, tree):
    path = tmp_path_factory.mktemp("geic") / "geic.json"
    write_geic(given_samples, path, tree)
    found = read_geic(path, tree, purpose="training")
    assert not found.rejects
    assert [(one.text, sorted(one.spans)) for one in found.samples] == [
        (one.text, list(one.spans)) for one in given_samples
    ]


def test_names_are_written_where_they_are_enough(tmp_path):
    labels = ["place/city", "place/other", "place"]
    write_geic([Sample("Rome", tuple(CharSpan(0, 4, one) for one in labels))], tmp_path / "g", TREE)
    record = json.loads((tmp_path / "g").read_text("utf8"))["sentence1"]
    assert record["category"] == ["place", "city", "place/other"]
    with pytest.raises(FewnerError, match="Unicode"):
        write_geic([Sample("\ud800")], tmp_path / "g")


def test_the_published_examples(tmp_path, published):
    """The annotation JSONL keeps each entity list as published; its spans are on whole tokens."""
    source = published("anythingner_example/train.jsonl")
    tree, known = read_tree(ANYTHING), read_samples(source)
    records = {
        sample.meta["id"]: {
            "sentence": sample.text,
            "entity": [surface for surface, _ in sample.meta["char_entities"]],
            "category": [category for _, category in sample.meta["char_entities"]],
        }
        for sample in known
        if "char_entities" in sample.meta
    }
    path = tmp_path / "geic.json"
    path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf8")
    found = read_geic(path, tree)
    assert len(found.samples) == len(records) > 600
    expected = {sample.meta["id"]: set(sample.spans) for sample in to_tree(known, tree)}
    total = sum(len(sample.spans) for sample in found.samples)
    same = sum(len(expected[one.meta["id"]] & set(one.spans)) for one in found.samples)
    assert len(found.rejects) <= 3
    assert same > 0.97 * total
