"""Which absent types a text is asked about."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pretraining_helpers import marked

from spacy_fewner.discovery.negative_types import DRAWINGS, NegativeTypes, head_noun
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import Sample

TYPES = [f"kind {number}x" for number in range(30)]  # of heads that differ
some = st.lists(st.sampled_from(TYPES), unique=True, max_size=12)


def text_of(*types: str, **meta: Any) -> Sample:
    return marked(" ".join(f"[word{n}:{kind}]" for n, kind in enumerate(types)) + " .", **meta)


def drawn(negatives: NegativeTypes, sample: Sample, times: int = 500) -> Counter[str]:
    rng = np.random.default_rng(0)
    return Counter(kind for _ in range(times) for kind in negatives.draw(sample, rng))


@given(
    present=some,
    counted=some,
    absent=st.none() | some,
    partial=st.booleans(),
    drawing=st.sampled_from(DRAWINGS),
    seed=st.integers(0, 2**32),
)
def test_never_a_present_type_and_as_many_as_there_are_to_have(
    present, counted, absent, partial, drawing, seed
):
    meta = {"only_these": True} if partial else {}
    meta |= {} if absent is None else {"absent": absent}
    negatives = NegativeTypes(dict.fromkeys([*counted, *present], 1), drawing=drawing)
    found = negatives.draw(text_of(*present, **meta), np.random.default_rng(seed))
    free = ({*counted} if absent is None else {*counted, *present} & {*absent}) - {*present}
    assert set(found) <= free
    assert len(found) == len(set(found))
    wanted = 0 if drawing == "none" else min(len(free), max(2, len(present)))
    assert len(found) == wanted


def test_by_frequency_in_proportion_and_uniform_alike():
    counts = {"person": 600, "river": 300, "ship": 100}
    for drawing, expected in (("frequency", counts), ("uniform", dict.fromkeys(counts, 333))):
        negatives = NegativeTypes(counts, drawing=drawing, least=1)
        found = drawn(negatives, marked("nobody"), 6000)
        for kind, count in expected.items():
            assert found[kind] / 6000 == pytest.approx(count / sum(expected.values()), abs=0.02)


def test_one_for_each_present_type_and_at_least_two():
    negatives = NegativeTypes(dict.fromkeys(TYPES, 3))
    rng = np.random.default_rng(1)
    sizes = [len(negatives.draw(text_of(*TYPES[:n]), rng)) for n in (0, 1, 2, 3, 7)]
    assert sizes == [2, 2, 2, 3, 7]
    halved = NegativeTypes(dict.fromkeys(TYPES, 3), ratio=0.5, least=0)
    assert [len(halved.draw(text_of(*TYPES[:n]), rng)) for n in (0, 2, 8)] == [0, 1, 4]


def test_the_same_for_the_same_seed():
    negatives = NegativeTypes(dict.fromkeys(TYPES, 3))
    first, again, other = (
        [negatives.draw(marked("nobody"), np.random.default_rng([seed, n])) for n in range(5)]
        for seed in (3, 3, 4)
    )
    assert first == again != other


def test_a_partial_text_is_not_asked_about_the_head_noun_of_what_it_has():
    counts = dict.fromkeys(["rock band", "bands", "band of brothers", "headband", "city"], 5)
    for meta in ({"only_these": True}, {"asked": "types"}):
        found = drawn(NegativeTypes(counts), text_of("rock band", **meta))
        assert set(found) == {"headband", "city"}
    found = drawn(NegativeTypes(counts), text_of("rock band"))
    assert set(found) == set(counts) - {"rock band"}


def test_what_may_be_called_as_a_present_type_is_never_asked_about():
    names = {"org": ["organization", "company"], "firm": ["firm", "company"], "city": ["city"]}
    negatives = NegativeTypes(dict.fromkeys(names, 1), names)
    assert set(drawn(negatives, text_of("org"))) == {"city"}
    assert set(drawn(negatives, text_of("org", absent=["firm", "city", "new"]))) == {"city"}


def test_paths_above_and_below_are_not_absent():
    counts = dict.fromkeys(["person", "person/athlete", "person/author", "place"], 1)
    assert set(drawn(NegativeTypes(counts), text_of("person/athlete"))) == {
        "person/author",
        "place",
    }
    assert set(drawn(NegativeTypes(counts), text_of("person"))) == {"place"}


@pytest.mark.parametrize(
    "called, head",
    [
        ("rock bands", "band"),
        ("Date of Birth", "date"),
        ("series", "series"),
        ("女人", "女人"),
        ("of", "of"),
        ("", ""),
    ],
)
def test_head_noun(called: str, head: str):
    assert head_noun(called) == head


@pytest.mark.parametrize("argument, value", [("drawing", "often"), ("ratio", -1), ("least", -1)])
def test_bad_settings_are_named(argument: str, value: Any):
    with pytest.raises(FewnerError, match="negatives" if argument == "drawing" else argument):
        NegativeTypes({}, **{argument: value})
