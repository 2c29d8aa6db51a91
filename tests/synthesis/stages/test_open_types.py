"""Open types: by name or definition, in JSON or as tuples, in parts, and what a reply can be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthesis_helpers import HOSTILE, REPLIES, client, last_turn, sample, split, surfaces

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.stages.open_types import NOTHING_FOUND, OpenTypes
from spacy_fewner.synthesis.type_names import type_definition, type_name
from spacy_fewner.types import CharSpan, Reject, Sample, Schema

NONE = Schema(())
TEXT = "Ada met Bo in Rome; Rome was hot."


def found(reply: str | Reply, text: str = TEXT, **settings):
    (one,) = OpenTypes(**settings)([Sample(text)], NONE, client(lambda prompt: reply))
    return one


def listed(*pairs: tuple[str, str]) -> str:
    return json.dumps({"items": pairs}, ensure_ascii=False)


def test_each_thing_gets_its_type_wherever_it_stands():
    one = found(listed(("Ada", "Person"), ("Rome", "CapitalCity"), ("Oslo", "city")))
    expected = [("Ada", "person"), ("Rome", "capital city"), ("Rome", "capital city")]
    assert surfaces(one) == expected
    assert one.meta["ungrounded"] == [["city", "Oslo"]]
    assert (one.meta["asked"], one.meta["prompt"]) == ("types", "open_types.v1")
    assert len(one.meta["calls"]) == 1


def test_a_definition_is_the_label():
    told = listed(("Rome", "A city where people live/work."))
    one = found(told, asked="definitions")
    assert {label for _, label in surfaces(one)} == {"A city where people live or work"}


def test_python_tuples_are_read_and_nothing_is_an_answer():
    assert surfaces(found("```python\n[('Ada', 'person')]\n```")) == [("Ada", "person")]
    assert found("[]").spans == found('{"items": []}').spans == ()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I'm sorry, I can't.", "refusal"),
        ("", "empty reply"),
        ("Ada is a person.", "no items"),
        (Reply('{"items": [["Ada", "per', finish="length"), "cut short"),
        (listed(("Oslo", "city")), NOTHING_FOUND),
        ('{"items": [["Ada"]]}', "not a pair"),
        (Reply("", error="no answer"), "no reply"),
    ],
)
def test_malformed_replies_are_rejects(reply: str | Reply, reason: str):
    one = found(reply)
    assert isinstance(one, Reject)
    assert one.reason == reason
    assert one.meta["stage"] == "open_types"


def test_long_texts_are_asked_about_in_parts_and_nothing_moves():
    text = "Ada met Bo. Rome was hot. Nobody stayed."

    def answer(prompt: Prompt) -> str:
        asked = last_turn(prompt)
        return "no" if "Nobody" in asked else listed(("Ada", "person"), ("Rome", "city"))

    (one,) = OpenTypes(max_tokens=3)([Sample(text)], NONE, client(answer))
    assert surfaces(one) == [("Ada", "person"), ("Rome", "city")]
    assert one.meta["left_out"] == [["no items", "no"]]
    assert len(one.meta["calls"]) == 3


def test_what_a_sample_has_stays():
    given = sample("Ada met Bo in Rome.", ("Bo", "ext/person"), id="x", kind="note")
    (one,) = OpenTypes()([given], NONE, client(lambda prompt: listed(("Ada", "person"))))
    assert surfaces(one) == [("Bo", "ext/person"), ("Ada", "person")]
    assert (one.meta["id"], one.meta["kind"], one.meta["parents"]) == ("x", "note", ["x"])


def test_blank_texts_are_not_asked_about():
    made, rejects = split(OpenTypes()([Sample("  ")], NONE, client(lambda prompt: 1 / 0)))
    assert ([one.text for one in made], rejects) == (["  "], [])


def test_without_demonstrations_the_passage_is_all_there_is():
    asked = OpenTypes(demonstrations=False).prompt(TEXT).messages
    assert [message.role for message in asked] == ["system", "user"]
    assert len(OpenTypes().prompt(TEXT).messages) == 6


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_stays_data(text: str):
    one = found(listed((text, text), ("noon", "time")), f"{text} at noon")
    assert ("noon", "time") in surfaces(one)


@given(reply=REPLIES, asked=st.sampled_from(["types", "definitions"]))
def test_whatever_is_replied_spans_lie_in_the_text(reply: str, asked: str):
    one = found(reply, asked=asked)
    assert isinstance(one, (Sample, Reject))
    for span in getattr(one, "spans", ()):
        assert 0 <= span.start < span.end <= len(TEXT)
        assert "/" not in span.label


@pytest.mark.parametrize(
    "settings", [{"asked": "x"}, {"max_tokens": 0}, {"demonstrations": "no"}, {"language": "qq"}]
)
def test_settings_are_checked(settings: dict):
    with pytest.raises(FewnerError):
        OpenTypes(**settings)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("OrganBuilder", "organ builder"),
        ("HTMLPage2", "html page2"),
        ("works_of/art", "works of art"),
        (" Größe ", "größe"),
        ("12", ""),
        ("", ""),
        ("x" * 61, ""),
        ("\ud83dx", "x"),
    ],
)
def test_names_of_types_are_plain_words(told: str, expected: str):
    assert type_name(told) == expected


@given(told=st.text())
def test_labels_are_fit_for_files(told: str):
    for label in filter(None, (type_name(told), type_definition(told))):
        assert "/" not in label
        assert label == " ".join(label.split())
        label.encode()
        CharSpan(0, 1, label)
