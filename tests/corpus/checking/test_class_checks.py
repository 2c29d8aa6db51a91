"""Classes of synthetic texts: of the schema, as many as may be, and not contradicted by a model."""

import pytest

from spacy_fewner.corpus.checking.chain import Outcome
from spacy_fewner.corpus.checking.class_checks import (
    ClassAgreementCheck,
    ClassCheck,
    OtherClassCheck,
)
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import LabelSpec, Reject, Sample, Schema

SCHEMA = Schema(
    (LabelSpec("repair"), LabelSpec("work/tuning", synonyms=("voicing",)), LabelSpec("work"))
)


def one(cats: dict[str, float], *, exclusive: bool = True, text: str = "Some text.") -> Outcome:
    (found,) = ClassCheck(SCHEMA, exclusive)([Sample(text, cats=cats)])
    return found


@pytest.mark.parametrize(
    ("cats", "read"),
    [
        ({"repair": 1.0}, {"repair": 1.0}),
        ({"Repair": 0.8}, {"repair": 0.8}),
        ({"Voicing": 1.0}, {"work/tuning": 1.0}),
        ({"work": 1.0, "work/tuning": 1.0}, {"work": 1.0, "work/tuning": 1.0}),
        ({"repair": 1.0, "paint": 0.0}, {"repair": 1.0}),
        ({"repair": 0.7, "work": 0.3}, {"repair": 0.7, "work": 0.3}),
    ],
)
def test_classes_are_read_as_the_schema_has_them(cats, read):
    found = one(cats)
    assert isinstance(found, Sample) and found.cats == read


@pytest.mark.parametrize(
    ("cats", "reason"),
    [
        ({"paint": 1.0}, "unknown class"),
        ({}, "no class"),
        ({"repair": 0.4}, "no class"),
        ({"repair": 1.0, "work/tuning": 0.5}, "several classes"),
    ],
)
def test_what_is_no_class_of_the_schema_is_rejected(cats, reason: str):
    found = one(cats)
    assert isinstance(found, Reject) and found.reason == reason
    assert one({"repair": 1.0, "work": 1.0}, exclusive=False).cats == {"repair": 1.0, "work": 1.0}
    assert one({"repair": 1.0}, text=" \n").reason == "no text"


def test_only_what_a_model_is_sure_of_counts():
    said = {
        "agreed": {"repair": 0.95, "work": 0.05},
        "denied": {"repair": 0.05, "work/tuning": 0.95},
        "unsure": {"repair": 0.2, "work/tuning": 0.8},
    }
    check = ClassAgreementCheck(lambda samples: [said[sample.text] for sample in samples])
    given = [Sample(text, cats={"repair": 1.0}) for text in said]
    passed = Reject("before", "", "x")
    found = list(check([given[0], passed, *given[1:]]))
    assert found[:2] == [given[0], passed] and found[3] == given[2]
    assert (found[2].reason, found[2].stage) == ("model says another class", "agreement")
    assert found[2].detail == "work/tuning with 0.95, not repair"


def test_a_class_above_or_below_in_a_tree_is_no_contradiction():
    check = ClassAgreementCheck(lambda samples: [{"work/tuning": 0.97, "work": 0.99}] * 2)
    given = [Sample("x", cats={"work": 1.0}), Sample("y", cats={"work/tuning": 1.0})]
    assert list(check(given)) == given


def test_sure_is_a_probability():
    with pytest.raises(FewnerError, match="sure"):
        ClassAgreementCheck(lambda samples: [], sure=0.3)


def test_what_is_nearly_an_example_of_another_class_goes():
    gold = [
        Sample("What does the T.S. stand for ?", cats={"repair": 1.0}),
        Sample("What does it cost to tune ?", cats={"work": 1.0, "work/tuning": 1.0}),
    ]
    given = [
        Sample("What is the T.S. stand for ?", cats={"work": 1.0}),
        Sample("What is the T.S. stand for ?", cats={"repair": 1.0}),
        Sample("What does it cost to mend ?", cats={"work/tuning": 1.0}),
        Sample("Who does it all cost to tune ?", cats={"repair": 1.0}),
    ]
    rejected, *kept = OtherClassCheck(gold)(given)
    assert kept == given[1:]
    assert isinstance(rejected, Reject) and rejected.reason == "near another class"
    assert rejected.detail == "repair: 'What does the T.S. stand for ?'"
