"""Generation: forms of replies, real replies, rounds, plans, resuming, hostile seeds."""

import json
import re
from dataclasses import replace
from itertools import combinations, count
from pathlib import Path

import pytest
from synthesis_helpers import (
    HOSTILE,
    SCHEMA,
    SEEDS,
    Scripted,
    client,
    last_turn,
    letters,
    sample,
    split,
    surfaces,
)

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.retrieval.index import Index
from spacy_fewner.synthesis.stages.generate import Generate
from spacy_fewner.synthesis.stages.retrieve import Retrieve
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

QWEN = Path(__file__).parents[1] / "data" / "qwen_generated.jsonl"
MOVIE = Schema(
    tuple(
        LabelSpec(name)
        for name in (
            *("Title", "Viewers' Rating", "Year", "Genre", "Director", "MPAA Rating", "Plot"),
            *("Actor", "Trailer", "Song", "Review", "Character"),
        )
    )
)


def plain(**settings) -> Generate:
    """Without topics and entities, which take calls of their own."""
    return Generate(**{"n_topics": 0, "n_entities": 0, **settings})


def lines(prompt: Prompt, start: int = 0) -> str:
    """As many texts as there are plans, none like another, each with a stop."""
    planned = [line for line in last_turn(prompt).split("\n") if ". about " in line]
    texts = [f"Call {prompt.sample} tunes the Viola {start + n}." for n in range(len(planned))]
    return "\n".join(
        json.dumps({"text": text, "entities": [{"text": text[-8:-1].strip(), "label": "stop"}]})
        for text in texts
    )


def test_texts_become_samples_with_provenance():
    stage = plain(target_size=6, per_call=3)
    found, rejects = split(stage(SEEDS, SCHEMA, client(lines)))
    assert rejects == []
    assert [one.text for one in found] == [
        f"Call {call} tunes the Viola {n}." for call in range(2) for n in range(3)
    ]
    assert surfaces(found[0]) == [("Viola 0", "STOP")]
    assert found[0].meta["stage"] == "generate"
    assert found[0].meta["prompt"] == "generate.v2"
    assert sorted(found[0].meta["parents"]) == ["s1", "s2", "s3", "s4"]
    assert len({one.meta["id"] for one in found}) == 6
    assert len({*found[0].meta["calls"], *found[3].meta["calls"]}) == 2


@pytest.mark.parametrize(
    ("form", "reply"),
    [
        ("lines", '{"text": "A cipher here.", "entities": [{"text": "cipher", "label": "fault"}]}'),
        (
            "json",
            '{"items": [{"text": "A cipher here.", "entities": [{"text": "cipher",'
            ' "label": "FAULT"}]}]}',
        ),
        ("list", "1. Text: A cipher here.\nEntities: cipher (FAULT)"),
    ],
)
def test_every_form_is_shown_asked_for_and_read(form: str, reply: str):
    model = Scripted(lambda prompt: reply)
    (found,), _ = split(plain(target_size=1, form=form)(SEEDS, SCHEMA, Client(model)))
    assert (found.text, surfaces(found)) == ("A cipher here.", [("cipher", "FAULT")])
    assert (model.asked[0].schema is not None) == (form == "json")


def test_what_is_wrong_with_a_text_is_said():
    texts = [
        ("Drew the  oboe 8' at noon.", "Oboe 8'", "STOP"),
        ("A new text.", "new", "COLOUR"),
        ("Another text.", "trumpet", "STOP"),
        ("Sound.", "Sound", "PART"),
        ("A Gamba 8' text.", "Gamba 8'", "STOP"),
        ("A gamba 8' text.", "gamba 8'", "STOP"),
        ("Half a \ud83d pair of it.", "pair", "PART"),
    ]
    reply = "\n".join(
        json.dumps({"text": text, "entities": [{"text": surface, "label": label}]})
        for text, surface, label in texts
    )
    stage = plain(target_size=1, reject_limit=1)
    found, rejects = split(stage(SEEDS, SCHEMA, client(lambda prompt: reply + '\n{"text": "Cut')))
    assert [one.text for one in found] == ["A Gamba 8' text."]
    assert [one.reason for one in rejects] == [
        "copy of a seed",
        "unknown label",
        "not in the text",
        "too short",
        "repeated",
        "not Unicode",
        "cut short",
    ]
    assert all(one.stage == "generate" and one.meta["calls"] for one in rejects)


def test_rounds_make_up_for_rejects_and_end():
    calls = count()

    def poor(prompt: Prompt) -> str:
        next(calls)
        return lines(prompt).split("\n")[0] + '\n{"text": "no list"}'

    stage = plain(target_size=8, per_call=4, rounds=2, reject_limit=1)
    found, rejects = split(stage(SEEDS, SCHEMA, client(poor)))
    assert (len(found), len(rejects)) == (8, 8)
    assert next(calls) == 8  # 2 calls gave 2 texts, so 6 more calls for the 6 missing
    with pytest.warns(UserWarning, match="2 samples of 8 in 1 rounds"):
        list(
            plain(target_size=8, per_call=4, rounds=1, reject_limit=1)(SEEDS, SCHEMA, client(poor))
        )


def test_calls_differ_and_show_all_seeds_in_turn():
    model = Scripted(lines, concurrency=1)
    list(plain(target_size=8, per_call=2, shown=1)(SEEDS, SCHEMA, Client(model)))
    shown = [prompt.messages[2].content for prompt in model.asked]
    assert len(set(shown)) == len(shown) == 4
    assert len({last_turn(prompt) for prompt in model.asked}) > 1


def test_topics_and_entities_are_thought_up_and_used():
    def answer(prompt: Prompt) -> str:
        last = last_turn(prompt)
        if "topics." in last:
            return '{"items": ["a wet tower", "a wet tower", "new leather"]}'
        if "Type: STOP" in last:
            return '```json\n["Dulciana 8\'"]\n```'
        if "Type: PART" in last:
            return Reply('{"items": ["tracker", "roller board", "trac', finish="length")
        return "I'm sorry, I cannot." if "Type: FAULT" in last else lines(prompt)

    model = Scripted(answer)
    stage = Generate(target_size=6, per_call=3, n_topics=2, n_entities=2, topics=["lunch"])
    found, rejects = split(stage(SEEDS, SCHEMA, Client(model)))
    assert len(found) == 6
    assert [one.reason for one in rejects] == ["refusal"]
    plans = "\n".join(last_turn(prompt) for prompt in model.asked if ". about" in last_turn(prompt))
    for planned in ("a wet tower", "new leather", "lunch", "Dulciana 8' (STOP)", "some FAULT"):
        assert planned in plans
    assert "tracker (PART)" in plans or "roller board (PART)" in plans
    assert "trac (PART)" not in plans


def test_a_run_is_repeated_and_resumed_to_the_letter(tmp_path: Path):
    stage = plain(target_size=40, per_call=4, reject_limit=1)

    def poor(prompt: Prompt) -> str:
        return lines(prompt) if prompt.sample % 3 else "nothing"

    whole = list(stage(SEEDS, SCHEMA, client(poor)))
    asked = Scripted(poor)
    with Journal(tmp_path / "j.jsonl") as journal:
        begun = stage(SEEDS, SCHEMA, Client(asked, journal))
        for _ in range(9):
            next(begun)
        begun.close()
    paid = len(asked.asked)
    again = Scripted(poor, concurrency=7)
    with Journal(tmp_path / "j.jsonl") as journal:
        assert list(stage(SEEDS, SCHEMA, Client(again, journal))) == whole
    assert paid + len(again.asked) == len({call for one in whole for call in one.meta["calls"]})
    with Journal(tmp_path / "j.jsonl", "replay") as journal:
        assert list(stage(SEEDS, SCHEMA, Client(None, journal))) == whole


@pytest.mark.parametrize("text", [*HOSTILE, "[{(" * 300])
def test_a_hostile_seed_changes_no_turn_but_the_examples(text: str):
    model = Scripted(lines)
    found, rejects = split(plain(target_size=10)([*SEEDS[:3], Sample(text)], SCHEMA, Client(model)))
    assert (len(found), rejects) == (10, [])
    (prompt,) = model.asked
    assert [m.role for m in prompt.messages] == ["system", "user", "assistant", "user"]
    shown = [json.loads(line)["text"] for line in prompt.messages[2].content.split("\n")]
    assert len(shown) == 4
    assert any(one.replace(" ", "") == text.replace(" ", "") for one in shown)


def test_hostile_replies_are_their_own_records():
    replies = [
        '{"text": "' + "[" * 400_000,
        "[" * 400_000,
        '{"text": "{{ 7 * 7 }} is fine", "entities": []}',
        "",
    ]
    stage = plain(target_size=8, per_call=2, rounds=1, reject_limit=1)
    with pytest.warns(UserWarning):
        found, rejects = split(stage(SEEDS, SCHEMA, client(lambda p: replies[p.sample])))
    assert [one.text for one in found] == ["{{ 7 * 7 }} is fine"]
    assert len(rejects) == 3


@pytest.mark.parametrize(("form", "n_samples"), [("lines", 9), ("json", 4)])
def test_replies_of_a_small_model_are_read_in_the_forms_asked_for(form: str, n_samples: int):
    """What Qwen2.5-Coder-1.5B-Instruct answered to every call of one run (data/README.md)."""
    by_step: dict[str, list[Reply]] = {}
    for row in map(json.loads, QWEN.read_text("utf8").split("\n")[:-1]):
        by_step.setdefault(row["step"], []).append(Reply(row["reply"], row["finish"]))

    def answer(prompt: Prompt) -> Reply:
        last = last_turn(prompt)
        kind = re.search(r"^Type: (\w+)\nExamples", last, re.M)
        step = f"entities {kind[1]}" if kind else "topics" if "topics." in last else form
        return by_step[step][prompt.sample]

    names = [step.removeprefix("entities ") for step in by_step if step.startswith("entities")]
    stage = Generate(12, per_call=6, form=form, rounds=1, reject_limit=1)
    model = Scripted(answer)
    with pytest.warns(UserWarning, match="of 12"):
        found, rejects = split(stage(SEEDS, Schema(tuple(map(LabelSpec, names))), Client(model)))
    assert (len(found), len(rejects)) == (n_samples, 12 - n_samples)
    assert {one.reason for one in rejects} <= {"not in the text", "unknown label"}
    assert len(model.asked) == 1 + len(names) + 2
    plans = "".join(map(last_turn, model.asked))
    makers = json.loads(by_step["entities MAKER"][0].text)["items"]
    assert any(f"{maker} (MAKER)" in plans for maker in makers)


def test_replies_of_a_real_model_are_read(published):
    real = published("proggen_llm_io/sample_mit_movie.jsonl")
    rows = [json.loads(line) for line in real.read_text("utf8").splitlines()[:400]]
    seeds = [sample(f"show me {n} films with tom hanks", ("tom hanks", "Actor")) for n in range(9)]
    replies = [row["completion"] for row in rows]
    stage = plain(target_size=1200, per_call=3, form="list", rounds=1, reject_limit=1)
    found, rejects = split(stage(seeds, MOVIE, client(lambda p: replies[p.sample % len(replies)])))
    assert len(found) > 0.75 * (len(found) + len(rejects))
    assert all(span.label in MOVIE for one in found for span in one.spans)
    assert all(one.reason and one.meta["calls"] for one in rejects)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"target_size": 0}, "target_size"),
        ({"per_call": 0}, "per_call"),
        ({"n_topics": -1}, "n_topics"),
        ({"form": "xml"}, "form"),
        ({"reject_limit": 1.5}, "reject_limit"),
    ],
)
def test_bad_settings_are_told(settings, named: str):
    with pytest.raises(FewnerError, match=named):
        Generate(**settings)


def test_seeds_are_needed():
    with pytest.raises(FewnerError, match="generation needs seeds"):
        list(plain()([], SCHEMA, client(lines)))


def test_extensions_of_seeds_are_not_shown():
    extended = [
        replace(seed, spans=(*seed.spans, CharSpan(0, 3, "ext/odd"), CharSpan(0, 5, "ext/word")))
        for seed in SEEDS
    ]
    asked = [Scripted(lines), Scripted(lines)]
    for model, seeds in zip(asked, (SEEDS, extended), strict=True):
        list(plain(target_size=6, per_call=3)(seeds, SCHEMA, Client(model)))
    assert len({str(sorted(map(str, model.asked))) for model in asked}) == 1


def test_texts_without_spaces_are_planned_in_characters():
    model = Scripted(lambda prompt: '{"text": "我们明天去修理管风琴。", "entities": []}')
    seeds = [Sample("这架管风琴的音栓需要修理，明天开始。")]
    list(plain(target_size=1)(seeds, SCHEMA, Client(model)))
    assert "1. about 18 characters" in last_turn(model.asked[0])


def test_stages_of_one_run_plan_other_texts():
    """Generate and Retrieve have the same seed and pools, and ask for topics and entities alike."""
    index = Index(letters)
    index.add(["the swell ciphers", "a torn pallet", "tea with the verger"])
    stages = [
        Generate(20, per_call=5, seed=3, rounds=1),
        Retrieve(20, per_call=5, seed=3, rounds=1, index=index),
        Generate(20, per_call=5, seed=3, rounds=1, name="more"),
    ]
    plans, ideas = [], []
    for stage in stages:
        model = Scripted(lambda prompt: json.dumps({"items": [f"idea {n}" for n in range(12)]}))
        with pytest.warns(UserWarning, match="0 samples of 20"):
            list(replace(stage, reject_limit=1.0)(SEEDS, SCHEMA, Client(model)))
        asked = [last_turn(prompt) for prompt in model.asked]
        plans.append(
            [line for text in asked for line in re.findall(r"^\d+\. about .*", text, re.M)]
        )
        ideas.append([text for text in asked if " more texts" not in text])
    assert ideas[0] == ideas[1] == ideas[2] and ideas[0]
    assert all(len(own) == 20 for own in plans)
    for one, other in combinations(plans, 2):
        assert sum(map(str.__eq__, one, other)) <= 5
