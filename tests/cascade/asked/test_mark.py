"""Extraction by a language model: votes over rounds, replies that cannot be used, hostile texts."""

import pytest
import spacy
from asked_models import HOSTILE, Scripted, client, marking, marks_in, text_in
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.util import registry

from spacy_fewner.cascade.asked.mark import MarkEntities, topmost
from spacy_fewner.cascade.asked.marker import Marker, mark
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.types import CharSpan, LabelSpec, Reject, Sample, Schema

SCHEMA = Schema((LabelSpec("person"), LabelSpec("person/organist"), LabelSpec("place")))
TEXT = "Ann Lee met Bob in New York City."


def run(stage, sample, answer, schema=SCHEMA):
    (outcome,) = stage([sample], schema, client(answer))
    return outcome


def surfaces(sample):
    return [(span.surface(sample.text), span.label, span.score) for span in sample.spans]


def by_round(*answers):
    """Another answer each round: a function of the prompt, or a reply."""

    def answer(prompt: Prompt):
        one = answers[prompt.sample]
        return one(prompt) if callable(one) else one

    return answer


def test_rounds_vote_and_the_longer_of_overlapping_spans_is_kept():
    answer = by_round(marking("Ann", "Bob"), marking("Ann Lee", "Bob"), marking("Bob", "York"))
    found = run(MarkEntities(), Sample(TEXT), answer)
    assert surfaces(found) == [
        ("Ann Lee", "entity", pytest.approx(1 / 3)),
        ("Bob", "entity", 1.0),
        ("York", "entity", pytest.approx(1 / 3)),
    ]
    assert found.meta["marked"] == {"rounds": 3, "unusable": {}, "failed": {}}
    assert len(set(found.meta["calls"])) == 3 and found.meta["prompt"] == "mark_entities.v1"
    kept = run(MarkEntities(min_votes=3), Sample(TEXT), answer)
    assert [surface for surface, _, _ in surfaces(kept)] == ["Bob"]


def test_nested_entities_are_kept_when_asked_for():
    def answer(prompt):
        inside = "inside of other" in prompt.messages[0].content
        return marking("York")(prompt) if prompt.sample and inside else marking("New York")(prompt)

    stage = MarkEntities(2, nested=True)
    assert [one[0] for one in surfaces(run(stage, Sample(TEXT), answer))] == ["New York", "York"]
    assert [one[0] for one in surfaces(run(MarkEntities(2), Sample(TEXT), answer))] == ["New York"]


def test_spans_of_before_give_way_and_extensions_stay():
    given = Sample(TEXT, (CharSpan(0, 3, "person"), CharSpan(8, 11, "ext/verb")), meta={"id": "a"})
    found = run(MarkEntities(1), given, marking("Bob"))
    assert [one[:2] for one in surfaces(found)] == [("Bob", "entity"), ("met", "ext/verb")]
    assert found.meta["parents"] == ["a"] and found.meta["stage"] == "mark"


def test_an_unusable_round_is_no_vote():
    answer = by_round(marking("Bob"), "I'm sorry, I cannot do that.", Reply("", error="timed out"))
    found = run(MarkEntities(), Sample(TEXT), answer)
    assert surfaces(found) == [("Bob", "entity", pytest.approx(1 / 3))]
    assert found.meta["marked"]["unusable"] == {"refusal": 1, "no reply": 1}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty reply"),
        ("I'm sorry, I cannot do that.", "refusal"),
        ("People: Ann, Bob", "text rewritten"),
        (TEXT.replace("Bob", "@@Bob"), "marks not balanced"),
        (Reply(TEXT[:12], finish="length"), "cut short"),
        (Reply("", error="timed out"), "no reply"),
    ],
)
def test_no_usable_round_is_a_reject(reply, reason):
    found = run(MarkEntities(), Sample(TEXT, meta={"id": "a"}), lambda _: reply)
    assert isinstance(found, Reject)
    assert (found.reason, found.meta["parents"]) == (reason, ["a"])
    assert len(found.meta["calls"]) == 3


def test_a_bad_mark_of_several_is_counted():
    long = " ".join(f"w{number}" for number in range(40))
    copy = long.replace("w3 w4", "@@w3 new w4##").replace("w30", "@@w30##")
    found = run(MarkEntities(1), Sample(long), lambda _: copy)
    assert [one[0] for one in surfaces(found)] == ["w30"]
    assert found.meta["marked"]["failed"] == {"mention rewritten": 1}


def test_nothing_marked_is_an_answer_and_blank_texts_are_not_asked_about():
    model = Scripted(text_in)
    given = [Sample(TEXT), Sample(""), Sample(" \n "), Sample("x" * 3000)]
    found = list(MarkEntities(2)(given, SCHEMA, Client(model)))
    assert [isinstance(one, Reject) for one in found] == [False, False, False, True]
    assert [one.text for one in found] == [one.text for one in given]
    assert all(not one.spans for one in found[:3]) and found[3].reason == "too long"
    assert len(model.asked) == 2


@pytest.mark.parametrize("hostile", HOSTILE)
def test_marks_are_none_of_the_text_and_instructions_in_it_change_nothing(hostile):
    text = f"{hostile} Ann left."
    model = Scripted(marking("Ann left"))
    (found,) = MarkEntities(1)([Sample(text)], SCHEMA, Client(model))
    assert surfaces(found) == [("Ann left", "entity", 1.0)]
    (prompt,) = model.asked
    assert set("".join(marks_in(prompt))).isdisjoint(text)
    assert [one.role for one in prompt.messages] == ["system", "user", "assistant", "user"]
    system = prompt.messages[0].content.replace("".join(marks_in(prompt)), "")
    assert hostile not in system and "data" in system


def test_guidance_labels_and_demonstrations_are_shown():
    stage = MarkEntities(1, guidance="Only people.", demonstrations=["[[Al]] ran.", "No @@ ## one"])
    model = Scripted(marking("Bob"))
    list(stage([Sample(TEXT)], SCHEMA, Client(model)))
    (prompt,) = model.asked
    texts = [one.content for one in prompt.messages]
    assert "Only people." in texts[0]
    assert [texts[2], texts[4]] == ["[[Al]] ran.", "No @@ ## one"]  # @@ is in one of them
    assert "Mary" not in "".join(texts)
    assert all(text.startswith("Entities: person, place\n") for text in texts[1::2])
    assert topmost(Schema((LabelSpec("ext/x"), LabelSpec("entity"), LabelSpec("a/b/c")))) == ["a"]


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_the_answer_is_read_back(data):
    text = data.draw(st.text(st.sampled_from("ab @#[]é京"), min_size=1, max_size=30))
    words = [
        CharSpan(start, end, "entity")
        for start, end in [(m, n) for m in range(len(text)) for n in range(m + 1, len(text) + 1)]
        if text[start:end].strip() == text[start:end]
    ]
    spans = [data.draw(st.sampled_from(words))] if words else []
    if text.strip():
        stage = MarkEntities(1)
        found = run(stage, Sample(text.strip()), lambda _: stage.answer(text, spans))
        assert isinstance(found, Sample)
        assert [s.surface(found.text) for s in found.spans] == [s.surface(text) for s in spans]


def test_rounds_have_a_line_of_the_journal_each(tmp_path):
    with Journal(tmp_path / "journal.jsonl") as journal:
        model = Scripted(marking("Bob"))
        (first,) = MarkEntities()([Sample(TEXT)], SCHEMA, Client(model, journal))
        assert [prompt.messages for prompt in model.asked] == [model.asked[0].messages] * 3
        assert sorted(prompt.sample for prompt in model.asked) == [0, 1, 2]
    with Journal(tmp_path / "journal.jsonl", "replay") as journal:
        assert len(journal) == 3
        assert list(MarkEntities()([Sample(TEXT)], SCHEMA, Client(None, journal))) == [first]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rounds": 0}, "rounds"),
        ({"rounds": 2, "min_votes": 3}, "min_votes: must not exceed rounds, 2"),
        ({"max_chars": 0}, "max_chars"),
        ({"demonstrations": ["[[Ann"]}, r"demonstrations\[0\]"),
        ({"demonstrations": ["Ann", " "]}, r"demonstrations\[1\]"),
        ({"demonstrations": "Ann"}, "demonstrations: must be a list"),
        ({"reject_limit": 2.0}, "reject_limit"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(FewnerError, match=message):
        MarkEntities(**settings)


def test_too_many_unusable_replies_stop_the_run():
    samples = [Sample(f"{number} {TEXT}") for number in range(60)]
    with pytest.raises(FewnerError, match="stage mark: at most 30%"):
        list(MarkEntities(1)(samples, SCHEMA, client(lambda _: "no")))
    with pytest.raises(FewnerError, match="client"):
        list(MarkEntities()([Sample(TEXT)], SCHEMA, None))


def test_it_is_a_stage_of_fewner_synth():
    settings = {"@misc": "spacy-fewner.MarkEntities.v1", "rounds": 1, "demonstrations": ["[[A]] b"]}
    assert registry.resolve({"it": settings})["it"] == MarkEntities(1, demonstrations=["[[A]] b"])
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_synth", config={"stages": {"mark": settings}, "labels": ["person"]})
    nlp.get_pipe("fewner_synth").client = client(marking("Bob"))
    doc = nlp(TEXT)
    assert [(span.text, span.label_) for span in doc.spans["sc"]] == [("Bob", "entity")]


def test_demonstrations_can_be_made_of_samples():
    text = mark("Ann left.", [CharSpan(0, 3, "person")], Marker("[[", "]]"))
    assert MarkEntities(demonstrations=[text]).demonstrations == ("[[Ann]] left.",)
