"""Pairs of strings: as JSON, as objects, as Python writes tuples, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.llm.replies.pairs import NO_PAIR, pairs_of, tuples_in

PAIRS = st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=4)


@given(pairs=PAIRS)
def test_lists_and_objects_of_two_strings_are_pairs(pairs: list[tuple[str, str]]):
    filled = [(one.strip(), two.strip()) for one, two in pairs if one.strip() and two.strip()]
    assert list(pairs_of([[one, two] for one, two in filled]).items) == filled
    assert list(pairs_of([{"entity": one, "type": two} for one, two in filled]).items) == filled


@pytest.mark.parametrize("item", [["a"], ["a", "b", "c"], ["a", 1], ["a", " "], "ab", None, {}, 7])
def test_anything_else_is_a_problem(item):
    (problem,) = pairs_of([item]).problems
    assert problem.reason == NO_PAIR


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("[(\"Ada's\", 'person'), ('Rome', \"city\",)]", [("Ada's", "person"), ("Rome", "city")]),
        ("Here:\n```python\n[('a \\'b\\'', 'c')]\n```", [("a 'b'", "c")]),
        ("[]", []),
        ("```\n[ ]\n```", []),
        ('[("Mary (Queen)", "person"), ("cut', [("Mary (Queen)", "person")]),
    ],
)
def test_tuples_are_read_as_text(reply: str, expected: list[tuple[str, str]]):
    parsed = tuples_in(reply)
    assert (list(parsed.items), parsed.problems) == (expected, ())


@pytest.mark.parametrize(
    "reply", ["", "There are none.", "[('a', __import__('os'))]", "(((" * 9999]
)
def test_what_has_no_pair_is_a_problem(reply: str):
    assert tuples_in(reply).problems


@given(reply=st.text() | st.text(st.sampled_from("()[]'\"\\,ab "), max_size=60))
def test_any_reply_is_read(reply: str):
    assert all(one.strip() and two.strip() for one, two in tuples_in(reply).items)
