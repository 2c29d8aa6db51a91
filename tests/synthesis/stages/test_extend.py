"""Label extension: real replies of a small model, what can be wrong with a reply, hostile texts."""

import json

import pytest
from synthesis_helpers import (
    HOSTILE,
    RECORDED,
    SCHEMA,
    SEEDS,
    Scripted,
    client,
    last_turn,
    recorded,
    sample,
    split,
    surfaces,
)

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.stages.extend import Extend
from spacy_fewner.types import Sample


def texts(language: str) -> list[Sample]:
    """Those that all three steps have replies for."""
    rows = [row for row in RECORDED if row["language"] == language and row["step"] == "tag"]
    return [Sample(row["text"], meta={"id": row["text"][:5]}) for row in rows]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_real_replies_become_all_three_layers(language: str):
    stage = Extend(("entities", "words", "tags"), language=language)
    given = texts(language)
    found, rejects = split(stage(given, SCHEMA, client(recorded)))
    assert (len(found), rejects) == (len(given), [])
    for before, after in zip(given, found, strict=True):
        words = [s for s in after.spans if s.label == "ext/seg/word"]
        tags = [s for s in after.spans if s.label.startswith("ext/pos/")]
        assert "".join(s.surface(after.text) for s in words) == "".join(before.text.split())
        assert [(s.start, s.end) for s in words] == [(s.start, s.end) for s in tags]
        assert any(s.label.count("/") == 1 for s in after.spans)
        assert len(after.meta["calls"]) == 3
        assert after.meta["parents"] == [before.meta["id"]]
        assert after.meta["prompt"] == " + ".join(
            f"{step}.{language}.v1" for step in ("extend_entities", "segment", "tag")
        )


def listed(*items) -> str:
    return json.dumps({"items": items}, ensure_ascii=False)


def entities(reply: str | Reply, text: str = "Drew the Oboe 8' at noon.", **settings):
    (found,) = Extend(**settings)([Sample(text)], SCHEMA, client(lambda prompt: reply))
    return found


def test_what_was_there_stays_and_types_are_put_in_one_form():
    reply = listed(
        {"entity": "oboe 8'", "type": " Wind\nInstrument/Stop "}, {"entity": "noon", "type": "TIME"}
    )
    stage = Extend()
    (found,) = stage(SEEDS[:1], SCHEMA, client(lambda prompt: reply))
    assert surfaces(found) == [
        ("Oboe 8'", "STOP"),
        ("Oboe 8'", "ext/wind instrument stop"),
        ("noon", "ext/time"),
    ]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (listed({"entity": "trumpet", "type": "thing"}), "not in the text"),
        (listed({"entity": "noon"}), "unreadable mention"),
        (listed("noon"), "unreadable mention"),
        (listed({"entity": "noon", "type": "x" * 60}), "unreadable mention"),
        ('{"items": [{"entity": "noon", "type": "time"}', "no items"),
        (Reply('{"items": [{"entity": "noon", "type": "time"}', "length"), "cut short"),
        ("I'm sorry, I can't do that.", "refusal"),
        ("", "empty reply"),
        ("[" * 400_000, None),
        ("{" * 400_000, None),
        ('{"items": 3}', None),
    ],
)
def test_replies_that_are_no_annotation_are_rejected(reply: str | Reply, reason: str | None):
    found = entities(reply)
    assert getattr(found, "reason", "") in (
        [reason] if reason else ["no items", "not json", "cut short", "nested too deeply"]
    )
    assert found.meta["calls"] and found.meta["parents"]
    assert found.stage == "extend"


def test_less_strict_keeps_what_is_found():
    reply = listed({"entity": "trumpet", "type": "thing"}, 7, {"entity": "noon", "type": "time"})
    assert surfaces(entities(reply, strict=False)) == [("noon", "ext/time")]


@pytest.mark.parametrize("reply", ["[]", "```json\n[]\n```", '{"items": []}', "Here: []"])
def test_no_entities_is_an_answer(reply: str):
    assert entities(reply).spans == ()


def words(reply: str, text: str) -> Sample:
    (found,) = Extend(("words",))([Sample(text)], SCHEMA, client(lambda prompt: reply))
    return found


def test_words_must_be_those_of_the_text():
    assert surfaces(words(listed("a", " b ", ""), "a  b")) == [
        ("a", "ext/seg/word"),
        ("b", "ext/seg/word"),
    ]
    for wrong in (["a"], ["a", "c"], ["b", "a"], ["a", "b", "c"], []):
        assert words(listed(*wrong), "a  b").reason == "words are not those of the text"


def test_words_of_the_sample_stay_when_tags_are_asked_for():
    given = sample("ab", ("ab", "ext/seg/word"))

    def answer(prompt: Prompt) -> str:
        both = listed({"word": "a", "pos": "X"}, {"word": "b", "pos": "X"})
        return both if "Words:" in last_turn(prompt) else listed("a", "b")

    (found,) = Extend(("tags",))([given], SCHEMA, client(answer))
    assert surfaces(found) == [("ab", "ext/seg/word"), ("a", "ext/pos/X"), ("b", "ext/pos/X")]


@pytest.mark.parametrize(
    ("tagged", "reason"),
    [
        ([("a", "noun"), ("b", "VERB")], None),
        ([("a", "NOUN")], "words are not those of the text"),
        ([("a", "NOUN"), ("c", "VERB")], "words are not those of the text"),
        ([("a", "NOUN"), ("b", "THING")], "unknown label"),
    ],
)
def test_tags_must_be_those_of_the_words(tagged, reason: str | None):
    def answer(prompt: Prompt) -> str:
        if "Words:" not in last_turn(prompt):
            return listed("a", "b")
        return listed(*({"word": word, "pos": pos} for word, pos in tagged))

    (found,) = Extend(("tags",))([Sample("a b")], SCHEMA, client(answer))
    if reason is None:
        assert surfaces(found) == [("a", "ext/pos/NOUN"), ("b", "ext/pos/VERB")]
        assert set(found.meta) == {"stage", "calls", "parents", "prompt"}
    else:
        assert found.reason == reason
        assert len(found.meta["calls"]) == 2


def test_every_sample_comes_out_once_in_order_and_a_hostile_one_changes_only_itself():
    given = [*SEEDS, *map(Sample, HOSTILE), Sample("[" * 1_000_000), Sample("  "), *SEEDS]

    def answer(prompt: Prompt) -> str:
        text = last_turn(prompt).split("\n", 1)[1]
        return listed() if not text.startswith("<") else "no"

    model = Scripted(answer)
    found = list(Extend(reject_limit=1)(given, SCHEMA, Client(model)))
    assert [one.text for one in found] == [one.text for one in given]
    reasons = [getattr(one, "reason", None) for one in found]
    assert reasons[8] == "too long"
    assert reasons[:4] == reasons[-4:] == [None] * 4
    fixed = {prompt.messages[:-1] for prompt in model.asked}
    assert len(fixed) == 1
    assert all(len(last_turn(prompt)) < 2100 for prompt in model.asked)


def test_entities_of_the_same_surface_are_grounded_in_order():
    given = sample("An Oboe, an oboe, an Oboe.")
    reply = listed({"entity": "oboe", "type": "thing"}, {"entity": "Oboe", "type": "stop"})
    (found,) = Extend()([given], SCHEMA, client(lambda prompt: reply))
    assert [(s.start, s.label) for s in found.spans] == [(12, "ext/thing"), (21, "ext/stop")]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"layers": ()}, "layers"),
        ({"layers": ("nouns",)}, "layers"),
        ({"language": "qq"}, "language"),
        ({"max_chars": 0}, "max_chars"),
    ],
)
def test_bad_settings_are_told(settings, named: str):
    with pytest.raises(FewnerError, match=named):
        Extend(**settings)


@pytest.mark.parametrize(
    ("language", "prompt", "said"),
    [
        ("en", "extend_entities.en.v1", None),
        ("xx", "extend_entities.en.v1", None),
        ("de", "extend_entities.en.v1", "The text is in German: copy"),
        ("grc", "extend_entities.en.v1", "The text is in Ancient Greek: copy"),
        ("zh", "extend_entities.zh.v1", "你负责"),
    ],
)
def test_the_prompt_goes_by_the_language_of_the_text(language: str, prompt: str, said: str | None):
    model = Scripted(lambda asked: listed())
    (found,) = Extend(language=language)([Sample("Die Orgel heult.")], SCHEMA, Client(model))
    assert found.meta["prompt"] == prompt
    system = model.asked[0].messages[0].content
    assert said in system if said else "The text is in" not in system


def test_other_languages_are_segmented_and_tagged_in_english():
    layers = ("words", "tags")
    model = Scripted(lambda asked: listed("Die", "Orgel", "heult", "."))
    list(
        Extend(layers, language="de", reject_limit=1)(
            [Sample("Die Orgel heult.")], SCHEMA, Client(model)
        )
    )
    assert model.asked[0].messages[0].content.startswith("You split texts into words")


def test_what_is_left_out_is_named():
    reply = listed({"entity": "oboe", "type": "stop"}, {"entity": "piano", "type": "keys"})
    found = entities(reply, strict=False)
    assert surfaces(found) == [("Oboe", "ext/stop")]
    assert found.meta["left_out"] == [["piano", "ext/keys"]]
