"""The pipe fewner_synth: stages over docs, results on the Doc, saved as configuration."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from synthesis_helpers import Scripted, last_turn

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.spacy_pipes.component import Synthesizer
from spacy_fewner.synthesis.spacy_pipes.on_docs import rejects_on, samples_on

EXTEND = {"@misc": "spacy-fewner.Extend.v1"}
EXPLAIN = {"@misc": "spacy-fewner.Explain.v1", "min_chars": 10}
TEXTS = ["Anna Meier flew to Basel.", "Basel was cold.", "The pump stood still in Basel."]


def answer(prompt: Prompt) -> str:
    """Computed from the prompt: entities as JSON, phrases, or an explanation."""
    text = last_turn(prompt)
    if not prompt.schema:
        return f"It is well known, of course. This goes back to {len(text)} characters."
    if "entity" in json.dumps(prompt.schema):
        return json.dumps({"items": [{"entity": "Basel", "type": "city"}]})
    return json.dumps({"items": ["Basel"]})


def pipeline(stages: dict[str, Any], answer: Any = answer, **config: Any) -> Language:
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("fewner_synth", config={"stages": stages, **config})
    assert isinstance(pipe, Synthesizer)
    pipe.client = Client(Scripted(answer))
    return nlp


def spans(doc: Doc, key: str = "sc") -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.spans[key]]


def test_stages_leave_their_results_on_the_doc():
    nlp = pipeline({"extend": EXTEND, "explain": EXPLAIN}, labels=["person"])
    docs = list(nlp.pipe(TEXTS))
    for doc in docs:
        assert spans(doc) == [("Basel", "ext/city")]
        first, *more = samples_on(doc)
        assert first.text.startswith("It is well known")
        assert {one.meta["stage"] for one in (first, *more)} == {"explain"}
        assert doc.user_data["fewner_meta"]["stage"] == "extend"
        json.dumps([doc._.synthetic, doc._.synthetic_rejects])
    alone = nlp(TEXTS[0])
    assert spans(alone) == spans(docs[0]) and alone._.synthetic == docs[0]._.synthetic


def test_later_stages_run_over_what_earlier_ones_wrote():
    def with_basel(prompt: Prompt) -> str:
        return answer(prompt) if prompt.schema else "Basel lies where three countries meet."

    nlp = pipeline({"b": EXPLAIN, "a": EXTEND}, with_basel, labels=["person"])
    (made,) = samples_on(nlp(TEXTS[1]))
    assert [(s.surface(made.text), s.label) for s in made.spans] == [("Basel", "ext/city")]
    assert [step["stage"] for step in made.meta["earlier"]] == ["explain"]


def test_prompts_of_many_docs_are_asked_together():
    nlp = pipeline({"extend": EXTEND})
    model = Scripted(answer, concurrency=3)
    nlp.get_pipe("fewner_synth").client = Client(model)
    docs = list(nlp.pipe([f"{n} times Basel." for n in range(50)], batch_size=20))
    assert [spans(doc) for doc in docs] == [[("Basel", "ext/city")]] * 50
    assert len(model.asked) == 50


def test_own_spans_are_kept_and_name_the_labels():
    nlp = pipeline({"explain": EXPLAIN}, spans_key="gold")
    doc = nlp.make_doc(TEXTS[0])
    doc.spans["gold"] = [Span(doc, 0, 2, "person", kb_id="Q1")]
    shown: list[str] = []

    def spy(prompt: Prompt) -> str:
        shown.append(last_turn(prompt))
        return answer(prompt)

    pipe = nlp.get_pipe("fewner_synth")
    pipe.client = Client(Scripted(spy))
    pipe(doc)
    assert spans(doc, "gold") == [("Anna Meier", "person")]
    assert doc.spans["gold"][0].kb_id_ == "Q1"
    assert len(shown) == 1 and '"Anna Meier" (person)' in shown[0]


def test_failed_and_unreadable_replies_are_rejects_on_their_doc():
    def fails(prompt: Prompt) -> str | Reply:
        if "cold" in last_turn(prompt):
            return Reply("", error="refused")
        return "no" if "pump" in last_turn(prompt) else answer(prompt)

    docs = list(pipeline({"extend": EXTEND}, fails).pipe(TEXTS))
    assert [len(list(rejects_on(doc))) for doc in docs] == [0, 1, 1]
    (reject,) = rejects_on(docs[1])
    assert (reject.reason, reject.detail) == ("no reply", "refused")
    assert "sc" in docs[0].spans and "sc" not in docs[1].spans


def test_blank_docs_pass():
    docs = list(pipeline({"extend": EXTEND}).pipe(["", " ", TEXTS[0]]))
    assert [dict(doc.spans) == {} for doc in docs] == [True, True, False]


CLIENT = {
    "@misc": "spacy-fewner.Client.v1",
    "mode": "resume",
    "model": {
        "@misc": "spacy-fewner.OpenAIModel.v1",
        "model": "some-model",
        "base_url": "http://127.0.0.1:9/v1",
        "key_env": "FEWNER_TEST_KEY",
    },
}


def test_it_is_saved_as_configuration_without_secrets(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("FEWNER_TEST_KEY", "sk-very-secret-0123456789")
    journal = tmp_path / "journal.jsonl"
    client = {**CLIENT, "journal": str(journal)}
    config = {"stages": {"z": EXPLAIN, "a": EXTEND}, "client": client, "labels": ["person"]}
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_synth", config=config)
    nlp.to_disk(tmp_path / "saved")
    again = spacy.load(tmp_path / "saved")
    pipe = again.get_pipe("fewner_synth")
    assert list(pipe.stages) == ["z", "a"] and pipe.stages["z"].min_chars == 10
    assert pipe.schema.ids == ("person",) and pipe.client.mode == "resume"
    assert not journal.exists()  # nothing is opened before a doc comes
    files = [p for p in (tmp_path / "saved").rglob("*") if p.is_file()]
    assert not any(b"very-secret" in path.read_bytes() for path in files)
    spacy.blank("en").from_bytes(spacy.blank("en").to_bytes())
    assert spacy.load(tmp_path / "saved").from_bytes(nlp.to_bytes()).config == again.config


def test_without_a_client_it_says_what_to_do():
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_synth", config={"stages": {"extend": EXTEND}}, name="mine")
    with pytest.raises(FewnerError, match=r'mine\.client: .*Client\.v1.*get_pipe\("mine"\)'):
        nlp(TEXTS[0])


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "stages: .*Extend.v1"),
        ({"stages": {"x": EXTEND}, "labels": ["a", "a"]}, "labels: .*unique"),
        ({"stages": {"x": EXTEND}, "label_definitions": {"b": "…"}}, "label_definitions"),
        ({"stages": {"x": {**EXTEND, "layers": []}}}, "layers"),
        ({"stages": {"x": {"layers": ["entities"]}}}, r"stages\.x: must be a stage"),
    ],
)
def test_bad_settings_are_named(config: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        spacy.blank("en").add_pipe("fewner_synth", config=config)


def test_an_error_handler_may_pass_over_a_batch():
    def breaks(prompt: Prompt) -> str:
        raise FewnerError("model", "must be there", "none", "Start it.")

    nlp = pipeline({"extend": EXTEND}, breaks)
    with pytest.raises(FewnerError, match="model: must be there"):
        list(nlp.pipe(TEXTS))
    seen: list[int] = []
    nlp.get_pipe("fewner_synth").set_error_handler(lambda *args: seen.append(len(args[2])))
    assert list(nlp.pipe(TEXTS)) == [] and seen == [3]
