"""Which option an answer names."""

import pytest
from asked_models import TREE
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.cascade.asked.answers import read_answer
from spacy_fewner.cascade.asked.options import Option, in_order, none_option, offered
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.data.trees.paths import key
from spacy_fewner.llm.replies.parsed import Problem
from spacy_fewner.llm.types import Reply

PLACES = offered(tree_of(TREE), "place", unknown=True)
PEOPLE = (
    Option("field athlete", "f", aliases=("field_athlete",)),
    Option("athlete", "b"),
    Option("city", "c", aliases=("位置",)),
    none_option(()),
)


def read(reply: str | Reply, options=PLACES) -> str:
    """The path, "none", or the reason why there is no option."""
    found = read_answer(Reply(reply) if isinstance(reply, str) else reply, options)
    if isinstance(found, Problem):
        return f"! {found.reason}"
    return found.path or "none"


@pytest.mark.parametrize(
    "reply",
    [
        "town",
        "TOWN.",
        "place/town",
        "Place > Town",
        "city",
        '{"label": "town"}',
        '```json\n{"label": "City"}\n```',
        '{"label": "town", "why": "it is no other"}',
        "Label: **town**",
        "“town”",
        "- town",
        "town\n\nA town is a place with streets, unlike any other.",
        'In this text "Basel" is a town in the north.',
        "It is in the category of city, because people live in it",
        "The answer is: town (place/town)",
    ],
)
def test_an_option_is_read_in_any_dress(reply):
    assert read(reply) == "place/town"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty reply"),
        ("  \n", "empty reply"),
        ("I cannot help with that.", "refusal"),
        ("village", "label not offered"),
        ("towns", "label not offered"),
        ("person/other", "label not offered"),  # it names another "other"
        ('{"label": "village"}', "label not offered"),
        ('{"label": ["town", "village"]}', "label not offered"),
        ("town or other", "several labels"),
        ("town\nother", "several labels"),
        ('{"label": "town"} {"label": "other"}', "several labels"),
        ("It is not a town.", "label not offered"),
        ("It isn't a town, as it seems.", "label not offered"),
        (Reply('{"label": "to', "length"), "cut short"),
        (Reply("The town", "length"), "cut short"),
        (Reply("", error="timed out"), "no reply"),
    ],
)
def test_anything_else_is_no_answer(reply, reason):
    assert read(reply) == f"! {reason}"


def test_a_name_within_a_longer_name_is_not_named():
    assert read("She is a field athlete.", PEOPLE) == "f"
    assert read("She is a field_athlete.", PEOPLE) == "f"
    assert read("She is an athlete.", PEOPLE) == "b"
    assert read("She is an athlete, a field athlete.", PEOPLE) == "! several labels"
    assert read("这是位置。", PEOPLE) == "c"
    assert read(Reply("city\nThis is because of the", "length"), PEOPLE) == "c"
    assert read("No doubt. It is a city.", PEOPLE) == "c"


@pytest.mark.parametrize(
    "reply", ["unknown", "None of these.", '{"label": "Unknown"}', '{"label": null}']
)
def test_none_of_them_is_an_answer_of_its_own(reply):
    assert read(reply) == "none"
    assert read(reply, offered(tree_of(TREE), "person", unknown=True)) == "! label not offered"


def test_none_of_them_has_a_name_that_no_label_has():
    tree = tree_of(["unknown", "Other", "x"])
    options = offered(tree, None, unknown=True)
    assert [one.name for one in options] == ["unknown", "Other", "x", "none of these"]
    assert read("other", options) == "Other" and read("unknown", options) == "unknown"
    assert read("none of them", options) == "none"
    assert len(offered(tree, None, unknown=False)) == 3
    assert offered(tree, "x", unknown=True) == ()


def test_a_catch_all_stands_for_none_of_them():
    assert [one.path for one in offered(tree_of(TREE), "person", unknown=True)] == [
        "person/organist", "person/other",
    ]  # fmt: skip
    assert offered(tree_of(TREE), None, unknown=True)[-1].path is None


def test_options_change_places_from_turn_to_turn():
    orders = [in_order(PEOPLE, "seed", turn, 4) for turn in range(4)]
    assert orders == [in_order(PEOPLE, "seed", turn, 4) for turn in range(4)]
    assert {order[0] for order in orders} == set(PEOPLE)
    assert all(sorted(map(str, order)) == sorted(map(str, PEOPLE)) for order in orders)
    assert len({in_order(PEOPLE, str(seed), 0, 1) for seed in range(50)}) > 10


@given(st.text() | st.text(st.sampled_from('town other city {"label":}\n /_'), max_size=60))
def test_any_answer_is_an_option_or_a_problem(text):
    found = read_answer(Reply(text), PLACES)
    if isinstance(found, Option):
        assert found in PLACES
        called = [key(one) for one in (found.name, *found.aliases)]
        assert any(one in key(text) for one in called)
    else:
        assert found.reason
