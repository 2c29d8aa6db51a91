"""What edits of a review mean together, and which cannot be carried out."""

from dataclasses import replace

import pytest

from spacy_fewner.discovery.review.entries import Entry, Review
from spacy_fewner.discovery.review.settle import settle
from spacy_fewner.errors import FewnerError

YEAR = Entry("year built", "Year.", (), ("organ/year built",))
STOPS = Entry("stops", "", (), ("organ/stops",))
ORGAN = Entry("organ", "An instrument.", ("pipe organ",), ("organ", "Organs"), (YEAR, STOPS))
AGE = Entry("Year built", "When.", ("age",), ("instrument/Year built",))
INSTRUMENT = Entry("instrument", "", ("tool",), ("instrument",), (AGE,))
BUILDER = Entry("builder", "A firm.", (), ("builder",))


def settled(*entries: Entry):
    return settle(Review(entries))


def test_without_edits_every_label_gets_the_name_of_its_entry():
    found = settled(ORGAN, BUILDER)
    assert found.labels == {
        "organ": "organ",
        "Organs": "organ",
        "organ/year built": "organ/year built",
        "organ/stops": "organ/stops",
        "builder": "builder",
    }
    assert found.schema.ids == ("organ", "organ/year built", "organ/stops", "builder")
    assert (found.renamed, found.merged, found.dropped) == ({}, {}, ())


def test_a_type_that_is_renamed_takes_its_fields_along():
    found = settled(replace(ORGAN, name="pipe organ"), BUILDER)
    assert found.labels["Organs"] == "pipe organ"
    assert found.labels["organ/stops"] == "pipe organ/stops"
    assert found.renamed == {"organ": "pipe organ"}


def test_a_type_that_is_merged_becomes_a_synonym_and_brings_its_fields():
    found = settled(replace(INSTRUMENT, merge_into="Organ"), ORGAN)
    assert found.labels["instrument"] == "organ"
    assert found.labels["instrument/Year built"] == "organ/year built"
    assert found.merged == {"instrument": "organ"}
    organ, year, _ = found.schema
    assert organ.synonyms == ("pipe organ", "instrument", "tool")
    assert (year.id, year.description, year.synonyms) == ("organ/year built", "Year.", ("age",))


def test_a_field_that_is_brought_follows_the_field_of_its_name():
    year = replace(YEAR, merge_into="stops")
    found = settled(replace(ORGAN, fields=(year, STOPS)), replace(INSTRUMENT, merge_into="organ"))
    assert found.labels["instrument/Year built"] == "organ/stops"
    assert found.schema.ids == ("organ", "organ/stops")


def test_a_field_may_become_a_type_or_a_field_of_another():
    maker = Entry("maker", "", (), ("organ/maker",), merge_into="builder")
    place = Entry("place", "", (), ("organ/place",), merge_into="builder/seat")
    seat = Entry("seat", "", (), ("builder/seat",))
    found = settled(replace(ORGAN, fields=(maker, place)), replace(BUILDER, fields=(seat,)))
    assert found.labels["organ/maker"] == "builder"
    assert found.labels["organ/place"] == "builder/seat"
    assert found.schema.ids == ("organ", "builder", "builder/seat")


def test_a_type_without_fields_may_become_a_field():
    found = settled(ORGAN, replace(BUILDER, merge_into="organ/stops"))
    assert found.labels["builder"] == "organ/stops"


def test_fields_of_a_dropped_type_go_but_for_those_merged_elsewhere():
    year = replace(YEAR, merge_into="builder")
    found = settled(replace(ORGAN, drop=True, fields=(year, STOPS)), BUILDER)
    assert found.labels == {
        "organ": None,
        "Organs": None,
        "organ/year built": "builder",
        "organ/stops": None,
        "builder": "builder",
    }
    assert found.dropped == ("organ", "organ/stops")


def test_chains_lead_to_their_end():
    found = settled(
        ORGAN, replace(BUILDER, merge_into="instrument"), replace(INSTRUMENT, merge_into="organ")
    )
    assert found.labels["builder"] == "organ"


def test_an_entry_of_her_own_takes_others_in():
    whole = Entry("thing of churches", "Whatever stands in one.")
    found = settled(whole, *(replace(one, merge_into=whole.name) for one in (ORGAN, BUILDER)))
    assert {found.labels[label] for label in ("organ", "builder")} == {"thing of churches"}
    assert found.labels["organ/stops"] == "thing of churches/stops"


def test_what_would_mean_two_labels_is_no_synonym():
    found = settled(
        replace(ORGAN, synonyms=("Builder", "machine")),
        replace(INSTRUMENT, synonyms=("machine",)),
        BUILDER,
    )
    assert [one.synonyms for one in found.schema if "/" not in one.id] == [(), (), ()]


def test_a_name_that_is_free_again_can_be_used():
    found = settled(replace(ORGAN, drop=True), replace(INSTRUMENT, name="organ"))
    assert found.labels["instrument"] == "organ"
    assert found.labels["organ"] is None


def edited(**changes):
    return replace(ORGAN, where="review.yaml:7 (organ)", **changes)


@pytest.mark.parametrize(
    ("entries", "rule"),
    [
        ([edited(merge_into="ogran"), BUILDER], "must name an entry"),
        ([edited(merge_into="organ"), BUILDER], "merged into itself"),
        ([edited(merge_into="builder"), replace(BUILDER, drop=True)], "one that is dropped"),
        ([edited(merge_into="builder"), replace(BUILDER, merge_into="organ")], "in a circle"),
        ([edited(merge_into="builder/x"), replace(BUILDER, fields=(Entry("x"),))], "has fields"),
        ([BUILDER, edited(name="Builder")], "differ in their names"),
        ([BUILDER, edited(labels=("organ", "builder"))], "in one entry only"),
        ([BUILDER, edited(fields=(STOPS, replace(STOPS, labels=())))], "differ in their names"),
        ([edited(drop=True)], "must keep a type"),
        ([], "must keep a type"),
    ],
)
def test_what_cannot_be_carried_out_is_told(entries: list[Entry], rule: str):
    with pytest.raises(FewnerError, match=rule) as raised:
        settle(Review(tuple(entries), "review.yaml"))
    assert raised.value.argument.startswith("review")


def test_a_field_cannot_stay_without_its_type():
    kept = replace(YEAR, drop=False, where="review.yaml:9 (year built)")
    with pytest.raises(FewnerError, match="cannot stay when its type is dropped"):
        settled(replace(ORGAN, drop=True, fields=(kept,)), BUILDER)


def test_fields_that_are_merged_in_a_circle_through_their_types_are_told():
    """Each brings a field that becomes the other's, which goes on."""
    first = Entry(
        "a", labels=("a",), fields=(Entry("f", merge_into="b/g"), Entry("g", merge_into="b/f"))
    )
    second = Entry("b", labels=("b",), fields=(Entry("f"), Entry("g")), merge_into="a")
    with pytest.raises(FewnerError, match="in a circle"):
        settled(first, second)
