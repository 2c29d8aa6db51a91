"""Several servers of a language model, as options name them."""

from pathlib import Path

import pytest
from server import Server

from spacy_fewner.cli.options.llm import LlmOptions
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.types import Message, Prompt

PROMPTS = [Prompt((Message("user", f"text {n}"),)) for n in range(30)]


def test_several_addresses(tmp_path: Path):
    with Server() as one, Server() as two:
        options = LlmOptions("stand-in", f"{one.url}, {two.url}", llm_key_env="", concurrency=2)
        with options.client(tmp_path / "journal.jsonl") as client:
            assert len(list(client.complete(PROMPTS))) == 30
        assert min(sum(one.good.values()), sum(two.good.values())) > 4
        before = sum(one.good.values()) + sum(two.good.values())
        # One of them alone is the same model: nothing is asked again.
        options = LlmOptions("stand-in", one.url, llm_key_env="")
        with options.client(tmp_path / "journal.jsonl") as client:
            assert len(list(client.complete(PROMPTS))) == 30
        assert sum(one.good.values()) + sum(two.good.values()) == before


def test_an_address_that_is_none(tmp_path: Path):
    options = LlmOptions("stand-in", "http://127.0.0.1:9/v1,", llm_key_env="")
    with (
        pytest.raises(FewnerError, match="must be a http or https address"),
        options.client(tmp_path / "journal.jsonl"),
    ):
        pass
    assert not (tmp_path / "journal.jsonl").exists()
