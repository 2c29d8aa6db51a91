"""JSON replies at their worst: what was written is read back, whatever stands around it."""

import json

from hypothesis import given
from hypothesis import strategies as st
from reply_strategies import HARD, HARD_TEXT, LONG_RUNS, PROSE, REPLIES, SAID

from spacy_fewner.llm.replies.json_pieces import MAX_DEPTH, find_objects
from spacy_fewner.llm.replies.json_records import read_json_mentions, read_json_records
from spacy_fewner.llm.replies.json_reply import MAX_PROBLEMS, read_json

KEYS = st.sampled_from(["text", "surface", "entity", "name", "mention", "span", "value", "word"])
LABELS = st.sampled_from(["label", "type", "entity_type", "category", "class", "tag"])
PAIRS = st.lists(st.tuples(SAID, SAID), max_size=4)
RECORDS = st.lists(
    st.tuples(HARD_TEXT, PAIRS), min_size=1, max_size=4, unique_by=lambda one: repr(one)
)


def written(text: str, pairs: list[tuple[str, str]], ascii_only: bool) -> str:
    listed = [{"text": surface, "label": label} for surface, label in pairs]
    return json.dumps({"text": text, "entities": listed}, ensure_ascii=ascii_only)


def held(items) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(one.text, [(m.surface, m.label) for m in one.mentions]) for one in items]


@HARD
@given(RECORDS, PROSE, PROSE, st.sampled_from(["\n", ", ", "\n\n", "\nand\n"]), st.booleans())
def test_records_are_read_back_through_prose_and_fences(records, before, after, between, plain):
    lines = [written(text, pairs, not plain) for text, pairs in records]
    parsed = read_json_records(before + between.join(lines) + after)
    assert held(parsed.items) == [(text, list(pairs)) for text, pairs in records]
    assert not parsed.problems and not any(one.unread for one in parsed.items)


@HARD
@given(RECORDS, st.sampled_from(["%s", "[%s]", '{"items": [%s]}', "```\n[%s]\n```"]), st.data())
def test_records_before_a_cut_are_all_read(records, frame, data):
    lines = [written(text, pairs, False) for text, pairs in records]
    whole = frame % ", ".join(lines)
    cut = data.draw(st.integers(0, len(whole)))
    ends, at = [], frame.index("%s")
    for line in lines:
        ends.append(at + len(line))
        at += len(line) + len(", ")
    complete = [records[n] for n, end in enumerate(ends) if end <= cut]
    parsed = read_json_records(whole[:cut])
    assert held(parsed.items) == [(text, list(pairs)) for text, pairs in complete]
    assert all(problem.reason for problem in parsed.problems)
    assert parsed.items or parsed.problems


BROKEN = ['{"text": "never closed', '{"text": "a", "entities": [{"text": "b', '{"a": [', '"}', "}]"]


@HARD
@given(RECORDS, st.sampled_from(BROKEN))
def test_a_broken_line_costs_no_other(records, broken):
    lines = [written(text, pairs, False) for text, pairs in records]
    parsed = read_json_records("\n".join([broken, *lines]))
    assert held(parsed.items) == [(text, list(pairs)) for text, pairs in records]


def test_control_characters_may_stand_in_a_string_as_they_are():
    (record,) = read_json_records('{"text": "one\ttwo\x01", "entities": []}').items
    assert record.text == "one\ttwo\x01"


@HARD
@given(PAIRS, KEYS, LABELS, st.integers(0, 2))
def test_all_forms_of_mentions_say_the_same(pairs, key, label, form):
    listed = [
        [{key: surface, label: kind} for surface, kind in pairs],
        [[surface, kind] for surface, kind in pairs],
        {kind: [s for s, other in pairs if other == kind] for _, kind in pairs},
    ][form]
    (record,) = read_json_mentions(json.dumps({"entities": listed})).items
    found = [(one.surface, one.label) for one in record.mentions]
    assert (sorted(found) if form == 2 else found) == (sorted(pairs) if form == 2 else pairs)
    assert record.unread == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | HARD_TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(HARD_TEXT | KEYS | LABELS, inner, max_size=3)
    ),
    max_leaves=6,
)


@HARD
@given(st.lists(JSON, max_size=5))
def test_each_thing_listed_is_a_mention_or_unread(listed):
    parsed = read_json_mentions(json.dumps({"entities": listed}))
    assert len(parsed.items) == 1
    (record,) = parsed.items
    assert len(record.mentions) + len(record.unread) == len(listed)
    for one in record.mentions:
        assert one.surface.strip() == one.surface != "" and one.label.strip() == one.label != ""


@HARD
@given(REPLIES)
def test_any_reply_is_read_or_has_a_reason(reply):
    for read in (read_json_records, read_json_mentions):
        parsed = read(reply)
        assert parsed.items or parsed.problems
        assert len(parsed.problems) <= MAX_PROBLEMS + 1
        assert all(isinstance(one.text, str) for one in parsed.items)
        assert all(problem.reason for problem in parsed.problems)
        assert all(line in reply for line in parsed.prose)


@HARD
@given(REPLIES)
def test_objects_lie_in_the_reply_apart_and_in_order(reply):
    pieces = list(find_objects(reply))
    closed = [piece for piece in pieces if not piece.open]
    assert all(piece.open for piece in pieces[len(closed) :]) and len(pieces) <= len(closed) + 1
    position = 0
    for piece in closed:
        assert position <= piece.start < piece.end <= len(reply)
        assert reply[piece.start] == "{" and reply[piece.end - 1] == "}"
        position = piece.end
    for piece in pieces[len(closed) :]:
        assert reply[piece.start] == "{" and piece.end == len(reply)


@HARD
@given(st.integers(1, 80), st.booleans(), LONG_RUNS)
def test_depth_alone_decides_what_is_too_deep(depth, as_list, rest):
    """The object around is one level more."""
    inside = "[" * depth + "]" * depth if as_list else '{"a":' * depth + "1" + "}" * depth
    parsed = read_json('{"k": ' + inside + "}\n" + rest, ["k"])
    assert bool(parsed.items) == (depth + 1 <= MAX_DEPTH)
    if not parsed.items:
        assert parsed.problems[0].reason == "nested too deeply"
