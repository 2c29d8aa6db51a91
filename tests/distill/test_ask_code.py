"""Spans by guidelines in Python: the prompts of the rows, and what becomes of the answers."""

import time

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from pretraining_helpers import marked
from scripted import client

from spacy_fewner.distill.answers.ask_code import AskCode
from spacy_fewner.distill.answers.python_list import Written, read_instances
from spacy_fewner.distill.answers.tasks import ask_code
from spacy_fewner.distill.measuring.measure import measure
from spacy_fewner.distill.rows.code_rows import CodeRows, code_rows
from spacy_fewner.distill.rows.python_text import literal
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.types import CharSpan, LabelSpec, Reject, Sample, Schema

SCHEMA = Schema(
    (LabelSpec("PER", "A human being."), LabelSpec("LOC", 'A "place".'), LabelSpec("river"))
)
GOLD = [
    marked("[Ada:PER] swam the [Tiber:river] in [Rome:LOC] , and [Ada:PER] won ."),
    marked("Nobody went ."),
    marked('The [New York:LOC] of "[Bo:PER]" \\ n'),
]
ROWS = code_rows([RowSet("a", GOLD, SCHEMA)], CodeRows(evaluation=True)).rows
TREE = Schema(
    (
        LabelSpec("Organ", "An instrument."),
        LabelSpec("Organ/maker", "Who built it."),
        LabelSpec("Organ/stops"),
        LabelSpec("Town"),
    )
)
ORGAN = Sample("Ott built the organ of Aa with Oboe and Flute 8'.")


def answer_of(prompt: Prompt) -> str:
    """That of the row with this task."""
    return next(r.messages[-1].content for r in ROWS if r.messages[:-1] == prompt.messages)


def outcomes(answer, samples=GOLD, schema=SCHEMA, **how) -> list[Sample | Reject]:
    bare = [Sample(one.text) for one in samples]
    return list(AskCode(reject_limit=1.0, **how)(bare, schema, client(answer)))


def test_the_prompts_are_those_of_the_rows_and_right_answers_give_the_spans():
    found = outcomes(answer_of)
    assert [one.spans for one in found] == [tuple(sorted(one.spans)) for one in GOLD]
    assert all(one.meta["stage"] == "ask_code" and one.meta["calls"] for one in found)
    assert "instances" not in found[0].meta


def test_many_types_are_asked_about_in_several_questions():
    asked: list[str] = []

    def answer(prompt: Prompt) -> str:
        asked.append(prompt.messages[-1].content)
        return '[Person(span="Ada")]' if "class Person" in asked[-1] else "[]"

    (found,) = outcomes(answer, GOLD[:1], most_types=2)
    assert ["class River" in one for one in asked] == [False, True]
    assert {(s.surface(found.text), s.label) for s in found.spans} == {("Ada", "PER")}


def test_long_texts_are_asked_about_in_passages():
    text = " ".join(f"Ada left Rome on day {day} ." for day in range(30))
    (found,) = outcomes(
        lambda prompt: '[Person(span="Ada"), Location(span="Rome")]', [Sample(text)], max_tokens=8
    )
    assert len(found.meta["calls"]) == 30 and len(found.spans) == 60


def test_fields_and_the_values_of_an_instance_together():
    asked: list[str] = []

    def answer(prompt: Prompt) -> str:
        asked.append(prompt.messages[-1].content)
        return (
            '[Organ(maker="ott", stops=["Oboe", "Flute 8\'", "Gedackt"]),\n'
            ' Town(span="Aa"), Organ(maker="Silbermann")]'
        )

    (found,) = outcomes(answer, [ORGAN], TREE, fields=True)
    assert 'class Organ:\n    """An instrument."""\n\n    maker: str  # Who built it' in asked[0]
    assert "class Town" in asked[0] and asked[0].count("@dataclass") == 2
    assert {(s.surface(found.text), s.label) for s in found.spans} == {
        ("Ott", "Organ/maker"),
        ("Oboe", "Organ/stops"),
        ("Flute 8'", "Organ/stops"),
        ("Aa", "Town"),
    }
    assert found.meta["instances"] == [
        {"type": "Organ", "values": {"maker": "Ott", "stops": ["Oboe", "Flute 8'"]}},
        {"type": "Town", "values": {"span": "Aa"}},
    ]
    assert found.meta["ungrounded"] == [["Organ/stops", "Gedackt"], ["Organ/maker", "Silbermann"]]
    # What was found is what rows are made of.
    again = code_rows([RowSet("b", [found], TREE)], CodeRows(evaluation=True)).rows[0]
    assert 'Organ(maker="Ott", stops=["Oboe", "Flute 8\'"])' in again.messages[-1].content


def test_names_that_the_question_does_not_have_are_told():
    said = '[Person(span="Ada", age="9"), City(span="Rome"), Person("Ada")]'
    (found,) = outcomes(lambda prompt: said, GOLD[:1])
    assert [one.surface(found.text) for one in found.spans] == ["Ada", "Ada"]
    assert [one[:2] for one in found.meta["left_out"]] == [
        ["PER", "no field of the class"],
        ["", "no class of the question"],
    ]


def test_no_usable_answer_is_a_reject_and_an_empty_list_is_one():
    for said in ("I see nobody", "", "import os", Reply("", finish="error", error="no model")):
        (found,) = outcomes(lambda prompt, said=said: said, GOLD[:1])
        assert isinstance(found, Reject)
    (found,) = outcomes(lambda prompt: "[]", GOLD[:1])
    assert found.spans == () and "left_out" not in found.meta


def test_extension_spans_stay_and_a_blank_text_is_not_asked_about():
    sample = Sample("Ada swam .", (CharSpan(0, 3, "ext/x"), CharSpan(4, 8, "PER")))
    stage = AskCode()
    (found,) = stage([sample], SCHEMA, client(lambda prompt: "[]"))
    assert found.spans == (CharSpan(0, 3, "ext/x"),)
    (blank,) = stage([Sample(" \n")], SCHEMA, client(lambda prompt: pytest.fail("asked")))
    assert blank.spans == ()
    with pytest.raises(FewnerError, match="labels: must name a type"):
        list(stage(GOLD, Schema(()), client(answer_of)))


@pytest.mark.parametrize(
    ("text", "items", "problem"),
    [
        ("[]", 0, None),
        ("result = []", 0, None),
        ('```python\n[\n    A(x="1"),\n]\n```', 1, None),
        ("The list [3]:\n[A(x='1')]", 1, None),
        ('[A(x="1"), B(y="2', 1, "cut short"),
        ('[A(x="1"), B(y=', 1, "cut short"),
        ('[A(x="1") B()]', 1, "no instance"),
        ('[A(x="1"), "B"]', 1, "no instance"),
        ('[A(x=f("1"))]', 1, None),
        ("[A(x=-3, y=None, z=True)]", 1, None),
        ('[A(x="1",), # one\n]', 1, None),
        ("[A(x=open('/etc/passwd').read())]", 0, "no instance"),
        ("[x for x in y]", 0, "no instance"),
        ("[" * 100_000, 0, "no instance"),
        ("[A(x=" * 100_000, 0, "no instance"),
        ("", 0, "empty reply"),
        ("I'm sorry, I can't", 0, "refusal"),
    ],
)
def test_what_is_read_of_an_answer(text: str, items: int, problem: str | None):
    begun = time.perf_counter()
    found = read_instances(text)
    assert len(found.items) == items
    assert [one.reason for one in found.problems] == ([problem] if problem else [])
    assert time.perf_counter() - begun < 20


VALUES = st.recursive(
    st.text(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(lambda d: Written("B", d)),
    ),
    max_leaves=8,
)


def written(value) -> str:
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    return f"{value.name}({', '.join(f'{k}={written(v)}' for k, v in value.values.items())})"


@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3), max_size=4))
def test_what_rows_say_is_read_as_it_was(dicts: list[dict]):
    instances = tuple(Written("A", one) for one in dicts)
    text = "[\n" + "".join(f"    {written(one)},\n" for one in instances) + "]"
    found = read_instances(text)
    assert (found.items, found.problems) == (instances, ())
    half = read_instances(text[: len(text) // 2])
    assert half.items == instances[: len(half.items)]


@given(st.text(alphabet="[](),=\"'\\A x1#\n", max_size=60))
def test_no_answer_is_more_than_it_can_read(text: str):
    found = read_instances(text)
    assert found.items or found.problems or "[" in text


def test_measuring_counts_places_with_class_and_field():
    def answer(prompt: Prompt) -> str:
        return answer_of(prompt).replace("Tiber", "Rhine")

    found = measure(client(answer)._model, ROWS).tasks["code"]
    assert (found.counts, found.answers, found.unusable) == ("spans", 3, 0)
    assert (found.scores.tp, found.scores.fp, found.scores.fn) == (5, 1, 1)


def test_measuring_a_row_of_another_tool():
    row = ChatRow(ROWS[0].messages, {"task": "code"})
    assert measure(client(answer_of)._model, [row]).f == 1.0


def test_as_a_task_of_spacy_llm():
    nlp = spacy.blank("en")
    doc = nlp("Ada swam in Rome")
    task = ask_code(["PER", "LOC"], {"LOC": "A place."})
    (prompts,) = [list(one) for one in zip(*task.generate_prompts([doc]), strict=True)][:1]
    assert "class Location" in str(prompts)
