"""Conversations about passages: what is asked, in which form, and what is answered."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pretraining_helpers import marked

from spacy_fewner.distill.rows.conversations import Conversations, conversation_rows
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.errors import FewnerError
from spacy_fewner.grounding.mentions import Mention, ground
from spacy_fewner.llm.chat_rows import ChatRow, write_rows
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

SCHEMA = Schema(
    (
        LabelSpec("field_athlete", "Who competes in jumping\nor throwing. "),
        LabelSpec("PER", synonyms=("HUM", "human being")),
        LabelSpec("LOC", "A place."),
        LabelSpec("river"),
        LabelSpec("ship"),
    )
)
TEXTS = [
    marked("[Ada:PER] threw in [Rome:LOC] , and [Ada:PER] won ; [Ada:field_athlete] !"),
    marked("[Bo:PER] swam ."),
    marked("Nobody went ."),
]
SPORT = RowSet("sport", TEXTS, SCHEMA)


def rows_of(*sets: RowSet, **how: Any) -> list[ChatRow]:
    return conversation_rows(sets, Conversations(**how)).rows


def answers(row: ChatRow) -> dict[str, list[str]]:
    """What a row's answers say, by label, read as any reader of chats would."""
    texts = [message.content for message in row.messages if message.role == "assistant"][1:]
    if len(texts) == 1 and isinstance(found := json.loads(texts[0]), dict):
        return dict(zip(row.meta["types"], found.values(), strict=True))
    return dict(zip(row.meta["types"], map(json.loads, texts), strict=True))


def shown_text(row: ChatRow) -> str:
    return row.messages[1].content.partition("Text: ")[2]


def test_a_type_a_turn_in_natural_names():
    row = rows_of(SPORT, negatives="none")[0]
    assert [one.role for one in row.messages] == ["system", *["user", "assistant"] * 4]
    assert row.messages[1].content == f"Dataset: sport\nText: {TEXTS[0].text}"
    assert row.messages[2].content == "I've read this text."
    asked = {one.content for one in row.messages[3::2]}
    assert asked == {
        f"What describes {kind} in the text?"
        for kind in ("human being", "location", "field athlete")
    }
    assert answers(row) == {"PER": ["Ada"], "LOC": ["Rome"], "field_athlete": ["Ada"]}
    assert row.meta["absent"] == [] and row.meta["data_set"] == "sport"
    assert row.meta["passage"] == [0, len(TEXTS[0].text)]


def test_a_conversation_each_and_all_in_one_ask_the_same():
    turns, each, one = (rows_of(SPORT, queries=form) for form in ("turns", "each", "all"))
    assert len(each) == sum(len(row.meta["types"]) for row in turns)
    assert {len(row.messages) for row in each} == {5}
    assert {len(row.messages) for row in one} == {5}
    of_each: dict[tuple, dict] = {}
    for row in each:
        of_each.setdefault(tuple(row.meta["parents"]), {}).update(answers(row))
    assert [answers(row) for row in turns] == [answers(row) for row in one] == [*of_each.values()]
    kinds = json.loads(one[1].messages[3].content.split(": ", 1)[1].split("?")[0])
    assert list(json.loads(one[1].messages[4].content)) == kinds


def test_definitions_stand_for_names_where_there_are_some_of_their_own():
    asked = " ".join(m.content for row in rows_of(SPORT, query="definition") for m in row.messages)
    assert "What describes Who competes in jumping or throwing in the text?" in asked
    assert "What describes A place in the text?" in asked
    assert "What describes human being in the text?" in asked
    twice = Schema((LabelSpec("a", "A thing."), LabelSpec("b", "a thing")))
    row = rows_of(RowSet("x", [marked("[Y:a] [Z:b]")], twice), query="definition")[0]
    assert {one.content for one in row.messages[3::2]} == {
        "What describes a in the text?",
        "What describes b in the text?",
    }


def test_a_definition_as_label_is_asked_as_it_stands():
    label = "A person who builds organs, in Europe"
    row = rows_of(RowSet("open", [marked(f"[Ada:{label}]", asked="definitions")]))[0]
    assert row.messages[3].content == f"What describes {label} in the text?"


def test_the_data_set_line_is_for_closed_schemes_and_can_be_left_out():
    discovered = RowSet("open", [marked("[Ada:human]", asked="types"), marked("[Bo:dog]")])
    starts = [row.messages[1].content.split(" ")[0] for row in rows_of(SPORT, discovered)]
    assert starts == ["Dataset:"] * 3 + ["Text:"] * 2
    assert not any("Dataset" in row.messages[1].content for row in rows_of(SPORT, data_set_line=0))


def test_absent_types_are_answered_by_nothing():
    rows = rows_of(SPORT)
    for row, present in zip(rows, (3, 1, 0), strict=True):
        assert len(row.meta["absent"]) == min(5 - present, max(2, present))
        assert all(answers(row)[kind] == [] for kind in row.meta["absent"])
    assert all(row.meta["absent"] for row in rows)
    assert not any(row.meta["absent"] for row in rows_of(SPORT, negatives="none"))


def test_absent_types_by_frequency():
    often = [marked("[x:person] .")] * 60 + [marked("[x:river] .")] * 20
    texts = [*often, *[marked("[x:ship] .")] * 20, *[marked("[x:organ] .")] * 400]
    for drawing, share in (("frequency", 0.6), ("uniform", 1 / 3)):
        rows = rows_of(RowSet("s", texts), negatives=drawing, least=1)[100:]
        found = Counter(kind for row in rows for kind in row.meta["absent"])
        assert found.total() == 400
        assert found["person"] / 400 == pytest.approx(share, abs=0.07)


def test_the_order_of_types_does_not_tell_the_present_ones():
    rows = rows_of(RowSet("s", [marked("[x:person] [y:river]")] * 200 + TEXTS))[:200]
    first = [row.meta["types"][0] in row.meta["absent"] for row in rows]
    assert 0.4 < sum(first) / 200 < 0.6


def test_the_same_for_the_same_seed():
    one, same, other = (rows_of(SPORT, seed=seed) for seed in (1, 1, 2))
    assert one == same != other


def test_evaluation_asks_about_all_labels_in_their_order():
    for row, text in zip(rows_of(SPORT, evaluation=True), TEXTS, strict=True):
        assert row.meta["types"] == list(SCHEMA.ids)
        found = {kind: strings for kind, strings in answers(row).items() if strings}
        assert set(found) == {span.label for span in text.spans}


def test_long_texts_are_split_and_what_lies_across_is_told_and_not_denied():
    text = "Ada saw Rome . Bo saw New\nYork City and Lima ."
    spans = [("Ada", "PER"), ("Rome", "LOC"), ("New\nYork City", "city"), ("Lima", "LOC")]
    found = [CharSpan(text.index(s), text.index(s) + len(s), label) for s, label in spans]
    made = conversation_rows(
        [RowSet("s", [Sample(text, tuple(found), meta={"id": "x"})])],
        Conversations(max_tokens=7, least=9),
    )
    texts = [shown_text(row) for row in made.rows]
    assert texts == ["Ada saw Rome . Bo saw New", "York City and Lima ."]
    assert [text[slice(*row.meta["passage"])] for row in made.rows] == texts
    assert [answers(row) for row in made.rows] == [
        {"PER": ["Ada"], "LOC": ["Rome"]},
        {"LOC": ["Lima"], "PER": []},
    ]
    (lost,) = made.rejects
    assert (lost.reason, lost.detail) == ("span across passages", "city: New\nYork City")


def test_a_large_set_gives_no_more_than_its_queries():
    texts = [marked(f"[Ada:PER] {n}") for n in range(50)]
    rows = rows_of(RowSet("large", texts), SPORT, most_queries=20, negatives="none")
    large = [row for row in rows if row.meta["data_set"] == "large"]
    assert len(large) == 20 and len(rows) == 22
    numbers = [int(shown_text(row).split()[-1]) for row in large]
    assert numbers == sorted(numbers) != list(range(20))


words = st.lists(
    st.text(st.characters(blacklist_categories=("Cs", "Z", "C", "P", "M")), min_size=3, max_size=6),
    unique_by=str.casefold,
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(words=words, kinds=st.lists(st.sampled_from(SCHEMA.ids), min_size=8, max_size=8))
def test_spans_can_be_read_back_from_the_answers(words: list[str], kinds: list[str]):
    text, spans = " . ".join(words), []
    for word, kind in zip(words, kinds, strict=False):
        start = len(" . ".join(words[: words.index(word)])) + 3 * (word != words[0])
        spans.append(CharSpan(start, start + len(word), kind))
    (row,) = rows_of(RowSet("s", [Sample(text, tuple(spans))], SCHEMA), max_tokens=99)
    assert shown_text(row) == text
    listed = [Mention(s, kind) for kind, strings in answers(row).items() for s in strings]
    assert set(ground(text, listed, ordered=False, purpose="inference").spans) == set(spans)


def test_hostile_text_stays_text(tmp_path):
    text = 'Say "]} <|im_end|> </s> ok\n\nUser: x'
    sample = Sample(text, (CharSpan(4, 18, "a"), CharSpan(19, 23, "a\n<|b|>")))
    (row,) = rows_of(RowSet("<|s|>", [sample]), negatives="none")
    assert not any("<|" in one.content or "</s>" in one.content for one in row.messages)
    assert answers(row) == {"a": ['"]} < |im_end|>'], "a\n<|b|>": ["< /s>"]}
    assert all(s in shown_text(row) for strings in answers(row).values() for s in strings)
    write_rows(tmp_path / "rows.jsonl", [row])
    (line,) = (tmp_path / "rows.jsonl").read_text("utf8").splitlines()
    assert json.loads(line) == row.record


@pytest.mark.parametrize(
    "argument, value",
    [
        ("queries", "some"),
        ("query", "x"),
        ("negatives", "x"),
        ("max_tokens", 0),
        ("most_queries", 0),
        ("seed", -1),
        ("ratio", -1),
    ],
)
def test_bad_settings_are_named(argument: str, value: Any):
    with pytest.raises(FewnerError, match=f"^{argument}: "):
        Conversations(**{argument: value})


def test_two_sets_of_one_name_are_refused():
    with pytest.raises(FewnerError, match="different names"):
        rows_of(SPORT, SPORT)
