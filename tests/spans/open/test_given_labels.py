"""Labels in every form that a user may give them in, and forms that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.open.given import as_records, as_schema
from spacy_fewner.spans.open.texts import name_in_words, texts_of
from spacy_fewner.types import LabelSpec, Schema

NAMES = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8).filter(
        lambda name: "${" not in name  # refused, as no config can hold it
    ),
    min_size=1,
    max_size=5,
    unique=True,
)


@given(NAMES, st.text(max_size=20))
def test_every_form_says_the_same(names, definition):
    schema = Schema(tuple(LabelSpec(name, definition) for name in names))
    assert as_schema("labels", dict.fromkeys(names, definition)) == schema
    assert as_schema("labels", as_records(schema)) == schema
    assert as_schema("labels", list(schema)) == schema
    assert as_schema("labels", schema) is schema
    assert as_schema("labels", names).ids == schema.ids


def test_a_file_and_names_with_commas(tmp_path):
    file = tmp_path / "labels.jsonl"
    file.write_text('{"id": "pipe", "description": "A pipe.", "synonyms": ["flue"]}\n', "utf8")
    assert as_schema("labels", file) == Schema((LabelSpec("pipe", "A pipe.", (), ("flue",)),))
    assert as_schema("labels", "pipe, stop").ids == ("pipe", "stop")


@pytest.mark.parametrize(
    "value, said",
    [
        ([], "must name a label"),
        ({}, "must name a label"),
        ("", "must name a label"),
        (["person", "person"], "must be unique"),
        (["person", " "], "must have a name"),
        (["person", 7], "must have a name"),
        ({"person": 7}, "must be a text"),
        ([{"description": "no id"}], "must have an 'id'"),
        (7, "must be labels"),
    ],
)
def test_bad_labels_are_named(value, said):
    with pytest.raises(FewnerError, match=said):
        as_schema("labels", value)


@pytest.mark.parametrize(
    "label, words",
    [
        ("SportsTeam", "sports team"),
        ("sports_team", "sports team"),
        ("org/sports-team", "sports team"),
        ("GPELocation", "gpe location"),
        ("DNA", "dna"),
        ("人名", "人名"),
        ("шляхта", "шляхта"),
        ("%", "%"),
    ],
)
def test_names_in_words(label, words):
    assert name_in_words(label) == words


@given(st.text(min_size=1).filter(str.strip))
def test_every_label_has_a_text(label):
    assert all(text.strip() for text in texts_of(LabelSpec(label)))


def test_texts_are_names_alone_and_the_definition():
    label = LabelSpec("sports_team", "A club that plays.", (), ("club", "SportsTeam"))
    assert texts_of(label) == ["sports team", "club", "sports team: A club that plays."]
