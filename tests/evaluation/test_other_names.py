"""The same labels under other names."""

from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.data.trees.paths import key
from spacy_fewner.evaluation.other_names import ways
from spacy_fewner.types import CharSpan, LabelSpec, Schema

LABELS = (
    LabelSpec("per", "A human.", synonyms=("place", "person")),
    LabelSpec("place", "Where it is.", ("Rome",), ("site",)),
    LabelSpec("ship"),
)


def by_name(*labels: LabelSpec, seed: int = 0):
    return {way.name: way for way in ways(Schema(labels), seed)}


def test_all_ways():
    found = by_name(*LABELS)
    assert list(found) == [
        "as given",
        "names alone",
        "synonyms as names",
        "names shuffled",
        "names shuffled, alone",
    ]
    assert found["as given"].schema == Schema(LABELS) and found["as given"].changed == ()
    assert list(found["names alone"].schema) == [LabelSpec(one.id) for one in LABELS]
    synonyms = found["synonyms as names"]
    assert list(synonyms.schema) == [
        LabelSpec("person", "A human."),
        LabelSpec("site", "Where it is."),
        LabelSpec("ship"),
    ]
    assert synonyms.changed == ("per", "place")


def test_spans_are_given_the_label_that_is_meant():
    way = by_name(*LABELS)["synonyms as names"]
    spans = [CharSpan(0, 1, "person", 0.5), CharSpan(1, 2, "ship"), CharSpan(2, 3, "odd")]
    assert way.meant(spans) == [
        CharSpan(0, 1, "per", 0.5),
        CharSpan(1, 2, "ship"),
        CharSpan(2, 3, "odd"),
    ]


def test_only_the_ways_that_differ():
    assert list(by_name(LabelSpec("a"))) == ["as given"]
    assert list(by_name(LabelSpec("a"), LabelSpec("b"))) == ["as given", "names shuffled"]


@given(
    names=st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=2),
    synonyms=st.lists(st.lists(st.sampled_from("abcxyz"), max_size=3), min_size=8, max_size=8),
    seed=st.integers(0, 99),
)
def test_every_way_asks_for_each_label_once(names, synonyms, seed):
    labels = [
        LabelSpec(one, f"Means {one}.", (), tuple(s))
        for one, s in zip(names, synonyms, strict=False)
    ]
    for way in ways(Schema(tuple(labels)), seed):
        assert sorted(way.label_of.values()) == sorted(names)
        assert len({key(one) for one in way.schema.ids}) == len(names)
        for asked in way.schema:
            own = way.label_of[asked.id]
            assert asked.description in ("", f"Means {own}.")
            assert ("shuffled" not in way.name) or asked.id != own
