"""Texts of given classes: what is asked, what becomes of replies, rounds, resuming, retrieval."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from class_seeds import CLASS_SEEDS, CLASSES, classed, planned, texts
from synthesis_helpers import HOSTILE, Scripted, client, last_turn, letters, split

from spacy_fewner.errors import FewnerError, FewnerWarning
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.classes.generate import GenerateTexts
from spacy_fewner.synthesis.classes.retrieve import RetrieveTexts
from spacy_fewner.synthesis.retrieval.index import Index
from spacy_fewner.types import LabelSpec, Reject, Sample, Schema

EASY = {"n_topics": 0, "reject_limit": 1.0}


def asked_class(prompt: Prompt) -> str:
    return last_turn(prompt).split("of the class ")[1].split(" in the same")[0]


def test_texts_have_the_class_that_was_asked_for_and_provenance():
    model = Scripted(texts)
    found, rejects = split(GenerateTexts(6, per_call=2, n_topics=0)(
        CLASS_SEEDS, CLASSES, Client(model)
    ))  # fmt: skip
    assert rejects == []
    assert Counter(*[[label for one in found for label in one.cats]]) == {
        "repair": 1, "tuning": 2, "offer": 3,
    }  # fmt: skip
    assert all(one.cats == dict.fromkeys(one.cats, 1.0) for one in found)
    assert not any(one.spans_annotated or one.spans for one in found)
    assert {one.meta["stage"] for one in found} == {"generate_texts"}
    assert {one.meta["prompt"] for one in found} == {"class_texts.v1"}
    assert len({one.meta["id"] for one in found}) == 6
    of_repair = next(one for one in found if "repair" in one.cats)
    assert {"r1", "r2", "r3"} == set(of_repair.meta["parents"])


def test_a_prompt_tells_of_the_class_and_of_its_neighbours():
    model = Scripted(texts)
    list(GenerateTexts(3, neighbours=1, **EASY)(CLASS_SEEDS, CLASSES, Client(model)))
    for prompt in model.asked:
        system, *_, shown, last = (message.content for message in prompt.messages)
        assert system.count("\n- ") == 2
        lines = [json.loads(line) for line in shown.split("\n")]
        assert {line["class"] for line in lines} == {asked_class(prompt)}
        assert f"({asked_class(prompt)})" not in last


def test_texts_of_other_classes_are_shown_where_that_is_asked_for():
    for count in (0, 1, 2):
        model = Scripted(texts)
        found = list(GenerateTexts(1, contrast=count, **EASY)(CLASS_SEEDS, CLASSES, Client(model)))
        shown = last_turn(model.asked[0])
        others = [seed for seed in CLASS_SEEDS if seed.text in shown]
        assert ("These texts are of other classes" in shown) == bool(count)
        assert len({(*one.cats,) for one in others}) == len(others) == count
        assert {one.meta["id"] for one in others} < set(found[0].meta["parents"])


@pytest.mark.parametrize(
    "reply",
    [
        '{"class": "repair", "text": "A cipher is gone."}',
        '{"text": "A cipher is gone.", "label": "Repair"}',
        'Sure!\n```json\n[{"class": ["repair"], "text": "A cipher is gone."}]\n```',
        '{"items": [{"class": "repair", "text": "A cipher is gone."}]}',
        '{"items": ["A cipher is gone."]}',
        '["A cipher is gone."]',
        '1. "A cipher is gone."',
        "Here you are:\n- A cipher is gone.",
    ],
)
def test_replies_are_read_in_many_forms(reply: str):
    stage = GenerateTexts(1, rounds=1, **EASY)
    found, rejects = split(stage(CLASS_SEEDS[3:], CLASSES, client(lambda prompt: reply)))
    assert ([one.text for one in found], rejects) == (["A cipher is gone."], [])
    assert found[0].cats == {"repair": 1.0}


def test_what_is_wrong_with_a_text_is_said():
    rows = [
        {"class": "repair", "text": "The  pallet is torn AGAIN."},
        {"class": "colour", "text": "Painted it all red."},
        {"class": "tuning", "text": "All of it is flat."},
        {"class": ["repair", "tuning"], "text": "Mended, then tuned it."},
        {"class": "repair", "text": "Odd."},
        {"class": "repair", "text": "A hinge was loose."},
        {"class": "repair", "text": "a hinge was loose."},
        {"class": "repair", "text": "Half a \ud83d pair of it."},
        {"class": 3, "text": "A number for a class."},
        {"class": "repair", "text": ["a list"]},
        {"class": "repair"},
    ]
    reply = "\n".join(map(json.dumps, rows)) + '\n{"class": "repair", "text": "Cut'
    seeds = [*CLASS_SEEDS[:1], *CLASS_SEEDS[3:5] * 2, *CLASS_SEEDS[5:] * 4]
    stage = GenerateTexts(1, rounds=1, **EASY)
    found, rejects = split(stage(seeds, CLASSES, client(lambda prompt: reply)))
    assert [one.text for one in found] == ["A hinge was loose."]
    assert Counter(one.reason for one in rejects) == {
        "copy of a seed": 1,
        "unknown class": 1,
        "other class than asked": 2,
        "too short": 1,
        "repeated": 1,
        "not Unicode": 1,
        "wrong type": 2,
        "key missing": 1,
        "cut short": 1,
    }
    assert all(one.stage == "generate_texts" and one.meta["calls"] for one in rejects)
    detail = next(one.detail for one in rejects if one.reason == "other class than asked")
    assert detail == "tuning in place of repair"


@pytest.mark.parametrize("form", ["lines", "json"])
def test_classes_that_occur_together_are_asked_for_together(form: str):
    seeds = [
        *(classed(f"Mended and tuned {n} ranks.", "repair", "tuning") for n in range(3)),
        classed("An offer for all.", "offer"),
    ]

    def answer(prompt: Prompt) -> str:
        together = "classes repair and tuning" in last_turn(prompt)
        return texts(prompt, ["tuning", "Repair"] if together else None)

    model = Scripted(answer)
    stage = GenerateTexts(8, form=form, **EASY)
    found, rejects = split(stage(seeds, CLASSES, Client(model)))
    assert rejects == [] and len(found) == 8
    assert {"repair": 1.0, "tuning": 1.0} in [one.cats for one in found]
    both = next(p for p in model.asked if "classes repair and tuning" in last_turn(p))
    assert '"classes": ["repair", "tuning"]' in both.messages[2].content
    if form == "json":
        assert both.schema["properties"]["items"]["items"]["required"] == ["classes", "text"]


def test_a_class_without_an_example_is_written_from_its_description():
    model = Scripted(texts)
    found, _ = split(GenerateTexts(4, **EASY)(CLASS_SEEDS[:5], CLASSES, Client(model)))
    assert sum("offer" in one.cats for one in found) == 3
    prompt = next(p for p in model.asked if asked_class(p) == "offer")
    system, user, shown, last = (message.content for message in prompt.messages)
    assert "- offer: what work would cost" in system
    assert "of the class offer" not in user and '"class": "offer"' not in shown  # another's style
    assert "Write 3 texts of the class offer" in last


def test_topics_are_thought_up_for_each_class():
    def answer(prompt: Prompt) -> str | Reply:
        last = last_turn(prompt)
        if "topics." not in last:
            return texts(prompt)
        if "Class: tuning" in last:
            return "I'm sorry, I cannot."
        return (
            '{"items": ["Repair", "OFFER", "price of tin", "Two days and 900 for the bellows."]}'
            if "Class: offer" in last
            else '["woodworm"]'
        )

    model = Scripted(answer)
    stage = GenerateTexts(9, n_topics=5, topics=["lunch"])
    found, rejects = split(stage(CLASS_SEEDS, CLASSES, Client(model)))
    assert len(found) == 9 and [one.reason for one in rejects] == ["refusal"]
    plans = {asked_class(p): last_turn(p) for p in model.asked if planned(p)}
    assert all("topic: lunch" in plan for plan in plans.values())
    assert "price of tin" in plans["offer"] and "woodworm" in plans["repair"]
    assert "woodworm" not in plans["offer"] and "topic: OFFER" not in plans["offer"]
    assert "topic: Two days" not in plans["offer"]
    counts = [last_turn(p).split()[-2] for p in model.asked if not planned(p)]
    assert counts == ["2", "3", "4"]  # no more than texts are to be written


def test_rounds_make_up_for_rejects_class_by_class():
    def poor(prompt: Prompt) -> str:
        if asked_class(prompt) != "repair":
            return texts(prompt)
        return texts(prompt).split("\n")[0] + '\n{"text": "x"}'

    model = Scripted(poor)
    stage = GenerateTexts(18, per_call=4, **EASY)
    found, _ = split(stage(CLASS_SEEDS, CLASSES, Client(model)))
    counts = Counter(label for one in found for label in one.cats)
    assert counts == {"repair": 5, "tuning": 6, "offer": 7}
    with pytest.warns(UserWarning, match=r"did not come in 1 rounds: repair 3$"):
        list(replace(stage, rounds=1)(CLASS_SEEDS, CLASSES, client(poor)))


def test_many_classes_take_turns_and_few_texts_few_calls():
    names = [f"class {n}" for n in range(150)]
    schema = Schema(tuple(map(LabelSpec, names)))
    seeds = [classed(f"{name} {n} things of it", name) for name in names for n in range(2)]
    model = Scripted(texts)
    found, _ = split(GenerateTexts(300, **EASY)(seeds, schema, Client(model)))
    assert len(found) == 300 and len(model.asked) == 150
    assert Counter(label for one in found for label in one.cats) == dict.fromkeys(names, 2)
    assert max(len(str(prompt)) for prompt in model.asked) < 4000


def test_a_run_is_repeated_and_resumed_to_the_letter(tmp_path: Path):
    stage = GenerateTexts(40, per_call=4, n_topics=2, reject_limit=1.0)

    def poor(prompt: Prompt) -> str:
        return texts(prompt) if prompt.sample % 3 else "nothing"

    whole = list(stage(CLASS_SEEDS, CLASSES, client(poor)))
    asked = Scripted(poor)
    with Journal(tmp_path / "j.jsonl") as journal:
        begun = stage(CLASS_SEEDS, CLASSES, Client(asked, journal))
        for _ in range(9):
            next(begun)
        begun.close()
    again = Scripted(poor, concurrency=7)
    with Journal(tmp_path / "j.jsonl") as journal:
        assert list(stage(CLASS_SEEDS, CLASSES, Client(again, journal))) == whole
    assert len(asked.asked) > 3 and len(again.asked) > 3
    with Journal(tmp_path / "j.jsonl", "replay") as journal:
        assert list(stage(CLASS_SEEDS, CLASSES, Client(None, journal))) == whole


def test_retrieved_texts_are_those_near_the_class():
    index = Index(letters)
    index.add(["zzz zzz zz", "mended pallet pallets", "flat reeds were flat", "z" * 700])
    seeds = [classed("zz zz zzz", "repair", id="z"), classed("reeds were flat", "tuning", id="t")]
    schema = Schema(CLASSES.labels[:2])
    model = Scripted(texts)
    stage = RetrieveTexts(4, per_call=1, index=index, k=3, m=1, **EASY)
    found, _ = split(stage(seeds, schema, Client(model)))
    assert {one.meta["stage"] for one in found} == {"retrieve_texts"}
    first = {asked_class(p): last_turn(p) for p in reversed(model.asked)}
    assert "z" * 700 not in str(model.asked)
    assert all("of any class" in turn for turn in first.values())
    with pytest.raises(FewnerError, match="use the stage GenerateTexts"):
        RetrieveTexts(4)


@pytest.mark.parametrize("text", [*HOSTILE, "[{(" * 300])
def test_a_hostile_seed_changes_no_turn_but_the_data_in_it(text: str):
    model = Scripted(texts)
    seeds = [*CLASS_SEEDS[:3], classed(text, "tuning"), classed("A plain text.", "tuning")]
    found, rejects = split(GenerateTexts(6, **EASY)(seeds, CLASSES, Client(model)))
    assert (len(found), rejects) == (6, [])
    for prompt in model.asked:
        assert [m.role for m in prompt.messages] == ["system", "user", "assistant", "user"]
        assert all(json.loads(line)["text"] for line in prompt.messages[2].content.split("\n"))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"target_size": 0}, "target_size"),
        ({"per_call": 0}, "per_call"),
        ({"between": 1.2}, "between"),
        ({"neighbours": -1}, "neighbours"),
        ({"form": "list"}, "form"),
    ],
)
def test_bad_settings_of_texts_are_told(settings, named: str):
    with pytest.raises(FewnerError, match=named):
        GenerateTexts(**settings)


def test_texts_without_classes_are_left_out_and_said():
    seeds = [*CLASS_SEEDS, Sample("Without any class.", meta={"id": "none"})]
    with pytest.warns(FewnerWarning, match="1 of 7 texts have no class"):
        found = list(GenerateTexts(3, **EASY)(seeds, CLASSES, client(texts)))
    assert not any("none" in one.meta["parents"] for one in found)
    with pytest.raises(FewnerError, match="needs texts with classes"):
        list(GenerateTexts(3)([Sample("x")], CLASSES, client(texts)))


def test_empty_replies_are_rejects():
    stage = GenerateTexts(3, rounds=1, **EASY)
    with pytest.warns(UserWarning, match="did not come"):
        outcomes = list(stage(CLASS_SEEDS, CLASSES, client(lambda prompt: "")))
    assert {one.reason for one in outcomes if isinstance(one, Reject)} == {"empty reply"}
