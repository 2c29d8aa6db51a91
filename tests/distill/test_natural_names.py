"""What labels are called in questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.data.trees.paths import key
from spacy_fewner.distill.rows.natural_names import natural_name, natural_names
from spacy_fewner.types import LabelSpec


@pytest.mark.parametrize(
    "label, synonyms, name",
    [
        ("field_athlete", (), "field athlete"),
        ("SportsTeam", ("club",), "sports team"),
        ("PER", (), "person"),
        ("MISC", (), "miscellaneous"),
        ("misc", ("other names",), "other names"),
        ("PER", ("HUM", "human being"), "human being"),
        ("DNA", (), "dna"),
        ("person/field-athlete", (), "field athlete"),
        ("A band, or a duo", (), "A band, or a duo"),
        ("组织", (), "组织"),
        ("!!", (), "!!"),
    ],
)
def test_natural_name(label: str, synonyms: tuple[str, ...], name: str):
    assert natural_name(LabelSpec(label, synonyms=synonyms)) == name


def test_labels_of_one_name_are_told_apart():
    labels = ["person/other", "place/other", "city", "City", "City 2", "other/other"]
    assert natural_names(map(LabelSpec, labels)) == {
        "person/other": "person other",
        "place/other": "place other",
        "city": "city",
        "City": "city 3",
        "City 2": "City 2",
        "other/other": "other other",
    }


@given(labels=st.lists(st.text(min_size=1, max_size=4), unique=True, max_size=12))
def test_no_two_labels_have_one_name(labels: list[str]):
    names = natural_names(map(LabelSpec, labels))
    assert list(names) == labels
    assert len({key(name) for name in names.values()}) == len(labels)
