"""A GGUF file in this process. For replies set FEWNER_GGUF to the path of a small chat model."""

import hashlib
import importlib.util
import json
import os
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from llm_helpers import prompt_of

from spacy_fewner.cascade.asked.mark_grammar import mark_grammar
from spacy_fewner.cascade.asked.marker import Marker
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.local import LocalModel

needs_xllamacpp = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="xllamacpp (extra local) is not installed"
)
SCHEMA = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {
                    "entity": {"type": "string", "maxLength": 20},
                    "type": {"type": "string", "enum": ["person", "place"]},
                },
                "required": ["entity", "type"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["items"],
    "additionalProperties": False,
}


@pytest.fixture
def no_model(tmp_path: Path) -> Path:
    """The right beginning and nothing behind it."""
    path = tmp_path / "no-model.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    return path


@pytest.fixture(scope="module")
def model():
    if not importlib.util.find_spec("xllamacpp"):
        pytest.skip("xllamacpp (extra local) is not installed")
    if not os.environ.get("FEWNER_GGUF"):
        pytest.skip("FEWNER_GGUF is not set to the path of a GGUF chat model")
    model = LocalModel(os.environ["FEWNER_GGUF"], context=512, max_tokens=100, threads=1)
    yield model
    model.close()


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(FewnerError, match=r"path: must be a GGUF file; got .*none\.gguf"):
        LocalModel(str(tmp_path / "none.gguf"))
    with pytest.raises(FewnerError, match="path: must be a GGUF file"):
        LocalModel(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"GG", b'{"model": 1}', b"\x80\x04safetensors"])
def test_a_file_that_is_no_gguf_is_named(tmp_path: Path, content: bytes):
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(FewnerError, match="begins with GGUF"):
        LocalModel(str(tmp_path / "model.bin"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("context", -1), ("max_tokens", 0), ("threads", 0), ("extra", {"messages": []})],
)
def test_bad_settings_are_named(no_model: Path, name: str, value: object):
    with pytest.raises(FewnerError, match=name):
        LocalModel(str(no_model), **{name: value})


def test_identity_is_the_file_and_the_parameters(no_model: Path):
    identity = LocalModel(str(no_model), temperature=0, seed=3, threads=2).identity
    digest = hashlib.sha256(no_model.read_bytes()).hexdigest()
    assert (identity["model"], identity["sha256"]) == ("no-model.gguf", digest)
    assert (identity["temperature"], identity["seed"], identity["context"]) == (0.0, 3, 4096)
    assert str(no_model.parent) not in json.dumps(identity)
    assert identity == LocalModel(str(no_model), temperature=0.0, seed=3, threads=1).identity
    assert identity != LocalModel(str(no_model), temperature=0.1, seed=3).identity
    no_model.write_bytes(b"GGUF" + bytes(101))
    assert identity != LocalModel(str(no_model), temperature=0.0, seed=3).identity


def test_without_the_extra_it_says_what_to_install(no_model: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    model = LocalModel(str(no_model))
    with pytest.raises(FewnerError, match=r"pip install 'spacy-fewner\[local\]'"):
        model.ask(prompt_of("hello"))


@needs_xllamacpp
def test_a_damaged_file_is_named(no_model: Path):
    with pytest.raises(FewnerError, match=r"path: must be a GGUF file that llama.cpp can load"):
        LocalModel(str(no_model), threads=1).ask(prompt_of("hello"))


def test_a_reply_is_the_same_each_time(model: LocalModel):
    prompts = [prompt_of("Name a city.", sample=0), prompt_of("Name a city.", sample=1)]
    first = [model.ask(prompt) for prompt in prompts]
    assert [model.ask(prompt) for prompt in reversed(prompts)] == first[::-1]
    assert first[0].text != first[1].text
    assert all(reply.prompt_tokens and reply.completion_tokens for reply in first)


def test_a_schema_forces_the_form(model: LocalModel):
    for sample in range(3):
        reply = model.ask(prompt_of("Write a poem, and no JSON.", schema=SCHEMA, sample=sample))
        if reply.finish == "stop":
            items = json.loads(reply.text)["items"]
            assert all(set(item) == {"entity", "type"} for item in items)
            assert {item["type"] for item in items} <= {"person", "place"}
        else:
            assert reply.finish == "length" and reply.text.startswith("{")


def test_a_long_prompt_is_an_error_of_its_own(model: LocalModel):
    reply = model.ask(prompt_of("word " * 1000))
    assert "must fit into the context of 512 tokens" in reply.error and not reply.text
    assert model.ask(prompt_of("half \ud800 character")).error
    assert not model.ask(prompt_of("Name a city.")).error


def test_nobody_else_gets_replies(model: LocalModel):
    model.ask(prompt_of("Name a city."))
    body = json.dumps({"messages": [{"role": "user", "content": "hi"}]}).encode()
    url = f"{model._server.listening_address}/v1/chat/completions"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, body, timeout=10)


def test_its_replies_are_journaled(model: LocalModel, tmp_path: Path):
    prompts = [prompt_of("Name a city."), prompt_of("Name a river.")]
    with Journal(tmp_path / "journal.jsonl") as journal:
        replies = list(Client(model, journal).complete(prompts))
    with Journal(tmp_path / "journal.jsonl", "replay") as journal:
        assert list(Client(None, journal).complete(prompts)) == replies
        assert journal.identities == (model.identity,)


def test_a_grammar_is_followed(model: LocalModel):
    text = 'Ann Lee left "Rome"\nin 1999.'
    grammar = mark_grammar(text, Marker("@@", "##"), nested=True)
    prompt = prompt_of(f"Copy this, with @@ and ## around names: {text}")
    reply = model.ask(replace(prompt, grammar=grammar))
    assert reply.finish == "stop"
    assert reply.text.replace("@@", "").replace("##", "") == text
