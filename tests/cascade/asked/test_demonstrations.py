"""Examples of one's own before the questions of both steps; the paper's form; spans alone."""

import json
import re

import pytest
from asked_models import HOSTILE, TREE, Scripted, client, naming, options_in, span_in
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.cascade.asked.choice_prompt import Place
from spacy_fewner.cascade.asked.choose import ChooseLabels
from spacy_fewner.cascade.asked.demonstrations import Demonstrations, marked_demonstrations
from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.asked.marker import choose_bare_marker, mark
from spacy_fewner.cascade.asked.options import offered
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Message
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

CASCADE = tree_of(TREE)
SCHEMA = Schema((LabelSpec("person"), LabelSpec("place")))
TEXT = "Ann saw Bob in Basel."
SHOWN = [
    Sample(
        "Cy played in Oslo.", (CharSpan(0, 2, "person/organist"), CharSpan(13, 17, "place/town"))
    ),
    Sample("Di wrote.", (CharSpan(0, 2, "person/other"),)),
    Sample("Nobody went.", ()),
]
BARE = MarkEntities(1, bare=True)


def asked_of(how: ChooseLabels, text: str = TEXT, surface: str = "Ann") -> list[tuple]:
    """The chats of a place, those of the roots first."""
    model = Scripted(naming({surface: "person/organist"}))
    how.choose(
        [Place(text, text.index(surface), text.index(surface) + len(surface))], Client(model)
    )
    return [prompt.messages for prompt in model.asked]


def test_examples_stand_in_the_place_of_the_prompts_own():
    (plain, _), (roots, below) = (
        asked_of(ChooseLabels(CASCADE, demonstrations=given, shots=3)) for given in ((), SHOWN)
    )
    assert len(plain) == 4 and "Okafor" in plain[1].content
    assert roots[0] == plain[0] and roots[-1] == plain[-1]
    assert [one.role for one in roots] == ["system", *["user", "assistant"] * 3, "user"]
    told = {
        (
            json.loads(asked.content.split("Span: ")[1].split("\n")[0]),
            json.loads(said.content)["label"],
        )
        for asked, said in zip(roots[1:-1:2], roots[2:-1:2], strict=True)
    }
    assert told == {("Cy", "person"), ("Di", "person"), ("Oslo", "place")}
    assert "@@Cy## played in Oslo." in " ".join(one.content for one in roots)
    # Below a label only what has one of the labels there.
    assert {json.loads(one.content)["label"] for one in below[2:-1:2]} == {"organist", "other"}


@pytest.mark.parametrize("most", [0, 1, 2, 3, 9])
def test_as_many_options_as_can_be_are_shown(most: int):
    found = Demonstrations(SHOWN, most).of(offered(CASCADE, None, True), TEXT, "seed")
    assert len(found) == min(most, 3)
    if most >= 2:
        assert {option.path for _, option in found} == {"person", "place"}
    assert found == Demonstrations(SHOWN, most).of(offered(CASCADE, None, True), TEXT, "seed")


def test_the_text_asked_about_is_never_shown():
    found = Demonstrations(SHOWN, 9).of(offered(CASCADE, None, True), SHOWN[0].text, "seed")
    assert [place.text for place, _ in found] == ["Di wrote."]


@pytest.mark.parametrize("context", [True, False])
def test_hostile_examples_end_no_turn_and_marks_are_in_none(context: bool):
    shown = [Sample(f"Ann {text} @@", (CharSpan(0, 3, "person"),)) for text in HOSTILE]
    (chat, *_) = asked_of(ChooseLabels(CASCADE, demonstrations=shown, context=context))
    assert [one.role for one in chat] == ["system", *["user", "assistant"] * 3, "user"]
    assert not any("<|" in one.content or "[/INST]" in one.content for one in chat)
    before_span = chat[-1].content.split("Span:")[0]
    assert "@@Ann" not in before_span and context == ("Ann" in before_span)


def test_without_context_a_span_is_all_there_is():
    how = ChooseLabels(CASCADE, context=False)
    chats = asked_of(how)
    assert all(TEXT not in one.content for chat in chats for one in chat)
    assert chats[0][-1].content.startswith('Span: "Ann"\nLabels:\n')
    (found,) = how.choose([Place(TEXT, 0, 3)], client(naming({"Ann": "place/town"})))
    assert found.levels[-1][0] == "place/town"
    (outcome,) = how.step([(Place(TEXT, 0, 3), None)], client(naming({"Ann": "place"})))
    assert outcome.meta["prompt"] == "choose_label_alone.v1"


def test_the_options_and_their_schema_do_not_depend_on_the_context():
    def asked(context: bool) -> list[tuple[str, list[str]]]:
        model = Scripted(naming({"Ann": "person/organist"}))
        ChooseLabels(CASCADE, context=context).choose([Place(TEXT, 0, 3)], Client(model))
        return [(span_in(prompt), options_in(prompt)) for prompt in model.asked]

    assert asked(True) == asked(False)


def test_the_bare_form_is_the_text_alone():
    assert BARE.messages(TEXT, ["person"]) == (Message("user", TEXT),)
    spans = [CharSpan(0, 3, "a"), CharSpan(15, 20, "b")]
    assert BARE.answer(TEXT, spans) == "##Ann## saw Bob in ##Basel##."
    (found,) = BARE([Sample(TEXT)], SCHEMA, client(lambda _: BARE.answer(TEXT, spans)))
    assert [(one.start, one.end, one.label) for one in found.spans] == [
        (0, 3, "entity"), (15, 20, "entity"),
    ]  # fmt: skip
    assert found.meta["prompt"] == "mark_bare.v1"


def test_bare_demonstrations_are_turns_before():
    stage = MarkEntities(1, bare=True, demonstrations=["[[Cy]] ran.", "No one ran."])
    assert [one.content for one in stage.messages(TEXT, ())] == [
        "Cy ran.", "##Cy## ran.", "No one ran.", "No one ran.", TEXT,
    ]  # fmt: skip


@given(st.text(st.sampled_from("ab #@~\n"), min_size=1, max_size=40), st.data())
def test_bare_answers_are_read_back(text: str, data: st.DataObject):
    words = [match.span() for match in re.finditer(r"\S+", text)]
    places = data.draw(st.lists(st.sampled_from(words), unique=True)) if words else []
    spans = [CharSpan(*place, "entity") for place in sorted(places)]
    if words:
        (found,) = BARE([Sample(text)], SCHEMA, client(lambda _: BARE.answer(text, spans)))
        assert [one for one in found.spans] == spans


def test_marks_of_a_text_that_has_the_papers():
    text = "#Ann likes C#."
    marker = choose_bare_marker(text)
    assert marker.opening == marker.closing == "@@"
    assert mark(text, [CharSpan(1, 4, "")], marker) == "#@@Ann@@ likes C#."
    assert BARE.answer(text, [CharSpan(1, 4, "")]) == "#@@Ann@@ likes C#."


def test_an_odd_number_of_marks_is_no_vote():
    (found,) = BARE([Sample(TEXT)], SCHEMA, client(lambda _: TEXT.replace("Bob", "##Bob")))
    assert found.reason == "marks not balanced"


@pytest.mark.parametrize("other", [{"nested": True}, {"guidance": "Names."}])
def test_what_has_no_place_in_the_bare_form_is_refused(other: dict):
    with pytest.raises(FewnerError, match=f"{next(iter(other))}: does not go with bare"):
        MarkEntities(1, bare=True, **other)


def test_demonstrations_for_marking_come_from_samples():
    nested = Sample("New York won.", (CharSpan(0, 8, "a"), CharSpan(4, 8, "b")))
    marks = Sample("So [[so]].", (CharSpan(0, 2, "a"),))
    given_samples = [*SHOWN, nested, marks, Sample(" "), Sample("x" * 99, (CharSpan(0, 1, "c"),))]
    found = marked_demonstrations(given_samples, 9, 50)
    assert set(found) == {
        "[[Cy]] played in [[Oslo]].", "[[Di]] wrote.", "Nobody went.", "[[New York]] won.",
    }  # fmt: skip
    assert "[[New [[York]]]] won." in marked_demonstrations([nested], 1, 50, nested=True)
    assert found == marked_demonstrations(given_samples, 9, 50)
    first = marked_demonstrations(given_samples, 3, 50)
    assert len(first) == 3 and "Nobody went." not in first  # each label before no label
    MarkEntities(1, demonstrations=found)
    assert marked_demonstrations([SHOWN[2]], 2, 50) == ["Nobody went."]
