"""Answers held to a form, whatever a model of random weights would rather say."""

from collections.abc import Iterator

import pytest
from tuned_helpers import PASSAGES, made_base, questions

from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.keys import request_key
from spacy_fewner.llm.tuned.generating import constraints
from spacy_fewner.llm.tuned.model import TunedModel
from spacy_fewner.llm.types import Prompt
from spacy_fewner.types import Sample, Schema

LABEL = {
    "type": "object",
    "properties": {"label": {"enum": ["person", "city"]}},
    "required": ["label"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = made_base(tmp_path_factory.mktemp("base"))
    keeper = TunedModel(path)
    assert keeper.opened  # so that each test finds it loaded
    yield path


def held(**how) -> list[Prompt]:
    return [Prompt(one.messages, **how) for one in questions()]


@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_a_schema_is_followed(base: str, temperature: float):
    replies = TunedModel(base, temperature=temperature).ask_all(held(schema=LABEL))
    assert {one.text for one in replies} <= {'{"label": "person"}', '{"label": "city"}'}
    assert {one.finish for one in replies} == {"stop"}


def test_it_can_be_left_alone(base: str):
    free, asked = TunedModel(base, max_tokens=9, constrained=False), held(schema=LABEL)
    assert free.ask_all(asked) == TunedModel(base, max_tokens=9).ask_all(held())
    assert free.identity != TunedModel(base, max_tokens=9).identity


def test_rows_with_and_without_a_form_go_together(base: str):
    model = TunedModel(base, max_tokens=30)
    mixed = [*held(schema=LABEL)[:3], *held()[:3], *held(grammar='root ::= "a" | "b" root')[:3]]
    assert model.ask_all(mixed) == [model.ask(one) for one in mixed]


def test_a_grammar_goes_before_a_schema(base: str):
    replies = TunedModel(base).ask_all(held(schema=LABEL, grammar='root ::= "yes" | "no"'))
    assert {one.text for one in replies} <= {"yes", "no"}


def test_what_schemas_cannot_be_held_to_is_left_free(base: str):
    odd = {"type": "string", "pattern": "(?=x)y"}
    reply = TunedModel(base, max_tokens=4).ask(held(schema=odd)[0])
    assert not reply.error and reply.completion_tokens


def test_a_grammar_that_is_none_gets_an_error(base: str):
    reply = TunedModel(base).ask(held(grammar='root ::= "a" nowhere')[0])
    assert reply.error.startswith("grammar: must be GBNF")


def test_every_marked_copy_can_be_read(base: str):
    stage = MarkEntities(1, constrained=True)
    client = Client(TunedModel(base, temperature=1.0, max_tokens=300))
    found = list(stage([Sample(text) for text in PASSAGES], Schema(()), client))
    assert [one.meta["marked"]["unusable"] for one in found] == [{}] * len(PASSAGES)
    assert sum(len(one.spans) for one in found) > 3


def test_keys_of_prompts_without_a_grammar_are_those_of_before():
    prompt = questions()[0]
    assert request_key({"model": "a"}, prompt) == (
        "bfddae4ce829bb3f610c0d4b6744d8732c7853b3615b39c6a959ce354dc337b7"
    )
    assert request_key({}, prompt) != request_key({}, Prompt(prompt.messages, grammar="x"))


def test_llguidance_is_named_where_it_is_missing(base: str, monkeypatch):
    monkeypatch.setattr(constraints, "is_installed", lambda name: False)
    model = TunedModel(base, max_tokens=2)
    assert not model.ask(held()[0]).error
    with pytest.raises(Exception, match="constrained: needs the package llguidance"):
        model.ask(held(schema=LABEL)[0])


def test_tokenizers_as_gguf_files_give_them(base: str):
    from tokenizers import decoders

    model = TunedModel(base)
    tokenizer = model.opened.generator.chats.tokenizer
    first = [decoders.ByteFallback(), decoders.Fuse(), decoders.Replace("\u2581", " ")]
    tokenizer.backend_tokenizer.decoder = decoders.Sequence([*first, decoders.ByteLevel()])
    reply = model.ask(held(grammar='root ::= "Read the text é, and name the city"')[0])
    assert reply.text == "Read the text é, and name the city"
