"""Four turns on a document: what is asked with what before it, what comes of it, what can fail."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthesis_helpers import HOSTILE, REPLIES, client, last_turn, split, surfaces

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.stages.induce import Induce
from spacy_fewner.synthesis.stages.open_types import NOTHING_FOUND
from spacy_fewner.types import Reject, Sample, Schema

TEXT = "Ada Brandt built the organ of Harwick in 1872. Ada Brandt had two sons."
CLASSES = '''Here they are:
```python
from typing import List, Optional

@dataclass
class OrganBuilder:
    """A person who builds organs.

    Players are none."""
    name: str  # what the person is called
    town: Optional[str]  # where one works

@dataclass
class Work:
    """An organ that was built."""
    builder: OrganBuilder  # who built it
    year_built: str  # when

@dataclass
class Register:
    """All of it."""
    works: List[Work]
```'''
INSTANCES = """result_instances = [
    OrganBuilder(name="Ada Brandt", town="Leeds"),
    Work(builder=OrganBuilder(name="Ada Brandt"), year_built=1872),
]"""
TURNS = {
    "Step 1": "- Ada Brandt built an organ",
    "Step 2": 'Sure! {"builder": [{"name": "Ada Brandt"}]} Anything else?',
    "Step 3": CLASSES,
    "Step 4": INSTANCES,
}


def turn_of(prompt: Prompt) -> str:
    return next(turn for turn in TURNS if turn in last_turn(prompt))


def answering(**replies: str | Reply) -> Callable[[Prompt], str | Reply]:
    """Good replies but for those given, as step_3=…"""
    said = TURNS | {turn.replace("_", " ").capitalize(): text for turn, text in replies.items()}
    return lambda prompt: said[turn_of(prompt)]


def induced(text: str = TEXT, answer=None, **settings):
    stage = Induce(**settings)
    (one,) = stage([Sample(text, meta={"id": "d"})], Schema(()), client(answer or answering()))
    return one


def test_values_in_the_text_are_spans_and_the_rest_is_metadata():
    one = induced()
    builder = ("Ada Brandt", "organ builder")
    assert surfaces(one) == [builder, ("1872", "work/year built"), builder]
    assert one.meta["ungrounded"] == [["organ builder/town", "Leeds"]]
    assert one.meta["guidelines"] == [
        {
            "name": "organ builder",
            "definition": "A person who builds organs. Players are none.",
            "fields": [
                {"name": "name", "definition": "what the person is called"},
                {"name": "town", "definition": "where one works"},
            ],
        },
        {
            "name": "work",
            "definition": "An organ that was built.",
            "fields": [
                {"name": "builder", "definition": "who built it"},
                {"name": "year built", "definition": "when"},
            ],
        },
    ]
    nested = {"type": "organ builder", "values": {"name": "Ada Brandt"}}
    assert one.meta["instances"][1] == {
        "type": "work",
        "values": {"builder": nested, "year built": 1872},
    }
    assert (len(one.meta["calls"]), one.meta["parents"], one.meta["stage"]) == (4, ["d"], "induce")
    assert "left_out" not in one.meta


def test_each_turn_has_all_before_it_and_json_alone_of_the_second_reply():
    asked: list[Prompt] = []

    def answer(prompt: Prompt) -> str:
        asked.append(prompt)
        return TURNS[turn_of(prompt)]

    induced(answer=answer)
    talk = asked[-1].messages
    assert [message.role for message in talk] == ["system", *["user", "assistant"] * 3, "user"]
    said = [message.content for message in talk if message.role == "assistant"]
    assert said == [TURNS["Step 1"], '{"builder": [{"name": "Ada Brandt"}]}', CLASSES]
    assert [prompt.schema for prompt in asked] == [None, {"type": "object"}, None, None]


def test_long_documents_are_asked_about_in_sections_and_joined():
    first = "Ada Brandt built it in 1872."
    text = f"{first}\n\nThen Ada Brandt left.\n\nThe rest is silence."

    def answer(prompt: Prompt) -> str:
        if "silence" in prompt.messages[1].content and "Step 3" in last_turn(prompt):
            return "no"
        return TURNS[turn_of(prompt)]

    one = induced(text, answer, max_chars=30)
    assert surfaces(one) == [
        ("Ada Brandt", "organ builder"),
        ("1872", "work/year built"),
        ("Ada Brandt", "organ builder"),
    ]
    assert [g["name"] for g in one.meta["guidelines"]] == ["organ builder", "work"]
    assert len(one.meta["calls"]) == 11
    assert ["no items", "a part of 20 characters"] in one.meta["left_out"]


@pytest.mark.parametrize(
    ("turn", "reply", "reason"),
    [
        ("step_1", "", "empty reply"),
        ("step_1", "I'm sorry, I can't help with that.", "refusal"),
        ("step_1", Reply("", error="down"), "no reply"),
        ("step_2", "Ada Brandt is a builder.", "no items"),
        ("step_2", Reply('{"builder": [{"na', finish="length"), "cut short"),
        ("step_3", "", "empty reply"),
        ("step_3", "There are two kinds of things.", "no items"),
        ("step_3", '{"OrganBuilder": {"name": "str"}}', "json where python was asked"),
        ("step_3", "import os\nos.system('touch x')", None),
        ("step_4", "[]()", None),
        ("step_4", 'result_instances = [Lighthouse(name="Old Head")]', "copy of the example"),
        ("step_4", 'result_instances = [OrganBuilder(name="Nobody")]', NOTHING_FOUND),
    ],
)
def test_a_turn_that_fails_says_which_and_why(turn: str, reply, reason: str | None):
    one = induced(answer=answering(**{turn: reply}))
    assert isinstance(one, Reject)
    assert one.reason == (reason or one.reason)
    number = int(turn[-1])
    assert one.meta["turn"] == ["summary", "json", "classes", "instances"][number - 1]
    assert len(one.meta["calls"]) == number
    assert one.text == TEXT
    json.dumps(one.meta)


def test_parts_that_are_no_data_are_left_out_with_the_reason():
    tail = 'OrganBuilder(name="Ada Brandt", age=__import__("os").getpid()), Choir(name="x")]'
    one = induced(answer=answering(step_4=f"result_instances = [{tail}"))
    assert surfaces(one) == [("Ada Brandt", "organ builder")] * 2
    assert len(one.meta["left_out"]) == 2


def test_classes_of_one_document_are_not_those_of_another():
    other = "```python\n@dataclass\nclass Town:\n    name: str\n```"

    def answer(prompt: Prompt) -> str:
        is_second = "Rome" in prompt.messages[1].content
        return other if is_second and "Step 3" in last_turn(prompt) else TURNS[turn_of(prompt)]

    given = [Sample(TEXT), Sample("Rome was hot, Ada Brandt said.")]
    found, rejects = split(Induce()(given, Schema(()), client(answer)))
    assert [one.text for one in found] == [TEXT]
    assert [(one.reason, one.meta["turn"]) for one in rejects] == [("unknown class", "instances")]


def test_it_goes_through_a_file_and_back(tmp_path):
    one = induced()
    write_samples([one], tmp_path / "one.jsonl")
    assert read_samples(tmp_path / "one.jsonl") == [one]


@pytest.mark.parametrize("text", ["", "  \n ", "…"])
def test_without_a_letter_there_is_nothing_to_ask(text: str):
    one = induced(text, lambda prompt: 1 / 0)
    assert (one.reason, one.text) == ("no text", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_document_stays_data(text: str):
    one = induced(f"{TEXT}\n{text}")
    assert ("1872", "work/year built") in surfaces(one)


@given(
    reply=REPLIES | st.text(st.sampled_from("@classdtypn:()[]=\n \"'#"), max_size=80),
    turn=st.sampled_from(["step_1", "step_2", "step_3", "step_4"]),
)
def test_whatever_is_replied_there_is_one_outcome(reply: str, turn: str):
    one = induced(answer=answering(**{turn: reply}))
    assert isinstance(one, (Sample, Reject))
    json.dumps(one.meta)
    for span in getattr(one, "spans", ()):
        assert TEXT[span.start : span.end].strip()


@pytest.mark.parametrize("settings", [{"max_chars": 0}, {"language": "qq"}, {"reject_limit": 2}])
def test_settings_are_checked(settings: dict):
    with pytest.raises(FewnerError):
        Induce(**settings)
