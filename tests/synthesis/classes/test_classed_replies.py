"""The reader of replies with texts of given classes: whatever a model writes around them."""

import json

from hypothesis import given
from hypothesis import strategies as st
from synthesis_helpers import HARD, HARD_TEXT, REPLIES, SAID, SLOW

from spacy_fewner.llm.types import Reply
from spacy_fewner.synthesis.annotated_texts import is_unicode
from spacy_fewner.synthesis.classes.reply import ClassedText, WrittenTexts, read_classed_texts
from spacy_fewner.synthesis.labels import LabelNames
from spacy_fewner.types import LabelSpec, Reject, Schema

NAMES = LabelNames(Schema((LabelSpec("repair"), LabelSpec("tuning"))))
TEXTS = st.lists(SAID, min_size=1, max_size=5, unique=True)
AROUND = st.sampled_from(["", "Sure!\n", "```json\n", "\n```", "Here are the texts:\n\n", "\n\n"])


@HARD
@given(texts=TEXTS, before=AROUND, after=AROUND, key=st.sampled_from(["class", "label", "classes"]))
def test_texts_in_json_are_read_as_they_are(texts, before, after, key):
    said = ["repair"] if key == "classes" else "repair"
    lines = [json.dumps({key: said, "text": text}, ensure_ascii=False) for text in texts]
    parsed = read_classed_texts(Reply(before + "\n".join(lines) + after))
    assert parsed.items == tuple(ClassedText(text, ("repair",)) for text in texts)
    assert parsed.problems == ()


@HARD
@given(texts=TEXTS)
def test_a_bare_list_of_texts_is_read(texts: list[str]):
    parsed = read_classed_texts(Reply(json.dumps(texts, ensure_ascii=False)))
    assert [item.text for item in parsed.items] == texts
    assert {item.said for item in parsed.items} == {None}


def test_a_dash_or_a_colon_in_a_line_is_the_text_s_own():
    reply = "1. Repair: the pump - again\n2. Note: all is flat - really\n3. Tuned it"
    texts = [item.text for item in read_classed_texts(Reply(reply)).items]
    assert texts == ["Repair: the pump - again", "Note: all is flat - really", "Tuned it"]


def test_the_last_line_of_a_reply_cut_short_is_no_text():
    parsed = read_classed_texts(Reply("1. Mended the pump\n2. Then the", finish="length"))
    assert [item.text for item in parsed.items] == ["Mended the pump"]
    assert [problem.reason for problem in parsed.problems] == ["cut short"]


@SLOW
@given(reply=REPLIES | HARD_TEXT, finish=st.sampled_from(["stop", "length", ""]))
def test_whatever_is_said_becomes_texts_of_the_class_and_rejects(reply: str, finish: str):
    written = WrittenTexts("x", NAMES, ["known"], 3)
    outcomes = list(written.outcomes([Reply(reply, finish, key="k" * 64)], ("repair",)))
    assert outcomes  # nothing goes without a word
    for outcome in outcomes:
        if isinstance(outcome, Reject):
            assert outcome.reason and outcome.stage == "x"
        else:
            assert outcome.cats == {"repair": 1.0}
            assert len(outcome.text.strip()) >= 3 and is_unicode(outcome.text)
