"""Explanations: which prompt, what of a reply is text, provenance over two calls."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthesis_helpers import HOSTILE, SCHEMA, SEEDS, Scripted, client, last_turn, sample, split

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.replies.parsed import Problem
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.prose import paragraphs, sentences
from spacy_fewner.synthesis.stages.explain import Explain
from spacy_fewner.types import Sample

VOICE = "The Oboe 8' is a reed stop with a thin voice."
NOTE = "A cipher is a note that will not stop."
PROSE = f"{VOICE} {NOTE}"


def answer(prompt: Prompt) -> str:
    if '"items"' in prompt.messages[0].content:
        return '{"items": ["key", "piano", "tuning", "key"]}'
    return PROSE


def test_samples_with_entities_are_explained_and_others_by_their_key_phrases():
    model = Scripted(answer)
    found, rejects = split(Explain("pipe organs")(SEEDS, SCHEMA, Client(model)))
    assert rejects == []
    assert [(one.text, one.spans) for one in found] == [(VOICE, ()), (NOTE, ())] * 4
    found = found[::2]
    assert [one.meta["parents"] for one in found] == [["s1"], ["s2"], ["s3"], ["s4"]]
    assert [one.meta["prompt"] for one in found] == ["explain.v1"] * 3 + [
        "key_phrases.v1 + describe.v1"
    ]
    assert [len(one.meta["calls"]) for one in found] == [1, 1, 1, 2]
    assert len({one.meta["id"] for one in found}) == 4
    asked = {last_turn(prompt) for prompt in model.asked}
    assert any('"pallet" (PART)\n"torn" (FAULT)' in text for text in asked)
    assert any('"key"\n"tuning"\n</phrases>' in text for text in asked)  # no piano in the text


def test_labels_outside_the_schema_are_not_explained():
    given = sample("Drew the Oboe at noon.", ("Oboe", "ext/thing"))
    model = Scripted(lambda prompt: '{"items": []}')
    (found,) = Explain()([given], SCHEMA, Client(model))
    assert found.reason == "no key phrase in the text"


def test_each_long_paragraph_is_a_sample():
    reply = f"# Explanation\n\n- **{PROSE}**\n\nShort.\n\n2. {PROSE} `x`\n"
    explain = Explain(unit="paragraph")
    (first, second), rejects = split(explain(SEEDS[:1], SCHEMA, client(lambda p: reply)))
    assert (first.text, second.text) == (PROSE, f"{PROSE} x")
    assert first.meta["id"] != second.meta["id"]
    assert rejects == []


def test_each_sentence_is_a_sample_or_a_reject():
    reply = f"{VOICE} It is. {NOTE}\n\nMr. Ridd built it in No. 2 Mill Lane. Is it loud?"
    found, rejects = split(Explain()(SEEDS[:1], SCHEMA, client(lambda p: reply)))
    assert [one.text for one in found] == [VOICE, NOTE, "Mr. Ridd built it in No. 2 Mill Lane."]
    assert [(one.reason, one.text) for one in rejects] == [
        ("too short", "It is."),
        ("too short", "Is it loud?"),
    ]
    assert len({one.meta["id"] for one in found}) == 3
    assert all(one.meta["parents"] == ["s1"] and one.meta["calls"] for one in (*found, *rejects))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("J. R. Ridd & Co. made it, e.g. in oak.", ["J. R. Ridd & Co. made it, e.g. in oak."]),
        ("风琴很老。它有三层键盘！", ["风琴很老。", "它有三层键盘！"]),
        ("Opus 2.5 has 1.5 ranks", ["Opus 2.5 has 1.5 ranks"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]):
    assert sentences(text) == expected


@given(text=st.text())
def test_sentences_lose_nothing(text: str):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (PROSE, [PROSE]),
        (f"{SEEDS[0].text} {PROSE}", [PROSE]),
        (Reply(f"{PROSE} And then it", "length"), [PROSE]),
        (Reply("And then it", "length"), "cut short"),
        ("", "empty reply"),
        ("I'm sorry, but I can't assist with that request.", "refusal"),
        (SEEDS[0].text, "copy of a seed"),
        ("It is a stop.", "too short"),
        ("It is a stop. " * 50, "loop"),
        ("A lone \ud83d surrogate in a text that is long enough.", "not Unicode"),
    ],
)
def test_what_of_a_reply_is_text(reply: str | Reply, expected):
    reply = Reply(reply) if isinstance(reply, str) else reply
    found = paragraphs(reply, SEEDS[0].text, 40)
    assert (found.reason if isinstance(found, Problem) else found) == expected


@given(text=st.text(), finish=st.sampled_from(["stop", "length"]))
def test_any_reply_is_text_or_a_reason(text: str, finish: str):
    found = paragraphs(Reply(text, finish), "a text", 5)
    if isinstance(found, Problem):
        assert found.reason
    else:
        assert found
        assert all(len(line) >= 5 and "\n" not in line and line == line.strip() for line in found)


def test_hostile_and_long_samples_change_nothing_else():
    given = [*map(Sample, HOSTILE), Sample("{" * 1_000_000), *SEEDS]
    model = Scripted(lambda p: PROSE if '"items"' not in p.messages[0].content else '["the"]')
    found = list(Explain(reject_limit=1)(given, SCHEMA, Client(model)))
    too_long = next(place for place, one in enumerate(found) if one.text.startswith("{{"))
    assert found[too_long].reason == "too long"
    assert [one.text for one in found[too_long + 1 :][:6]] == [VOICE, NOTE] * 3
    assert all(len(prompt.messages) == 4 for prompt in model.asked)


def test_bad_settings_are_told():
    with pytest.raises(FewnerError, match="sentences"):
        Explain(sentences=0)


@pytest.mark.parametrize("run", ["Dr. ", "A. ", "e.g. ", '." ', "a. ", "No. b ", "x" * 9 + "Co. "])
def test_time_to_find_sentences_grows_with_the_text(run: str):
    started = time.thread_time()
    found = sentences(run * (400_000 // len(run)))
    assert time.thread_time() - started < 3 and found


def test_an_abbreviation_is_a_word_of_its_own():
    assert sentences("By Marco. It is so.") == ["By Marco.", "It is so."]
    assert sentences("By Co. It is so.") == ["By Co. It is so."]
    assert sentences("Corp. It is so. (No. Nine) is.") == ["Corp. It is so.", "(No. Nine) is."]
