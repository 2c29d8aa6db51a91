"""Spans by questions about types: the prompts of the rows, and what becomes of the answers."""

import json
from typing import Any

import pytest
import spacy
from pretraining_helpers import marked
from scripted import client

from spacy_fewner.distill.answers.ask_types import AskTypes
from spacy_fewner.distill.answers.strings import read_lists, read_strings
from spacy_fewner.distill.answers.tasks import ask_types
from spacy_fewner.distill.rows.conversations import Conversations, conversation_rows
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.replies.parsed import Problem
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.types import CharSpan, LabelSpec, Reject, Sample, Schema

SCHEMA = Schema(
    (LabelSpec("PER", "A human being."), LabelSpec("LOC", "A place."), LabelSpec("river"))
)
GOLD = [
    marked("[Ada:PER] swam the [Tiber:river] in [Rome:LOC] , and [Ada:PER] won ."),
    marked("Nobody went ."),
]
NAMES = {"person": "PER", "location": "LOC", "river": "river"}


def answer_of(prompt: Prompt) -> str:
    """What gold says of the passage, in the form that is asked for."""
    passage = prompt.messages[1].content.partition("Text: ")[2]
    asked = prompt.messages[-1].content
    sample = next(one for one in GOLD if passage in one.text)
    found = {
        name: [s.surface(sample.text) for s in sorted(sample.spans) if s.label == label]
        for name, label in NAMES.items()
    }
    found = {n: [one for one in dict.fromkeys(v) if one in passage] for n, v in found.items()}
    if "each of these" in asked:
        return json.dumps(found)
    return json.dumps(next(v for n, v in found.items() if f"describes {n} in" in asked))


def outcomes(answer: Any, samples=GOLD, **how: Any) -> list[Sample | Reject]:
    bare = [Sample(one.text) for one in samples]
    return list(AskTypes(reject_limit=1.0, **how)(bare, SCHEMA, client(answer)))


@pytest.mark.parametrize("queries", ["each", "all"])
@pytest.mark.parametrize("query", ["name", "definition"])
@pytest.mark.parametrize("data_set", ["", "sport"])
def test_the_prompts_are_those_of_the_rows(queries: str, query: str, data_set: str):
    how = Conversations(queries=queries, query=query, evaluation=True, data_set_line=bool(data_set))
    rows = conversation_rows([RowSet("sport", GOLD, SCHEMA)], how).rows
    asked: list[Prompt] = []

    def note(prompt: Prompt) -> str:
        asked.append(prompt)
        return "[]" if queries == "each" else "{}"

    stage = AskTypes(queries, query, data_set=data_set)
    list(stage(GOLD, SCHEMA, client(note)))
    assert {one.messages for one in asked} == {row.messages[:-1] for row in rows}
    assert len(asked) == len(rows)


@pytest.mark.parametrize("queries", ["each", "all"])
def test_right_answers_give_the_spans(queries: str):
    found = outcomes(answer_of, queries=queries)
    assert [set(one.spans) for one in found] == [set(one.spans) for one in GOLD]
    assert all(one.meta["stage"] == "ask_types" and one.meta["calls"] for one in found)


def test_long_texts_are_asked_about_in_passages():
    text = " ".join(f"Ada left Rome on day {day} ." for day in range(30))
    said = {"person": ["Ada"], "location": ["Rome"], "river": []}
    asked = []

    def answer(prompt: Prompt) -> str:
        asked.append(prompt)
        return json.dumps(next(v for n, v in said.items() if f"describes {n} in" in str(prompt)))

    (found,) = outcomes(answer, [Sample(text)], max_tokens=32)
    assert len(asked) > 3 * 5
    assert {span.surface(text) for span in found.spans} == {"Ada", "Rome"}
    assert len(found.spans) == 60


def test_what_is_not_in_the_text_or_no_answer_is_told():
    def answer(prompt: Prompt) -> str:
        asked = prompt.messages[-1].content
        if "person" in asked:
            return '["Ada", "Eve"]'
        return "I see none I could name" if "river" in asked else "[]"

    found = outcomes(answer)[0]
    assert {span.surface(found.text) for span in found.spans} == {"Ada"}
    assert found.meta["ungrounded"] == [["PER", "Eve"]]
    assert [one[0] for one in found.meta["left_out"]] == ["river"]


def test_no_usable_answer_is_a_reject():
    found = outcomes(lambda prompt: Reply("", finish="error", error="too long"))
    assert [type(one) for one in found] == [Reject, Reject]
    assert found[0].reason == "no reply" and "too long" in found[0].detail


def test_flat_keeps_the_longest():
    def answer(prompt: Prompt) -> str:
        asked = prompt.messages[-1].content
        return '["Ada swam", "Rome"]' if "person" in asked else '["Ada", "Rome"]'

    nested, flat = (outcomes(answer, GOLD[:1], flat=flat)[0] for flat in (False, True))
    text = GOLD[0].text
    assert len(nested.spans) == 8
    assert [(one.surface(text), one.label) for one in flat.spans] == [
        ("Ada swam", "PER"),
        ("Rome", "PER"),
        ("Ada", "LOC"),
    ]


def test_extension_spans_stay_and_others_go():
    sample = Sample("Ada swam .", (CharSpan(0, 3, "ext/x"), CharSpan(4, 8, "PER")))
    (found,) = AskTypes()([sample], SCHEMA, client(lambda prompt: "[]"))
    assert found.spans == (CharSpan(0, 3, "ext/x"),)


def test_a_blank_text_is_not_asked_about():
    (found,) = AskTypes()([Sample(" \n")], SCHEMA, client(lambda prompt: pytest.fail("asked")))
    assert found.spans == ()


def test_a_schema_without_labels():
    with pytest.raises(FewnerError, match="labels: must name a type"):
        list(AskTypes()(GOLD, Schema(()), client(answer_of)))


@pytest.mark.parametrize(
    ("text", "finish", "found"),
    [
        ('["a", "b"]', "stop", ["a", "b"]),
        ("[]", "stop", []),
        ('Sure: ["a", 3, " "]', "stop", ["a"]),
        ('{"items": ["a"]}', "stop", ["a"]),
        ('["a", "b', "length", ["a"]),
        ("1. a\n2. b", "stop", ["a", "b"]),
    ],
)
def test_lists_of_strings(text: str, finish: str, found: list[str]):
    assert read_strings(Reply(text, finish)) == found


@pytest.mark.parametrize(("text", "finish"), [("The person is Ann.", "stop"), ('["a', "length")])
def test_no_list_of_strings(text: str, finish: str):
    assert isinstance(read_strings(Reply(text, finish)), Problem)


def test_lists_by_type():
    kinds = ["person", "city"]
    assert read_lists(Reply('{"person": ["Ann"], "ship": ["X"]}'), kinds) == {"person": ["Ann"]}
    assert read_lists(Reply("{}"), kinds) == {}
    assert isinstance(read_lists(Reply('{"ship": []}'), kinds), Problem)
    assert isinstance(read_lists(Reply('{"person": ["Ann"]', "length"), kinds), Problem)


def test_as_a_task_of_spacy_llm():
    from scripted import Scripted

    from spacy_fewner.llm.connect import Connection
    from spacy_fewner.llm.models.spacy_llm_model import JournaledModel

    nlp = spacy.blank("en")
    task = ask_types(["PER", "LOC", "river"])
    doc = nlp(GOLD[0].text)
    asked = list(task.generate_prompts([doc]))
    replies = JournaledModel(Connection(Scripted(answer_of)))([prompts for prompts, _ in asked])
    (done,) = task.parse_responses([shards for _, shards in asked], replies)
    assert {(s.text, s.label_) for s in done.spans["sc"]} == {
        ("Ada", "PER"), ("Rome", "LOC"), ("Tiber", "river")
    }  # fmt: skip
