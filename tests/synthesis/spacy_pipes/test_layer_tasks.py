"""Words, parts of speech and key phrases as tasks of spacy-llm, a call a text."""

import json

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span
from synthesis_helpers import (
    HARD,
    HOSTILE,
    RECORDED,
    REPLIES,
    SCHEMA,
    client,
    last_turn,
    recorded,
    sample,
    surfaces,
)

from spacy_fewner.data.docs import META
from spacy_fewner.llm.budget import rough_tokens
from spacy_fewner.llm.models.chat_text import prompt_of
from spacy_fewner.synthesis.spacy_pipes.on_docs import rejects_on, samples_on
from spacy_fewner.synthesis.spacy_pipes.stage_task import StageTask
from spacy_fewner.synthesis.spacy_pipes.tasks import explain, key_phrases, segment, tag
from spacy_fewner.synthesis.stages.explain import Explain
from spacy_fewner.synthesis.stages.key_phrases import KeyPhrases
from spacy_fewner.synthesis.stages.tag import Tag
from spacy_fewner.synthesis.words import UPOS
from spacy_fewner.types import Sample, Schema

NLP = {"en": spacy.blank("en"), "zh": spacy.blank("zh")}
TEXT = "Nobody had the key. The organ stood silent all night."


def run(task: StageTask, doc: Doc, answer, context: int | None = None) -> list[str]:
    """The doc goes through the task; back come the prompts."""
    ((prompts, shards),) = task.generate_prompts([doc], context)
    asked = list(prompts)
    (done,) = task.parse_responses([shards], [[answer(prompt_of(text)) for text in asked]])
    assert done is doc
    return asked


def found(doc: Doc, start: str) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.spans["sc"] if span.label_.startswith(start)]


def listed(*items) -> str:
    return json.dumps({"items": items}, ensure_ascii=False)


def words_in(prompt) -> list[str]:
    """Those that a prompt for tags shows."""
    line = last_turn(prompt).rpartition("\n")[2]
    return json.loads(line[line.index("[") :])


def all_nouns(prompt) -> str:
    return listed(*({"word": word, "pos": "noun"} for word in words_in(prompt)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_real_replies_give_words_and_their_tags(language: str):
    rows = [row for row in RECORDED if row["language"] == language and row["step"] == "tag"]
    assert rows
    for row in rows:
        doc = NLP[language].make_doc(row["text"])
        (asked,) = run(segment(language=language), doc, recorded)
        assert prompt_of(asked).schema
        words = found(doc, "ext/seg/")
        told = next(r for r in RECORDED if r["step"] == "segment" and r["text"] == row["text"])
        lost = list(rejects_on(doc))
        assert len(words) + len(lost) == len(json.loads(told["reply"])["items"])
        assert {reject.reason for reject in lost} <= {"edge inside a token"}
        if lost:
            continue
        run(tag(language=language), doc, recorded)
        tags = found(doc, "ext/pos/")
        assert [text for text, _ in tags] == [text for text, _ in words]
        assert {label.removeprefix("ext/pos/") for _, label in tags} <= set(UPOS)
        steps = [*doc.user_data[META]["earlier"], doc.user_data[META]]
        assert [step["prompt"] for step in steps] == [
            f"segment.{language}.v1",
            f"tag.{language}.v1",
        ]


def test_without_word_spans_the_tokens_of_the_doc_are_tagged():
    doc = NLP["en"]("The  organ's pipes.")
    doc.spans["sc"] = [Span(doc, 2, 3, "instrument")]
    run(tag(), doc, all_nouns)
    expected = [(token.text, "ext/pos/NOUN") for token in doc if not token.is_space]
    assert len(expected) == 5 and found(doc, "ext/") == expected
    assert found(doc, "inst") == [("organ", "instrument")]


def test_word_spans_go_before_tokens_and_another_key_has_none():
    doc = NLP["en"]("New York sleeps.")
    doc.spans["sc"] = [Span(doc, *at, "ext/seg/word") for at in ((0, 2), (2, 3), (3, 4))]
    asked: list = []
    run(tag(), doc, lambda prompt: asked.append(words_in(prompt)) or all_nouns(prompt))
    run(tag("other"), doc, lambda prompt: asked.append(words_in(prompt)) or all_nouns(prompt))
    assert asked == [["New York", "sleeps", "."], ["New", "York", "sleeps", "."]]
    assert found(doc, "ext/pos/")[0] == ("New York", "ext/pos/NOUN")
    assert [span.text for span in doc.spans["other"]] == ["New", "York", "sleeps", "."]


def test_parts_have_their_own_tokens_and_fit_into_the_context():
    doc, task = NLP["en"](f"{TEXT} " * 12), tag(max_chars=60)
    assert len(run(task, doc, all_nouns)) == 12
    assert [text for text, _ in found(doc, "ext/pos/")] == [token.text for token in doc]
    frame = rough_tokens(prompt_of(run(tag(), NLP["en"]("x"), all_nouns)[0]))
    long, context = NLP["en"](f"{TEXT} " * 12), frame + 800
    asked = run(tag(max_chars=2000), long, all_nouns, context)
    assert len(asked) > 2
    for text in asked:
        reply = all_nouns(prompt_of(text)).encode()
        assert rough_tokens(prompt_of(text)) + len(reply) / 4 <= context


def test_words_that_fit_no_token_are_rejects_and_the_others_stay():
    doc = Doc(NLP["en"].vocab, words=["didn't", "leak"], spaces=[True, False])
    run(segment(), doc, lambda prompt: listed("did", "n't", "leak"))
    assert found(doc, "ext/") == [("leak", "ext/seg/word")]
    assert [one.reason for one in rejects_on(doc)] == ["edge inside a token"] * 2


def test_the_stage_needs_words_and_says_so():
    stage, model = Tag(max_chars=9), client(all_nouns)
    given = [Sample("a b"), Sample("  "), Sample("a b", tokens=((0, 1), (2, 3))), Sample("a" * 10)]
    bare, blank, tagged, long = stage(given, Schema(()), model)
    assert (bare.reason, long.reason) == ("no words", "too long")
    assert blank.spans == () and surfaces(tagged) == [("a", "ext/pos/NOUN"), ("b", "ext/pos/NOUN")]
    assert tagged.meta["stage"] == "tag" and len(tagged.meta["calls"]) == 1


PROSE = "The key turns the lock of the loft, and without it nobody tunes or plays the organ."


def describe(prompt) -> str:
    return PROSE if "phrases" in last_turn(prompt).partition("</text>")[2] else "?"


def test_key_phrases_are_spans_that_explain_goes_by():
    doc = NLP["en"](TEXT)
    run(key_phrases(), doc, lambda prompt: listed("key", "the organ", "piano", "key", " "))
    assert found(doc, "ext/key/") == [("key", "ext/key/phrase"), ("The organ", "ext/key/phrase")]
    (asked,) = run(explain(), doc, describe)
    assert '<phrases>\n"key"\n"The organ"\n</phrases>' in asked
    (made,) = samples_on(doc)
    assert (made.text, made.meta["prompt"]) == (PROSE, "describe.v1")
    assert len(made.meta["calls"]) == 1 and list(rejects_on(doc)) == []


def test_entities_go_before_key_phrases():
    doc = NLP["en"](TEXT)
    doc.spans["sc"] = [Span(doc, 3, 4, "ext/key/phrase"), Span(doc, 6, 7, "instrument")]
    (asked,) = run(explain(), doc, lambda prompt: PROSE)
    assert '"organ" (instrument)' in asked and '"key"' not in asked.partition(TEXT)[2]


def test_the_stages_one_after_the_other_ask_once_each():
    given = sample("Nobody had the key.", id="k")
    phrased = list(KeyPhrases(1)([given], SCHEMA, client(lambda prompt: "1. key\n2. Nobody")))
    assert surfaces(phrased[0]) == [("key", "ext/key/phrase")]
    (found,) = Explain()(phrased, SCHEMA, client(describe))
    assert found.text == PROSE and found.meta["parents"] == ["k"]
    (found,) = Explain()([given], Schema(()), client(lambda p: listed("key") if '"items"' in
                         p.messages[0].content else describe(p)))  # fmt: skip
    assert found.meta["prompt"] == "key_phrases.v1 + describe.v1"


@pytest.mark.parametrize("reply", ["", "no", '{"items": ["piano"]}', '{"items": []}'])
def test_without_a_phrase_there_is_a_reject_and_nothing_to_explain(reply: str):
    doc = NLP["en"](TEXT)
    run(key_phrases(), doc, lambda prompt: reply)
    assert run(explain(), doc, describe) == []
    assert [one.stage for one in rejects_on(doc)] == ["key_phrases", "explain"]
    assert "sc" not in doc.spans


TASKS = st.sampled_from([segment, tag, key_phrases])


@HARD
@given(TASKS, REPLIES | st.lists(REPLIES, max_size=3).map(lambda items: listed(*items)))
def test_any_reply_leaves_a_doc_that_can_be_saved(make, reply):
    doc = NLP["en"](f"{HOSTILE[0]} The key.")
    doc.spans["sc"] = [Span(doc, 0, 1, "x")]
    run(make(), doc, lambda prompt: reply)
    assert found(doc, "x") == [(doc[0].text, "x")]
    assert all(one.text.strip() for one in doc.spans["sc"])
    again = Doc(doc.vocab).from_bytes(doc.to_bytes())
    assert [(s.text, s.label_) for s in again.spans["sc"]] == found(doc, "")
    assert list(rejects_on(again)) == list(rejects_on(doc))
