"""Requests over several servers: none is lost where one of them is."""

import time

import pytest
from server import Server, plan_of

from spacy_fewner.errors import FewnerError, FewnerWarning
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.journal.merging import merge_journals
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.models.spread import Spread
from spacy_fewner.llm.types import Message, Prompt

PROMPTS = [Prompt((Message("user", f"text {n}"),), {"type": "object"}) for n in range(40)]


def model(url: str, **more) -> OpenAIModel:
    settings = {"key_env": None, "concurrency": 2, "attempts": 2, "backoff": 0.01, **more}
    return OpenAIModel(OpenAISettings("stand-in", base_url=url, **settings))


def test_each_server_gets_its_share():
    with Server() as one, Server() as two:
        spread = Spread([model(one.url), model(two.url)])
        replies = list(Client(spread).complete(PROMPTS))
        assert [reply.text.split(" ")[3] for reply in replies] == [str(n) for n in range(40)]
        assert min(sum(one.good.values()), sum(two.good.values())) >= 8
        assert sum(one.good.values()) + sum(two.good.values()) == 40
        assert spread.concurrency == 4


def test_a_server_that_is_not_there():
    with Server() as one:
        spread = Spread([model("http://127.0.0.1:9/v1"), model(one.url)])
        with pytest.warns(FewnerWarning, match="left alone"):
            replies = list(Client(spread).complete(PROMPTS))
        assert len(replies) == 40 and not any(reply.error for reply in replies)
        # By request: a slow machine may have asked again for one. The server notes an answer after
        # it has sent it.
        until = time.monotonic() + 20
        while len(one.good) < 40 and time.monotonic() < until:
            time.sleep(0.01)
        assert len(one.good) == 40


def test_no_server_is_left():
    nowhere = [model(f"http://127.0.0.1:{port}/v1") for port in (9, 10)]
    with pytest.warns(FewnerWarning), pytest.raises(FewnerError, match="127"):
        list(Client(Spread(nowhere)).complete(PROMPTS))


def test_a_request_that_one_gives_up():
    broken = plan_of(*["500"] * 9)
    with Server(plan=broken) as one, Server() as two:
        replies = list(Client(Spread([model(one.url), model(two.url)])).complete(PROMPTS[:4]))
        assert not any(reply.error for reply in replies)


def test_two_models():
    models = [model("http://127.0.0.1:9/v1"), model("http://127.0.0.1:9/v1", seed=1)]
    with pytest.raises(FewnerError, match="servers must have one model"):
        Spread(models)


def test_journals_merged(tmp_path):
    with Server() as server:
        for name, prompts in (("a", PROMPTS[:6]), ("b", PROMPTS[4:9])):
            with Journal(tmp_path / name) as journal:
                list(Client(model(server.url), journal).complete(prompts))
    with (tmp_path / "b").open("ab") as file:
        file.write(b'{"key": "cut sho')
    with Journal(tmp_path / "whole") as whole:
        assert merge_journals(whole, [tmp_path / "a", tmp_path / "b"]) == 9
        assert merge_journals(whole, [tmp_path / "a"]) == 0
    with Journal(tmp_path / "whole", "replay") as whole:
        replies = list(Client(None, whole).complete(PROMPTS[:9]))
    assert [reply.text.split(" ")[3] for reply in replies] == [str(n) for n in range(9)]
