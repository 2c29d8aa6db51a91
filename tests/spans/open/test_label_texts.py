"""What is read of a label, and labels as users give them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_bases import write_tiny_base

from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.open.given import as_schema
from spacy_fewner.spans.open.texts import name_in_words, texts_of
from spacy_fewner.spans.open.vectors import label_vectors
from spacy_fewner.types import LabelSpec


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("SportsTeam", "sports team"),
        ("sports_team", "sports team"),
        ("org/sports-team", "sports team"),
        ("PER", "per"),
        ("人物", "人物"),
        ("हिन्दी_शहर", "हिन्दी शहर"),
        ("مدینه‌ها", "مدینه‌ها"),
        ("МестоРождения", "месторождения"),
        ("§§", "§§"),
    ],
)
def test_names_in_words(label: str, words: str):
    assert name_in_words(label) == words


@given(st.text(min_size=1).filter(str.strip))
def test_every_label_has_a_name(label: str):
    assert name_in_words(label).strip()


def test_texts_of_a_label():
    spec = LabelSpec("SportsTeam", " Who play. ", (), ("club", " ", "sports team"))
    assert texts_of(spec) == ["sports team", "club", "sports team: Who play."]
    assert texts_of(LabelSpec("club")) == ["club"]


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([], "must name a label"),
        ({}, "must name a label"),
        ("", "must name a label"),
        (["city", "city"], "label ids must be unique; got city"),
        ([{"id": "city"}, {"id": "city", "description": "Other."}], "label ids must be unique"),
        ("city,city", "label ids must be unique"),
        ([" "], "a label must have a name"),
        ([3], "a label must have a name"),
        ({"city": 3}, "what a label means must be a text"),
        (3, "must be labels"),
    ],
)
def test_labels_that_are_none(labels: object, says: str):
    with pytest.raises(FewnerError, match=says):
        as_schema("labels", labels)


def test_vectors_of_any_script_and_length(tmp_path):
    base = write_tiny_base(tmp_path / "base")
    long = "She met him in June . " * 1700
    specs = [
        LabelSpec("人物"),
        LabelSpec("city"),
        LabelSpec("city2", long),
        LabelSpec("city2", "x"),
    ]
    vectors = label_vectors(specs, base)
    assert vectors.shape == (4, 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.abs(vectors[2] - vectors[3]).max() > 1e-3
    again = label_vectors(specs[1:2], base)
    np.testing.assert_allclose(again[0], vectors[1], atol=1e-5)
