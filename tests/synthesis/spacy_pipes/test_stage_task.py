"""Stages as tasks of spacy-llm, without a model: what is asked, and what replies come to."""

import json

import pytest
import spacy
from spacy.tokens import Doc, Span
from synthesis_helpers import HOSTILE, client, split, surfaces

from spacy_fewner.data.docs import META, doc_to_sample
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.budget import rough_tokens
from spacy_fewner.llm.models.chat_text import ChatText, ReplyText, flat, prompt_of, reply_of
from spacy_fewner.llm.types import Message, Prompt, Reply
from spacy_fewner.synthesis.spacy_pipes.on_docs import rejects_on, samples_on
from spacy_fewner.synthesis.spacy_pipes.stage_task import NO_ENTITY, StageTask
from spacy_fewner.synthesis.spacy_pipes.tasks import explain, extend_entities
from spacy_fewner.synthesis.stages.extend import Extend
from spacy_fewner.types import Sample, Schema

NLP = spacy.blank("en")
TEXT = "Anna Meier flew to Basel. Later Basel thanked Anna Meier for the pump."
NAMES = ("Anna Meier", "Basel", "pump")
LONG = "A pallet of the Oboe is torn and leaks wind into the channel, which a pedal shows. "


def entities(prompt: Prompt) -> str:
    """All names in the text asked about, in order."""
    text = prompt.messages[-1].content
    places = sorted(
        (at, name) for name in NAMES for at in range(len(text)) if text.startswith(name, at)
    )
    return json.dumps({"items": [{"entity": name, "type": "thing"} for _, name in places]})


def asked(task: StageTask, doc: Doc, context: int | None = None) -> list[str]:
    ((prompts, shards),) = task.generate_prompts([doc], context)
    assert all(shard is doc for shard in shards) and len(list(shards)) >= 1
    return list(prompts)


def answered(task: StageTask, doc: Doc, answers: list[str]) -> Doc:
    (done,) = task.parse_responses([[doc]], [answers])
    assert done is doc
    return doc


def found(doc: Doc, key: str = "sc") -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.spans[key]]


def test_the_task_does_what_the_stage_does():
    doc, task = NLP(TEXT), extend_entities()
    (text,) = asked(task, doc)
    answered(task, doc, [entities(prompt_of(text))])
    ((own,), _) = split(Extend()([Sample(TEXT)], Schema(()), client(entities)))
    assert surfaces(own) == found(doc) and len(own.spans) == 5
    assert doc.user_data[META]["prompt"] == own.meta["prompt"]
    assert doc.user_data[META]["parents"] == own.meta["parents"]


def test_prompts_carry_the_chat_and_show_it_to_other_models():
    (text,) = asked(extend_entities(), NLP(TEXT))
    assert isinstance(text, ChatText)
    prompt = prompt_of(text)
    assert prompt.schema and len(prompt.messages) > 3
    assert text == flat(prompt) and text.startswith(prompt.messages[0].content)
    assert text.endswith("Assistant:") and TEXT in text
    assert prompt_of("just text") == Prompt((Message("user", "just text"),))
    one = Prompt((Message("system", "Be short."), Message("user", "Why?")))
    assert flat(one) == "Be short.\n\nWhy?"


def test_long_docs_are_asked_about_in_parts_and_nothing_moves():
    doc = NLP(" ".join([TEXT] * 5))
    doc.ents = [Span(doc, 0, 2, "person")]
    doc.user_data["mine"] = 1
    task = extend_entities(max_chars=100)
    texts = asked(task, doc)
    assert len(texts) == 5
    answered(task, doc, [entities(prompt_of(text)) for text in texts])
    expected = [("Anna Meier", "person")]
    expected += [(name, "ext/thing") for name in (*NAMES[:2], *NAMES[1::-1], "pump")] * 5
    assert found(doc) == expected
    assert len(doc.user_data[META]["calls"]) == 5 and doc.user_data["mine"] == 1
    assert [ent.text for ent in doc.ents] == ["Anna Meier"]


def test_parts_fit_into_the_context_of_the_model():
    doc, task = NLP(LONG * 20), extend_entities()
    frame = rough_tokens(prompt_of(asked(task, NLP("x"))[0]))
    texts = asked(task, doc, frame + 300)
    assert len(texts) > 3
    assert all(rough_tokens(prompt_of(text)) <= frame + 100 for text in texts)
    with pytest.raises(FewnerError, match=r"context_length.*longer context"):
        asked(task, doc, frame)


def test_a_reply_that_cannot_be_read_is_a_reject_on_the_doc():
    doc = answered(extend_entities(), NLP(TEXT), ["I would rather not."])
    (reject,) = rejects_on(doc)
    assert reject.stage == "extend" and reject.text == TEXT and "sc" not in doc.spans


def test_a_part_without_a_reply_is_rejected_and_the_others_stay():
    doc, task = NLP(f"{TEXT} {TEXT}"), extend_entities(max_chars=80)
    texts = asked(task, doc)
    answered(task, doc, [entities(prompt_of(texts[0])), ReplyText(Reply("", error="timed out"))])
    assert len(found(doc)) == 5
    assert [reject.detail for reject in rejects_on(doc)] == ["timed out"]
    lost = answered(task, NLP(TEXT), [])
    assert [reject.reason for reject in rejects_on(lost)] == ["no reply"]


def test_spans_that_fit_no_token_are_rejects():
    doc = NLP("Anna-Meierish Basel.")
    reply = json.dumps({"items": [{"entity": "Basel", "type": "city"}]})
    tokens = Doc(NLP.vocab, words=["Anna", "inBasel"], spaces=[True, False])
    answered(extend_entities(strict=False), doc, [reply])
    assert found(doc) == [("Basel", "ext/city")]
    reply = json.dumps({"items": [{"entity": "Anna", "type": "x"}, {"entity": "nna", "type": "x"}]})
    answered(extend_entities(strict=False), tokens, [reply])
    assert ("Anna", "ext/x") in found(tokens)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_blank_docs_are_not_asked_about(text: str):
    for task in (extend_entities(), explain()):
        doc = NLP(text)
        assert asked(task, doc) == []
        answered(task, doc, [])
        assert list(rejects_on(doc)) == [] and dict(doc.spans) == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_stays_data(text: str):
    doc, task = NLP(f"{text} Basel"), extend_entities()
    (prompt,) = map(prompt_of, asked(task, doc))
    assert [m.role for m in prompt.messages] == [
        m.role for m in prompt_of(asked(task, NLP(TEXT))[0]).messages
    ]
    answered(task, doc, [json.dumps({"items": [{"entity": "Basel", "type": "city"}]})])
    assert found(doc)[-1] == ("Basel", "ext/city")


def test_explanations_go_to_the_doc():
    doc = NLP(TEXT)
    doc.spans["gold"] = [Span(doc, 0, 2, "person"), Span(doc, 4, 5, "ext/city")]
    task = explain(spans_key="gold", domain="engineering")
    (text,) = asked(task, doc)
    assert '"Anna Meier" (person)' in text and "(ext/city)" not in text
    answered(task, doc, ["Anna Meier builds pumps in a yard by the river.\n\nShe sells them all."])
    (made,) = samples_on(doc)  # the second paragraph is too short
    assert made.text.startswith("Anna Meier builds pumps")
    assert made.meta["stage"] == "explain" and len(made.meta["calls"][0]) == 64
    assert found(doc, "gold") == [("Anna Meier", "person"), ("Basel", "ext/city")]


def test_docs_without_entities_are_not_explained_but_rejected():
    doc, task = NLP(TEXT), explain()
    assert asked(task, doc) == []
    answered(task, doc, [])
    assert [reject.reason for reject in rejects_on(doc)] == [NO_ENTITY]


def test_only_parts_with_entities_are_explained():
    doc = NLP(f"{TEXT} {LONG}")
    doc.spans["sc"] = [Span(doc, 0, 2, "person")]
    task = explain(max_chars=90)
    assert len(asked(task, doc)) == 1
    answered(task, doc, ["Anna Meier builds pumps in a yard by the river Birs."])
    assert len(list(samples_on(doc))) == 1 and list(rejects_on(doc)) == []


def test_labels_are_checked():
    with pytest.raises(FewnerError, match="label_definitions"):
        explain(labels=["person"], label_definitions={"persom": "a human"})
    assert doc_to_sample(NLP("x")).spans == ()


def test_replies_carry_what_else_is_known():
    reply = Reply("text", "length", 3, 4, "a" * 64)
    assert reply_of(ReplyText(reply)) == reply and ReplyText(reply) == "text"
    assert reply_of("text") == Reply("text")
