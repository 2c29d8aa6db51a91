"""Catch-alls, seen and unseen labels, each apart."""

import pytest

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation.label_parts import label_parts
from spacy_fewner.types import LabelSpec

LABELS = [
    LabelSpec("MISC"),
    LabelSpec("person/other"),
    LabelSpec("field_athletes"),
    LabelSpec("place", synonyms=("Location",)),
    LabelSpec("mother"),
]
IDS = tuple(label.id for label in LABELS)


def test_catch_alls_by_their_names():
    assert label_parts(LABELS) == {
        "all labels": IDS,
        "without catch-alls": IDS[2:],
        "catch-alls": IDS[:2],
    }
    assert label_parts(LABELS[2:]) == {"all labels": IDS[2:]}


def test_catch_alls_as_told():
    parts = label_parts(LABELS, ["mother"])
    assert parts["catch-alls"] == ("mother",) and parts["without catch-alls"] == IDS[:4]
    with pytest.raises(FewnerError, match="leave_out: must be labels that are scored; got father"):
        label_parts(LABELS, ["father"])


def test_seen_by_any_name_but_for_case_and_number():
    parts = label_parts(LABELS, seen=["Field-Athlete", "location", "misc"])
    assert parts["seen names"] == ("field_athletes", "place")
    assert parts["unseen names"] == ("mother",)
    assert "seen names" not in label_parts(LABELS, seen=[])
    assert label_parts(LABELS, seen=[])["unseen names"] == IDS[2:]
