"""JSON in replies, whole or not."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.llm.replies.json_pieces import MAX_DEPTH
from spacy_fewner.llm.replies.json_records import read_json_mentions, read_json_records
from spacy_fewner.llm.replies.json_reply import read_json

ONE = {"text": "Ann met Bob", "entities": [{"text": "Ann", "label": "per"}]}
TWO = {"text": '"{[ \\ }" ]', "entities": []}
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
OBJECTS = st.lists(
    st.dictionaries(st.text(max_size=5), VALUES, max_size=3).map(lambda d: d | {"k": len(d)}),
    min_size=1,
    max_size=5,
    unique_by=json.dumps,
)


@settings(deadline=None)
@given(OBJECTS, st.booleans(), st.integers(0, 3), st.sampled_from([None, 2]))
def test_what_is_written_is_read(objects, ascii_only, form, indent):
    texts = [json.dumps(one, ensure_ascii=ascii_only, indent=indent) for one in objects]
    reply = [
        "\n".join(texts),
        f"[{', '.join(texts)}]",
        'It\'s "this":\n```json\n[' + ",\n".join(texts) + "]\n```\nHope it's fine",
        '{"items": [' + ", ".join(texts) + "]}",
    ][form]
    parsed = read_json(reply, ["k"])
    assert list(parsed.items) == objects
    assert not parsed.problems


@settings(deadline=None)
@given(OBJECTS, st.data())
def test_a_reply_cut_short_keeps_what_is_complete(objects, data):
    texts = [json.dumps(one) for one in objects]
    whole = "[" + ", ".join(texts) + "]"
    cut = data.draw(st.integers(0, len(whole)))
    parsed = read_json(whole[:cut], ["k"])
    ends = [len(", ".join(texts[: number + 1])) + 1 for number in range(len(texts))]
    complete = [one for one, end in zip(objects, ends, strict=True) if end <= cut]
    assert [one for one in parsed.items if one in objects][: len(complete)] == complete


@settings(deadline=None)
@given(st.text(st.sampled_from('{}[]":,\\ \nab1'), max_size=60))
def test_anything_is_read_or_a_problem(reply):
    parsed = read_json(reply, ["a"])
    assert parsed.items or parsed.problems
    assert all("a" in item for item in parsed.items)
    assert all(problem.source in reply or problem.reason for problem in parsed.problems)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty reply"),
        ("As an AI, I cannot.", "refusal"),
        ("[1, 2]", "no items"),
        ("{}", "key missing"),
        ('{"text": "a"}', "key missing"),
        ('{"text": "a", "entities": [{"text": "a", "la', "cut short"),
        ("{no json at all}", "not json"),
        (
            '{"text": "a", "entities": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}",
            "nested too deeply",
        ),
        ('{"text": 1, "entities": []}', "wrong type"),
        ('{"text": "a", "entities": "b"}', "wrong type"),
    ],
)
def test_problems(reply, reason):
    parsed = read_json_records(reply)
    assert not parsed.items
    assert [problem.reason for problem in parsed.problems] == [reason]


@pytest.mark.parametrize(
    "reply",
    [
        '{"text": "he said "hi" twice", "entities": [{"text": "hi", "label": "x"}]}',
        "{'text': 'he said \"hi\" twice', 'entities': [{'text': 'hi', 'label': 'x'},],}",
    ],
)
def test_broken_json_is_mended(reply):
    pytest.importorskip("json_repair")
    (item,) = read_json_records(reply).items
    assert item.text == 'he said "hi" twice'
    assert [(one.surface, one.label) for one in item.mentions] == [("hi", "x")]


def test_a_loop_is_stopped():
    parsed = read_json_records(json.dumps(ONE) + "\n" + (json.dumps(TWO) + "\n") * 1000)
    assert [item.text for item in parsed.items] == [ONE["text"]] + [TWO["text"]] * 3
    assert {problem.reason for problem in parsed.problems} == {"loop"}


@pytest.mark.parametrize(
    "listed",
    [
        [{"text": "Ann", "label": "per", "occurrence": 1}],
        [{"entity": "Ann", "type": "per"}],
        [["Ann", "per"]],
        ["Ann (per)"],
        {"per": ["Ann"]},
        {"per": "Ann"},
    ],
)
def test_forms_of_mentions(listed):
    (item,) = read_json_mentions(json.dumps({"entities": listed})).items
    assert [(one.surface, one.label) for one in item.mentions] == [("Ann", "per")]
    assert item.unread == ()


@pytest.mark.parametrize(
    "one", [1, None, "Ann", {"text": "Ann"}, {"text": "", "label": "x"}, ["a"]]
)
def test_what_is_no_mention_is_unread(one):
    (item,) = read_json_mentions(json.dumps({"entities": [one]})).items
    assert item.mentions == () and len(item.unread) == 1


PIECES = ["[", "{", "[]", "{}", "{x}", '{"a":', '{"', '"', "\\", "[{", "{]", "[{}]", '{"a":1},']


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_takes_no_time_and_no_recursion(piece):
    closing = {"[": "]", "{": "}", "[{": "}]"}.get(piece, "")
    half = 500_000 // len(piece)
    for reply in (piece * 2 * half, piece * half + closing * half, "[" + piece * half):
        started = time.process_time()
        parsed = read_json(reply, ["text"])
        assert time.process_time() - started < 3  # 0.5 to 1 s
        assert parsed.problems and len(parsed.problems) < 110
