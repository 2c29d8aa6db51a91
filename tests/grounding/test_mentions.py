"""Lists of mentions: counts, order, labels; and records made of them."""

import random
import time
from dataclasses import replace

import pytest
from grounding_strategies import SURFACES, TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.grounding.mentions import Mention, ground
from spacy_fewner.grounding.record import Record, to_sample
from spacy_fewner.types import Reject, Sample

MENTIONS = st.lists(
    st.builds(
        Mention, SURFACES, st.sampled_from(["A", "B"]), st.none() | st.integers(-1, 3)
    ),
    max_size=6,
)  # fmt: skip


def grounded(text, listed, ordered=False, purpose="inference", **settings):
    """(surface, start, label) of each span, and reasons of failures, and flags."""
    mentions = [Mention(*one) for one in listed]
    result = ground(text, mentions, ordered=ordered, purpose=purpose, **settings)
    spans = [(span.surface(text), span.start, span.label) for span in result.spans]
    return spans, [failure.reason for failure in result.failures], set(result.flags)


def test_as_many_as_found():
    text = "Ann met Ann"
    expected = [("Ann", 0, "P"), ("Ann", 8, "P")]
    assert grounded(text, [("Ann", "P")] * 2) == (expected, [], set())
    assert grounded(text, [("Ann", "P")] * 2, ordered=True) == (expected, [], set())


def test_one_listed_two_found():
    text = "Ann met Ann"
    both = [("Ann", 0, "P"), ("Ann", 8, "P")]
    assert grounded(text, [("Ann", "P")]) == (both, [], {"propagated"})
    assert grounded(text, [("Ann", "P")], ordered=True) == (both[:1], [], set())
    spread = grounded(text, [("Ann", "P")], ordered=True, propagate=True)
    assert spread == (both, [], {"propagated"})
    assert grounded(text, [("Ann", "P")], propagate=False)[0] == both[:1]


@pytest.mark.parametrize("ordered", [False, True])
def test_more_listed_than_found(ordered):
    result = grounded("Ann came", [("Ann", "P")] * 3, ordered)
    assert result == ([("Ann", 0, "P")], [], {"fewer than listed"})


def test_order_says_which_is_meant():
    text = "May came in May to May Street"
    listed = [("in", "X"), ("May", "M"), ("May Street", "S")]
    assert grounded(text, listed, ordered=True)[0] == [
        ("in", 9, "X"), ("May", 12, "M"), ("May Street", 19, "S"),
    ]  # fmt: skip


def test_two_labels_of_a_surface_follow_the_order():
    text = "Washington said Washington waits"
    listed = [("Washington", "P"), ("Washington", "L")]
    expected = ([("Washington", 0, "P"), ("Washington", 16, "L")], [], set())
    assert grounded(text, listed) == grounded(text, listed, ordered=True) == expected


@pytest.mark.parametrize("ordered", [False, True])
def test_two_labels_for_one_place_are_none(ordered):
    listed = [("Rome", "P"), ("Rome", "L"), ("Ann", "P")]
    spans, reasons, _ = grounded("Rome and Ann", listed, ordered)
    assert spans == [("Ann", 9, "P")]
    assert reasons == ["one place, two labels"] * 2


def test_the_label_listed_more_often_wins():
    listed = [("Rome", "P"), ("Rome", "L"), ("Rome", "L")]
    assert grounded("Rome", listed)[:2] == ([("Rome", 0, "L")], [])


def test_inside_a_longer_mention_only_if_nowhere_else():
    listed = [("York", "C"), ("New York", "L")]
    assert grounded("New York or York", listed)[0] == [("New York", 0, "L"), ("York", 12, "C")]
    assert grounded("in New York", listed)[0] == [("New York", 3, "L"), ("York", 7, "C")]


def test_out_of_order_is_found_and_flagged():
    listed = [("Bob", "P"), ("Ann", "P")]
    spans, reasons, flags = grounded("Ann and Bob", listed, ordered=True)
    assert spans == [("Ann", 0, "P"), ("Bob", 8, "P")]
    assert (reasons, flags) == ([], {"out of order"})


def test_occurrence_says_which():
    assert grounded("a Ann, Ann, Ann", [("Ann", "P", 2)])[0] == [("Ann", 7, "P")]
    assert grounded("Ann", [("Ann", "P", 2)])[1] == ["no such occurrence"]
    assert grounded("Ann", [("Ann", "P", 0)])[1] == ["no such occurrence"]


def test_training_gives_up_what_inference_keeps():
    listed = [("Ann", "P"), ("Bob", "P")]
    assert grounded("Ann", listed) == ([("Ann", 0, "P")], ["not in the text"], set())
    assert grounded("Ann", listed, purpose="training")[:2] == ([], ["not in the text"])


def test_rungs_are_kept_beside_the_spans():
    listed = [Mention("ann", "P"), Mention("Bob", "P"), Mention("the Crown", "T")]
    result = ground("Bob, Ann, Crown", listed, ordered=False, purpose="training")
    assert result.rungs == ("exact", "normalised", "stripped")


@settings(deadline=None)
@given(TEXTS, MENTIONS, st.booleans(), st.sampled_from([None, True, False]))
def test_spans_are_sound(text, mentions, ordered, propagate):
    result = ground(
        text, mentions, ordered=ordered, purpose="inference", propagate=propagate
    )  # fmt: skip
    assert len(result.rungs) == len(result.spans)
    assert list(result.spans) == sorted(result.spans)
    places = [(span.start, span.end) for span in result.spans]
    assert len(set(places)) == len(places)
    labels = {mention.label for mention in mentions}
    for span in result.spans:
        surface = span.surface(text)
        assert surface and surface == surface.strip() and span.label in labels
    failed = {failure.mention for failure in result.failures}
    assert failed <= set(mentions)
    if mentions and not result.spans:
        assert failed
    trained = ground(text, mentions, ordered=ordered, purpose="training", propagate=propagate)
    assert trained.spans == (() if failed else result.spans)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Ann", "北京", "café", "👩‍👩‍👧", "İz", "שלום"]), max_size=8))
def test_a_true_list_in_order_is_found_one_to_one(surfaces):
    text, mentions, starts = "", [], []
    for number, surface in enumerate(surfaces):
        text += "x, "
        starts.append(len(text))
        text += surface + " "
        mentions.append(Mention(surface, f"L{number}"))
    result = ground(text, mentions, ordered=True, purpose="training")
    assert [(span.start, span.label) for span in result.spans] == [
        (start, mention.label) for start, mention in zip(starts, mentions, strict=True)
    ]
    assert set(result.rungs) <= {"exact"} and not result.failures


@pytest.mark.parametrize("ordered", [False, True])
def test_a_long_text_with_many_mentions(ordered):
    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefghij", k=5)) for _ in range(3000)]
    text = " ".join(rng.choices(words, k=17_000))
    listed = [
        Mention(" ".join(rng.choices(words, k=rng.choice([1, 1, 2]))), "A") for _ in range(500)
    ]
    listed += [Mention("a b " * 20, "A"), *(Mention(text[i : i + 60], "B") for i in range(499))]
    started = time.process_time()
    result = ground(text, listed, ordered=ordered, purpose="inference")
    assert time.process_time() - started < 2  # 0.2 s
    assert len(result.spans) > 200


RECORD = Record("  Ann met Bob. ", (Mention("Ann", "P"),), (), "source")


def test_a_record_becomes_a_sample():
    made = to_sample(
        RECORD, ordered=True, purpose="training", stage="s", meta={"calls": ["k"]}
    )  # fmt: skip
    assert isinstance(made, Sample)
    assert made.text == "Ann met Bob."
    assert [span.surface(made.text) for span in made.spans] == ["Ann"]
    assert made.meta["calls"] == ["k"]
    assert made.meta["grounding"] == {"rungs": {"exact": 1}, "flags": [], "failed": []}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": " "}, "no text"),
        ({"unread": ("Bob",)}, "unreadable mention"),
        ({"mentions": (Mention("Eve", "P"),)}, "not in the text"),
    ],
)
def test_a_record_becomes_a_reject(change, reason):
    made = to_sample(
        replace(RECORD, **change), ordered=True, purpose="training", stage="s", meta={"calls": []}
    )
    assert isinstance(made, Reject)
    assert (made.reason, made.stage, made.meta) == (reason, "s", {"calls": []})


def test_inference_keeps_what_it_can():
    record = replace(RECORD, mentions=(Mention("Ann", "P"), Mention("Eve", "P")), unread=("?",))
    made = to_sample(record, ordered=True, purpose="inference", stage="s")
    assert isinstance(made, Sample) and len(made.spans) == 1
    assert made.meta["grounding"]["failed"] == [["Eve", "P"]]
