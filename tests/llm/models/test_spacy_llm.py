"""spacy-llm on both sides, over a real server on loopback."""

import inspect
import json
import pickle
import re
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import spacy
from llm_helpers import IDENTITY, Model, prompt_of, prompts_of
from server import Server, plan_of
from spacy.language import Language

from spacy_fewner.data.docs import doc_to_sample
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.connect import Connection, shared_journal
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.models.spacy_llm_model import JournaledModel, SpacyLLMModel
from spacy_fewner.llm.registered import connection, openai_model
from spacy_fewner.synthesis.spacy_pipes.on_docs import rejects_on, samples_on
from spacy_fewner.synthesis.stages.extend import Extend
from spacy_fewner.types import Sample, Schema

registry = pytest.importorskip("spacy_llm.registry", reason="spacy-llm is not installed").registry

TEXTS = [f"In {1900 + n} Anna Meier flew to Basel." for n in range(20)]
EXTEND = {"@llm_tasks": "spacy-fewner.ExtendEntities.v1"}
EXPLAIN = {"@llm_tasks": "spacy-fewner.Explain.v1"}
NOT_SAID = "ignore:Task supports sharding:UserWarning"


def names_in(text: str) -> list[str]:
    return re.findall(r"[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*", text)


def entities(prompt: str) -> str:
    """The names in the text that the prompt shows last, as JSON."""
    names = names_in(prompt.split("<text>")[-1].split("</text>")[0])
    return json.dumps({"items": [{"entity": name, "type": "name"} for name in names]})


def reply(body: dict[str, Any]) -> str:
    """Computed from the request: JSON where that is asked for, else a text about the names."""
    text = body["messages"][-1]["content"]
    if "response_format" in body:
        return entities(text)
    return f"It is well known who {' and '.join(names_in(text))} are, and that they matter."


@pytest.fixture
def server():
    with Server(reply=reply) as server:
        yield server


def model_at(url: str, journal: Path | None = None, **more: Any) -> dict[str, Any]:
    served = {"@misc": "spacy-fewner.OpenAIModel.v1", "model": "m", "base_url": url}
    served |= {"key_env": None, "backoff": 0.01, "temperature": 0.0}
    own = {"journal": str(journal) if journal else None, "context_length": 4000}
    return {"@llm_models": "spacy-fewner.Journaled.v1", "model": served, **own, **more}


def pipeline(task: dict[str, Any], model: dict[str, Any], name: str = "llm") -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("llm", name=name, config={"task": task, "model": model})
    return nlp


def spans(doc: Any) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.spans["sc"]]


EXPECTED = [("Anna Meier", "ext/name"), ("Basel", "ext/name")]


def test_entry_points_are_found():
    for name in ("ExtendEntities", "Segment", "Tag", "KeyPhrases", "Explain"):
        assert registry.has("llm_tasks", f"spacy-fewner.{name}.v1")
    assert registry.has("llm_tasks", "spacy-fewner.MarkEntities.v1")
    assert registry.has("llm_tasks", "spacy-fewner.ChooseLabel.v1")
    assert registry.has("llm_models", "spacy-fewner.Journaled.v1")


def test_a_task_in_a_pipeline_asks_at_once_and_with_the_schema(server: Server):
    server.latency = 0.02
    docs = list(pipeline(EXTEND, model_at(server.url)).pipe(TEXTS))
    assert [spans(doc) for doc in docs] == [EXPECTED] * len(TEXTS)
    assert server.most_at_once > 2
    roles = [message["role"] for message in server.bodies[0]["messages"]]
    assert roles[0] == "system" and roles[1:3] == ["user", "assistant"]
    assert server.bodies[0]["response_format"]["type"] == "json_schema"


def test_failed_attempts_are_tried_again_and_replies_replayed(tmp_path: Path):
    journal = tmp_path / "journal.jsonl"
    with Server(plan_of("500", "429"), reply) as server:
        docs = list(pipeline(EXTEND, model_at(server.url, journal)).pipe(TEXTS))
        assert server.stats()["faults"] == {"500": len(TEXTS), "429": len(TEXTS)}
        assert server.stats()["twice"] == 0
    model = {"@llm_models": "spacy-fewner.Journaled.v1", "journal": str(journal), "mode": "replay"}
    again = list(pipeline(EXTEND, {**model, "context_length": 4000}).pipe(TEXTS))
    assert [spans(doc) for doc in again] == [spans(doc) for doc in docs] == [EXPECTED] * 20
    assert again[0].user_data["fewner_meta"] == docs[0].user_data["fewner_meta"]


def test_task_and_stage_share_a_journal(server: Server, tmp_path: Path):
    journal = tmp_path / "journal.jsonl"
    doc = pipeline(EXTEND, model_at(server.url, journal))(TEXTS[0])
    with Journal(journal, "replay") as held:
        (own,) = Extend()([Sample(TEXTS[0])], Schema(()), Client(None, held))
    assert own.spans == doc_to_sample(doc).spans
    assert own.meta["calls"] == doc.user_data["fewner_meta"]["calls"]


def test_two_pipes_share_a_journal(server: Server, tmp_path: Path):
    model = model_at(server.url, tmp_path / "journal.jsonl")
    nlp = pipeline(EXTEND, model, "extend")
    nlp.add_pipe(
        "llm", name="explain", config={"task": {**EXPLAIN, "spans_key": "gold"}, "model": model}
    )
    doc = nlp.make_doc(TEXTS[0])
    doc.spans["gold"] = [doc.char_span(8, 18, label="person")]
    for _, pipe in nlp.pipeline:
        doc = pipe(doc)
    assert spans(doc) == EXPECTED
    (made,) = samples_on(doc)
    assert (
        made.text
        == "It is well known who Anna Meier and Basel and Anna Meier are, and that they matter."
    )
    assert [s.label_ for s in doc.spans["gold"]] == ["person"]
    assert len(server.attempts) == 2 and len(Journal(tmp_path / "journal.jsonl", "replay")) == 2


def by_step(body: dict[str, Any]) -> str:
    """Words, tags, phrases or a text, as the system prompt asks."""
    system, asked = (body["messages"][at]["content"] for at in (0, -1))
    text = asked.split("<text>\n")[1].split("\n</text>")[0]
    if system.startswith("You split"):
        return json.dumps({"items": re.findall(r"\w+|\S", text)})
    if system.startswith("You tag"):
        words = json.loads(asked.rpartition("Words: ")[2])
        return json.dumps({"items": [{"word": word, "pos": "X"} for word in words]})
    if system.startswith("You find the key phrases"):
        return json.dumps({"items": names_in(text)})
    return f"It is well known who {' and '.join(names_in(asked))} are, and that they matter."


def test_all_layers_and_explained_key_phrases_in_one_pipeline():
    nlp = spacy.blank("en")
    with Server(reply=by_step) as server:
        for name in ("Segment", "Tag", "KeyPhrases", "Explain"):
            task = {"@llm_tasks": f"spacy-fewner.{name}.v1"}
            nlp.add_pipe("llm", name=name, config={"task": task, "model": model_at(server.url)})
        docs = list(nlp.pipe(TEXTS))
        assert server.attempts.total() == 4 * len(TEXTS)
    for doc in docs:
        words = [token.text for token in doc]
        assert spans(doc) == [
            *((word, "ext/seg/word") for word in words),
            *((word, "ext/pos/X") for word in words),
            *((name, "ext/key/phrase") for name in ("Anna Meier", "Basel")),
        ]
        (made,) = samples_on(doc)
        assert "Anna Meier and Basel" in made.text and list(rejects_on(doc)) == []


@pytest.mark.filterwarnings(NOT_SAID)
def test_tasks_of_spacy_llm_get_a_journal_too(server: Server, tmp_path: Path):
    model = model_at(server.url, tmp_path / "journal.jsonl")
    for _ in range(2):
        doc = pipeline({"@llm_tasks": "spacy.Raw.v1"}, model)("What of Basel?")
        assert doc._.llm_reply.startswith("It is well known who") and "Basel" in doc._.llm_reply
    assert server.attempts.total() == 1


@pytest.mark.filterwarnings(NOT_SAID)
def test_our_tasks_run_with_models_of_spacy_llm():
    seen: list[str] = []

    @registry.llm_models("fewner-test.Echo.v1")
    def make():
        def ask(prompts: Iterable[Iterable[str]]) -> Iterable[Iterable[str]]:
            for of_doc in prompts:
                seen.extend(texts := list(of_doc))
                yield list(map(entities, texts))

        nested = typing.Iterable[typing.Iterable[str]]  # spacy-llm takes no other
        ask.__annotations__ = {"prompts": nested, "return": nested}
        return ask

    doc = pipeline(EXTEND, {"@llm_models": "fewner-test.Echo.v1"})(TEXTS[0])
    assert spans(doc) == EXPECTED
    assert len(seen) == 1 and seen[0].startswith("You find all entities") and TEXTS[0] in seen[0]


def test_a_prompt_without_a_reply_stops_the_pipe_or_is_a_reject():
    with Server(plan_of(*["400"] * 9), reply) as server:
        with pytest.raises(FewnerError, match="must reply to each prompt"):
            pipeline(EXTEND, model_at(server.url))(TEXTS[0])
        doc = pipeline(EXTEND, model_at(server.url, strict=False))(TEXTS[0])
    (reject,) = rejects_on(doc)
    assert reject.reason == "no reply" and "400" in reject.detail


def test_the_pipeline_is_saved_as_configuration(server: Server, tmp_path: Path):
    nlp = pipeline({**EXTEND, "spans_key": "x"}, model_at(server.url, tmp_path / "j.jsonl"))
    nlp.to_disk(tmp_path / "saved")
    doc = spacy.load(tmp_path / "saved")(TEXTS[0])
    assert [(s.text, s.label_) for s in doc.spans["x"]] == EXPECTED


def test_fewner_synth_with_a_journal_needs_no_server_again(server: Server, tmp_path: Path):
    model = model_at(server.url)["model"]
    client = {"@misc": "spacy-fewner.Client.v1", "journal": str(tmp_path / "journal.jsonl")}
    stages = {"extend": {"@misc": "spacy-fewner.Extend.v1"}}

    def run(**more: Any) -> list[Any]:
        nlp = spacy.blank("en")
        nlp.add_pipe("fewner_synth", config={"stages": stages, "client": {**client, **more}})
        return list(nlp.pipe(TEXTS))

    asked = run(model=model)
    assert server.attempts.total() == len(TEXTS)
    assert [spans(doc) for doc in run(mode="replay")] == [spans(doc) for doc in asked]
    assert server.attempts.total() == len(TEXTS) and spans(asked[0]) == EXPECTED


# Models of spacy-llm for our stages


def test_a_model_of_spacy_llm_answers_our_prompts(tmp_path: Path):
    def upper(prompts: Iterable[Iterable[str]]) -> Iterable[Iterable[str]]:
        return [[text.upper() for text in of_doc] for of_doc in prompts]

    model = SpacyLLMModel(upper, "upper", {"temperature": 0.0})
    with Journal(tmp_path / "journal.jsonl") as journal:
        replies = list(Client(model, journal).complete(prompts_of(3)))
        assert [reply.text for reply in replies] == ["PROMPT 0", "PROMPT 1", "PROMPT 2"]
        assert journal.identities == ({"api": "spacy-llm", "model": "upper", "temperature": 0.0},)


def test_the_registered_bridge_takes_a_registered_model():
    config = {"@misc": "spacy-fewner.SpacyLLMModel.v1", "name": "none",
              "model": {"@llm_models": "spacy.NoOp.v1"}}  # fmt: skip
    model = registry.resolve({"it": config})["it"]
    assert model.ask(prompt_of("hello")).text == "" and not model.ask(prompt_of("hello")).error


@pytest.mark.parametrize(
    "broken", [lambda prompts: [], lambda prompts: [["a", "b"]], lambda prompts: [[None]],
               lambda prompts: 1 / 0]
)  # fmt: skip
def test_what_a_model_does_wrong_is_an_error_of_that_prompt(broken: Any):
    reply = SpacyLLMModel(broken, "broken").ask(prompt_of("hello"))
    assert reply.error and not reply.text


def test_bad_settings_are_named():
    with pytest.raises(FewnerError, match="name: must say which model"):
        SpacyLLMModel(print, "")
    with pytest.raises(FewnerError, match="concurrency"):
        SpacyLLMModel(print, "print", concurrency=0)
    with pytest.raises(FewnerError, match=r"SpacyLLMModel\.v1"):
        connection(model=print)


# Clients by their settings


def test_a_connection_opens_nothing_until_it_is_used(tmp_path: Path):
    made = Connection(Model(), str(tmp_path / "journal.jsonl"))
    assert not list(tmp_path.iterdir())
    assert made.client() is made.client() and (tmp_path / "journal.jsonl").exists()
    other = Connection(Model(), str(tmp_path / "journal.jsonl"))
    assert list(made.client().complete(prompts_of(2))) == list(
        other.client().complete(prompts_of(2))
    )
    assert other.client().totals.from_journal == 2
    with pytest.raises(FewnerError, match="model: must be given"):
        Connection().client()
    with pytest.raises(FewnerError, match="mode"):
        Connection(Model(), str(tmp_path / "journal.jsonl"), "append").client()  # type: ignore[arg-type]


def test_a_journal_is_let_go_with_its_last_holder(tmp_path: Path):
    held = shared_journal(tmp_path / "journal.jsonl", "resume")
    assert shared_journal(tmp_path / "journal.jsonl", "resume") is held
    with pytest.raises(FewnerError, match="only one run"):
        Journal(tmp_path / "journal.jsonl")
    del held
    Journal(tmp_path / "journal.jsonl").close()


def test_a_connection_goes_to_other_processes_without_its_client(tmp_path: Path):
    made = Connection(None, str(tmp_path / "journal.jsonl"), "replay")
    with Journal(tmp_path / "journal.jsonl") as journal:
        list(Client(Model(identity=IDENTITY), journal).complete([prompt_of("a")]))
    made.client()
    assert pickle.loads(pickle.dumps(made)) == made


def test_a_doc_without_prompts_gets_no_replies():
    model = JournaledModel(Connection(Model(identity=IDENTITY)))
    assert list(map(list, model([["a"], [], ["b", "c"]]))) == [
        ["reply to a"], [], ["reply to b", "reply to c"],
    ]  # fmt: skip
    assert not hasattr(model, "context_length")


def test_configs_know_all_settings_of_a_model():
    settings = inspect.signature(OpenAISettings).parameters
    own = inspect.signature(openai_model).parameters
    assert list(own) == list(settings)
    model = openai_model("m", "http://localhost:1/v1", None, temperature=0, stop=["x"])
    assert model.identity == OpenAISettings("m", temperature=0, stop=("x",)).identity
    assert openai_model("m")._settings == OpenAISettings("m")
