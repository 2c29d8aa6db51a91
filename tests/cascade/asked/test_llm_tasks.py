"""Marking and choosing as tasks of spacy-llm, in a pipeline and without one."""

import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import spacy
from asked_models import HOSTILE, TREE, Scripted, either, marking, naming, options_in
from spacy.tokens import Doc, Span, SpanGroup

from spacy_fewner.cascade.asked.tasks import choose_label, mark_entities
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.budget import rough_tokens
from spacy_fewner.llm.connect import Connection
from spacy_fewner.llm.models.chat_text import ChatText, ReplyText, prompt_of
from spacy_fewner.llm.models.spacy_llm_model import JournaledModel
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.spacy_pipes.on_docs import rejects_on

NLP = spacy.blank("en")
TEXT = "Ann Lee saw Bob in Basel."
ANSWERS = {"Ann Lee": "person/organist", "Bob": "person/other", "Basel": "place/town"}
ANSWER = either(marking(*ANSWERS), naming(ANSWERS))


def asked(task: Any, doc: Doc, context: int | None = None) -> list[Prompt]:
    ((prompts, shards),) = task.generate_prompts([doc], context)
    assert len(list(shards)) >= 1 and all(shard is doc for shard in shards)
    assert all(isinstance(text, ChatText) for text in prompts)
    return list(map(prompt_of, prompts))


def run(task: Any, doc: Doc, answer: Callable[[Prompt], Any] = ANSWER) -> Doc:
    answers = map(answer, asked(task, doc))
    texts = [ReplyText(one) if isinstance(one, Reply) else one for one in answers]
    (done,) = task.parse_responses([[doc]], [texts])
    assert done is doc
    return doc


def doc_with(*spans: tuple[int, int, str], text: str = TEXT) -> Doc:
    doc = NLP.make_doc(text)
    doc.spans["sc"] = SpanGroup(doc, spans=[Span(doc, *span) for span in spans])
    return doc


def found(doc: Doc) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.spans["sc"]]


def test_marking_asks_once_a_round_and_fuses():
    doc, task = NLP(TEXT), mark_entities(labels=["person", "place"])
    prompts = asked(task, doc)
    assert [one.sample for one in prompts] == [0, 1, 2] and len({*map(str, prompts)}) == 3
    assert "Entities: person, place\n" in prompts[0].messages[-1].content
    run(task, doc, lambda one: ANSWER(one) if one.sample else TEXT)
    assert found(doc) == [(name, "entity") for name in ANSWERS]
    assert doc.spans["sc"].attrs["scores"].tolist() == pytest.approx([2 / 3] * 3)


def test_long_docs_are_marked_in_parts_and_rounds_do_not_shrink_them():
    doc = NLP(f"{TEXT} " * 12)
    assert found(run(mark_entities(max_chars=60), doc)) == [(n, "entity") for n in ANSWERS] * 12
    frame = rough_tokens(asked(mark_entities(rounds=1), NLP("x"))[0])
    few, many = (asked(mark_entities(rounds=n), doc, frame + 120) for n in (1, 9))
    assert len(many) == 9 * len(few) and len(few) > 1


def test_a_lost_round_is_no_vote_and_losing_all_a_reject():
    doc = run(mark_entities(), NLP(TEXT), lambda one: "no" if one.sample == 1 else ANSWER(one))
    assert doc.spans["sc"].attrs["scores"].tolist() == pytest.approx([2 / 3] * 3)
    lost = run(mark_entities(), NLP(TEXT), lambda _: Reply("", error="timed out"))
    assert [one.detail for one in rejects_on(lost)] == ["timed out"] and "sc" not in lost.spans
    (none,) = mark_entities().parse_responses([[NLP(TEXT)]], [[]])
    assert [one.reason for one in rejects_on(none)] == ["no reply"]


def test_choosing_goes_one_level_a_pass():
    doc = doc_with((0, 2, "entity"), (3, 4, "person"), (5, 6, "place/town"), (4, 5, "ext/verb"))
    task = choose_label(TREE)
    assert [sorted(options_in(one)) for one in asked(task, doc)] == [
        ["person", "place", "unknown"], ["organist", "other"],
    ]  # fmt: skip
    run(task, doc)
    assert found(doc) == [
        ("Ann Lee", "person"), ("Bob", "person/other"), ("Basel", "place/town"), ("in", "ext/verb"),
    ]  # fmt: skip
    assert len(doc.user_data["fewner_meta"]["calls"]) == 2
    run(task, doc)
    assert found(doc)[0] == ("Ann Lee", "person/organist")
    levels = [["person", 1.0], ["person/organist", 1.0]]
    assert doc.spans["sc"].attrs["levels"][0] == levels
    assert asked(task, doc) == []
    assert found(Doc(NLP.vocab).from_bytes(doc.to_bytes())) == found(doc)


def test_scores_of_levels_are_multiplied():
    def answer(prompt: Prompt) -> str:
        return "emperor" if prompt.sample == 0 else naming(ANSWERS)(prompt)

    doc, task = doc_with((0, 2, "")), choose_label(TREE, rounds=2)
    for _ in range(2):
        run(task, doc, answer)
    assert doc.spans["sc"].attrs["levels"][0] == [["person", 0.5], ["person/organist", 0.25]]
    assert doc.spans["sc"].attrs["scores"].tolist() == [0.25]


@pytest.mark.parametrize("bad", ["emperor", "", "unknown", Reply("", error="timed out")])
def test_a_span_without_an_answer_stays_as_it_is(bad):
    def answer(prompt: Prompt):
        return bad if '"Bob"' in prompt.messages[-1].content else naming(ANSWERS)(prompt)

    doc = doc_with((0, 2, "entity"), (3, 4, "entity"), (5, 6, "place"))
    run(choose_label(TREE), doc, answer)
    assert found(doc) == [("Ann Lee", "person"), ("Bob", "entity"), ("Basel", "place/town")]
    assert len(list(rejects_on(doc))) == (bad != "unknown")
    (none,) = choose_label(TREE).parse_responses([[doc_with((3, 4, "entity"))]], [[]])
    assert found(none) == [("Bob", "entity")]


def test_spans_that_become_equal_are_one():
    doc = doc_with((3, 4, "x"), (3, 4, "y"), (0, 4, "x"), (0, 0, "x"))
    run(choose_label(["person", "place"]), doc, lambda _: '{"label": "person"}')
    assert [(s.start, s.end, s.label_) for s in doc.spans["sc"]] == [
        (3, 4, "person"), (0, 4, "person"), (0, 0, "x"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "  \n ", "Nothing."])
def test_docs_without_spans_are_not_asked_about(text):
    doc = NLP(text)
    assert asked(choose_label(TREE), doc) == []
    assert "sc" not in run(choose_label(TREE), doc).spans
    assert bool(asked(mark_entities(), doc)) == bool(text.strip())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_from_outside_stays_data(hostile):
    doc = run(mark_entities(), NLP(f"{hostile} Ann Lee"))
    assert found(doc)[-1] == ("Ann Lee", "entity")
    assert run(choose_label(TREE), doc).spans["sc"][-1].label_ == "person"


def test_bad_settings_are_named():
    with pytest.raises(FewnerError, match="must hold a label"):
        choose_label([])
    with pytest.raises(FewnerError, match="min_votes"):
        mark_entities(min_votes=9)


# In a pipeline of spacy-llm

pytest.importorskip("spacy_llm", reason="spacy-llm is not installed")
from spacy_llm.registry import registry  # noqa: E402

TASKS = [
    {"@llm_tasks": "spacy-fewner.MarkEntities.v1", "rounds": 2},
    {"@llm_tasks": "spacy-fewner.ChooseLabel.v1", "tree": TREE},
    {"@llm_tasks": "spacy-fewner.ChooseLabel.v1", "tree": TREE},
]
EXPECTED = [(name, path) for name, path in ANSWERS.items()]


def pipeline(name: str, make: Callable[[], Any]) -> Any:
    registry.llm_models(name, func=make)
    nlp = spacy.blank("en")
    for number, task in enumerate(TASKS):
        nlp.add_pipe(
            "llm", name=f"llm{number}", config={"task": task, "model": {"@llm_models": name}}
        )
    return nlp


@pytest.mark.filterwarnings("ignore:Task supports sharding:UserWarning")
def test_three_pipes_find_and_classify_with_a_journal(tmp_path: Path):
    journal = tmp_path / "journal.jsonl"
    model = Scripted(ANSWER)
    nlp = pipeline("fewner-test.Told.v1", lambda: JournaledModel(Connection(model, str(journal))))
    docs = list(nlp.pipe([TEXT, "", "Bob left."]))
    assert [found(doc) for doc in docs if len(doc)] == [EXPECTED, [("Bob", "person/other")]]
    assert len(model.asked) == 2 * 2 + 2 * 4
    steps = [one["stage"] for one in docs[0].user_data["fewner_meta"]["earlier"]]
    assert steps == ["mark", "choose"]
    del nlp
    replayed = pipeline(
        "fewner-test.Told.v2", lambda: JournaledModel(Connection(None, str(journal), "replay"))
    )
    assert found(replayed(TEXT)) == EXPECTED


@pytest.mark.filterwarnings("ignore:Task supports sharding:UserWarning")
def test_models_of_spacy_llm_are_asked_once_a_round():
    seen: list[str] = []

    def make():
        def ask(prompts: Iterable[Iterable[str]]) -> Iterable[Iterable[str]]:
            for of_doc in prompts:
                texts = list(of_doc)
                seen.extend(map(str, texts))
                yield [ANSWER(prompt_of(text)) for text in texts]

        nested = typing.Iterable[typing.Iterable[str]]  # spacy-llm takes no other
        ask.__annotations__ = {"prompts": nested, "return": nested}
        return ask

    assert found(pipeline("fewner-test.Plain.v1", make)(TEXT)) == EXPECTED
    assert len(seen) == 2 + 2 * 3 and seen[0] == seen[1]
