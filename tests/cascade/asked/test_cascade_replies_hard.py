"""Marked texts and chosen labels, whatever a model replies."""

import json

from asked_models import TREE, client
from hypothesis import given
from hypothesis import strategies as st
from reply_strategies import HARD, HARD_TEXT, REPLIES, SAID

from spacy_fewner.cascade.asked.answers import read_answer
from spacy_fewner.cascade.asked.choice_prompt import Place
from spacy_fewner.cascade.asked.choose import ChooseLabels
from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.asked.options import Option, offered
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.data.trees.paths import key
from spacy_fewner.llm.replies.parsed import Problem
from spacy_fewner.llm.types import Reply
from spacy_fewner.types import CharSpan, LabelSpec, Reject, Sample, Schema

SCHEMA = Schema((LabelSpec("person"), LabelSpec("place")))
TEXT = "Ann Lee met İlker in 北京's café; [[then]] {{ 7 * 7 }} left."
GIVEN = Sample(TEXT, (CharSpan(0, 3, "person"), CharSpan(8, 11, "ext/verb")))
FINISH = st.sampled_from(["stop", "length"])
CHOICES = tree_of(TREE)
LEVELS = st.sampled_from([None, "person", "place"])
NAMES = st.sampled_from(["person", "place", "Town", "organist", "other", "none of them", "x", ""])


@st.composite
def copies(draw) -> str:
    """The text with marks put anywhere, well or badly, and maybe a letter changed."""
    marks = MarkEntities(1).marker(TEXT)
    copy = TEXT
    for mark in draw(st.lists(st.sampled_from([marks.opening, marks.closing]), max_size=6)):
        at = draw(st.integers(0, len(copy)))
        copy = copy[:at] + mark + copy[at:]
    return copy.replace("met", draw(st.sampled_from(["met", "MET", "saw"])), 1)


@HARD
@given(copies() | REPLIES | st.tuples(HARD_TEXT, copies()).map("\n".join), FINISH)
def test_marks_become_entities_in_the_text_and_nothing_else_moves(reply, finish):
    (found,) = MarkEntities(1)([GIVEN], SCHEMA, client(lambda prompt: Reply(reply, finish)))
    assert found.text == TEXT
    if isinstance(found, Reject):
        assert found.reason
        return
    assert [span for span in found.spans if span.label != "entity"] == [GIVEN.spans[1]]
    for span in found.spans:
        surface = span.surface(TEXT)
        assert 0 <= span.start < span.end <= len(TEXT) and surface == surface.strip()


@HARD
@given(st.lists(SAID.filter(lambda one: "|" not in one), min_size=1, max_size=4), st.data())
def test_what_was_marked_as_asked_is_found(words, data):
    text = " | ".join(words)
    number = data.draw(st.integers(0, len(words) - 1))
    start = len(" | ".join([*words[:number], ""])) if number else 0
    span = CharSpan(start, start + len(words[number]), "entity")
    stage = MarkEntities(1)
    reply = stage.answer(text, [span])
    (found,) = stage([Sample(text)], SCHEMA, client(lambda prompt: reply))
    assert isinstance(found, Sample) and found.spans == (span,)


@HARD
@given(REPLIES | st.tuples(HARD_TEXT, NAMES, HARD_TEXT).map("".join), LEVELS, FINISH)
def test_an_answer_names_an_option_or_has_a_reason(text, above, finish):
    options = offered(CHOICES, above, unknown=True)
    found = read_answer(Reply(text, finish), options)
    if isinstance(found, Problem):
        assert found.reason
    else:
        assert found in options
        assert any(key(called) in key(text) for called in (found.name, *found.aliases)) or (
            found.path is None and "null" in text
        )


@HARD
@given(st.lists(SAID, min_size=2, max_size=5, unique_by=key), st.data(), st.booleans())
def test_a_label_of_any_name_is_read_back(names, data, plain):
    names = [name for name in names if key(name)]
    options = [Option(name, f"p{number}") for number, name in enumerate(names)]
    for chosen in options:
        reply = json.dumps({"label": chosen.name}, ensure_ascii=plain)
        before = data.draw(st.sampled_from(["", "Sure!\n", "```json\n"]))
        assert read_answer(Reply(before + reply), options) == chosen


@HARD
@given(REPLIES | NAMES.map(lambda name: json.dumps({"label": name})), LEVELS, st.integers(1, 3))
def test_a_level_chooses_among_the_labels_below_or_none(reply, above, rounds):
    stage = ChooseLabels(CHOICES, rounds=rounds)
    place = Place(TEXT, 0, 7)
    (found,) = stage.step([(place, above)], client(lambda prompt: reply))
    if isinstance(found, Reject):
        assert found.reason
    else:
        assert {span.label for span in found.spans} <= set(CHOICES.children(above))
        assert all((span.start, span.end, span.score) == (0, 7, 1.0) for span in found.spans)
