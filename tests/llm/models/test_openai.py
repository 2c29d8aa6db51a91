"""The OpenAI client against a real server on loopback that misbehaves."""

import logging
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from llm_helpers import prompt_of, prompts_of
from server import Server, echo, plan_of

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.journal.keys import request_key
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_answer import reply_of
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.models.retry import Transient
from spacy_fewner.llm.types import Message, Prompt, Reply

SCHEMA = {"type": "object", "properties": {"x": {"type": "string"}}}
SECRET = "sk-0123456789abcdef-secret"
PASSING = ("429", "429 date", "500", "503", "half", "not json", "no choices", "empty", "drop",
           "huge", "huge, said so", "brackets", "error in 200")  # fmt: skip


def model_at(server: Server, **settings: Any) -> OpenAIModel:
    given = {"key_env": None, "timeout": 2.0, "backoff": 0.01, "max_reply_bytes": 1_000_000}
    return OpenAIModel(OpenAISettings("some-model", server.url, **{**given, **settings}))


def text_of(prompt: Prompt) -> str:
    return echo({"messages": [{"content": prompt.messages[-1].content}]})


def test_a_request_says_all_that_was_set_and_no_more():
    prompt = Prompt((Message("system", "Be brief."), Message("user", "Hi")), sample=2)
    with Server() as server:
        reply = model_at(server).ask(prompt)
        model_at(server, temperature=0, top_p=0.9, max_tokens=7, seed=40, stop=["\n"],
                 extra={"grammar": "root ::= x"}, revision="r1").ask(prompt)  # fmt: skip
    assert reply == Reply(text_of(prompt), "stop", 10, 5)
    plain = {
        "model": "some-model",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ],
    }
    more = {"temperature": 0, "top_p": 0.9, "max_tokens": 7, "seed": 42, "stop": ["\n"]}
    assert server.bodies == [plain, {**plain, **more, "grammar": "root ::= x"}]
    assert server.keys == ["", ""]


@pytest.mark.parametrize("text", ["名前 🙂 İ \u2028 \x00 \ud800", "x" * 300_000, '"}]}', ""])
def test_any_text_arrives(text: str):
    with Server(reply=lambda body: body["messages"][0]["content"]) as server:
        assert model_at(server).ask(prompt_of(text)).text == text


@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass_is_tried_again(fault: str):
    with Server(plan_of(fault, fault)) as server:
        assert model_at(server).ask(prompt_of("text")).text == text_of(prompt_of("text"))
    assert (set(server.attempts.values()), set(server.good.values())) == ({3}, {1})


@pytest.mark.parametrize("fault", ["hang", "drip", "drip headers"])
def test_the_deadline_is_for_the_whole_answer(fault: str):
    with Server(plan_of(fault)) as server:
        started = time.monotonic()
        reply = model_at(server, timeout=0.3).ask(prompt_of("text"))
        assert 0.3 <= time.monotonic() - started < 1.5
    assert reply.text == text_of(prompt_of("text"))
    assert server.attempts.total() == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("500", "500: fault 500"),
        ("drop", "the connection broke"),
        ("half", "the connection broke"),
        ("empty", "not JSON"),
        ("not json", "not JSON"),
        ("brackets", "not JSON"),
        ("no choices", "without choices"),
        ("error in 200", "no worker was free"),
        ("huge", "more than 1,000,000 bytes"),
        ("hang", "no whole answer within 0.1 s"),
    ],
)
def test_after_the_last_attempt_the_reply_says_why(fault: str, reason: str):
    with Server(lambda *_: fault) as server:
        timeout = 0.1 if fault == "hang" else 2.0
        reply = model_at(server, attempts=2, timeout=timeout).ask(prompt_of("text"))
    assert reason in reply.error
    assert reply.text == ""
    assert server.attempts.total() == 2


def test_a_refused_prompt_is_not_tried_again():
    with Server(plan_of("400")) as server:
        reply = model_at(server).ask(prompt_of("text"))
    assert reply.error == "refused with 400: fault 400"
    assert server.attempts.total() == 1


@pytest.mark.parametrize(
    ("fault", "named", "remedy"),
    [
        ("401", "API key", "SOME_KEY"),
        ("403", "API key", "SOME_KEY"),
        ("404", "some-model", "base_url"),
        ("quota", "quota", "Pay"),
    ],
)
def test_what_no_request_can_pass_is_raised_at_once(
    fault: str, named: str, remedy: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOME_KEY", SECRET)
    with Server(plan_of(fault)) as server, pytest.raises(FewnerError, match=named) as caught:
        model_at(server, key_env="SOME_KEY").ask(prompt_of("text"))
    assert remedy in str(caught.value)
    assert server.attempts.total() == 1


def test_wrong_address():
    with Server() as server:
        gone = server.url
    with pytest.raises(FewnerError, match=r"base_url.*running server"):
        OpenAIModel(OpenAISettings("m", gone, None, backoff=30.0)).ask(prompt_of("text"))


def test_a_server_that_went_away_is_waited_for_and_then_named():
    with Server() as server:
        model = model_at(server, attempts=3)
        model.ask(prompt_of("text"))
    started = time.monotonic()
    with pytest.raises(FewnerError, match="base_url"):
        model.ask(prompt_of("text"))
    assert time.monotonic() - started < 2


def test_retry_after_is_kept_by_all_threads():
    times: list[float] = []

    def plan(request: str, attempt: int) -> str:
        times.append(time.monotonic())
        return "429 date" if len(times) == 1 else ""

    with Server(plan) as server:
        model = model_at(server, concurrency=4)
        first = threading.Thread(target=model.ask, args=(prompt_of("first"),))
        first.start()
        while not times:
            time.sleep(0.01)
        time.sleep(0.1)  # until it has read the answer
        model.ask(prompt_of("second"))
        first.join()
    waited = [at - times[0] for at in times[1:]]
    assert len(waited) == 2
    # The date is whole seconds, of which a part had gone by; none is left in the worst case.
    assert max(waited) - min(waited) < 0.5


def test_a_refused_schema_is_left_out_from_then_on():
    with Server(lambda *_: "no format") as server:
        model = model_at(server)
        for number in range(3):
            reply = model.ask(prompt_of(f"text {number}", schema=SCHEMA))
            assert reply.text == text_of(prompt_of(f"text {number}"))
        model.ask(prompt_of("text", schema={"type": "array"}))
        assert model_at(server, json_schema="on").ask(prompt_of("x", schema=SCHEMA)).error
    sent = ["response_format" in body for body in server.bodies]
    assert sent == [True, False, False, False, True, False, True]
    assert server.good.total() == 4


@pytest.mark.parametrize(("setting", "sent"), [("auto", True), ("on", True), ("off", False)])
def test_schemas_are_sent_as_set(setting: Any, sent: bool):
    with Server() as server:
        model_at(server, json_schema=setting).ask(prompt_of("text", schema=SCHEMA))
        model_at(server, json_schema=setting).ask(prompt_of("text"))
    first, second = server.bodies
    assert "response_format" not in second
    assert ("response_format" in first) == sent
    if sent:
        assert first["response_format"]["json_schema"]["schema"] == SCHEMA


def test_a_400_for_another_reason_does_not_switch_schemas_off():
    with Server(plan_of("400", "400")) as server:
        model = model_at(server)
        assert model.ask(prompt_of("bad", schema=SCHEMA)).error
        assert model.ask(prompt_of("bad", schema=SCHEMA)).text
    assert ["response_format" in body for body in server.bodies] == [True, False, True]


def test_faults_of_all_kinds_lose_nothing_and_pay_nothing_twice(tmp_path: Path):
    slow = {"429 date"}  # tested above
    faults = [*(fault for fault in PASSING if fault not in slow), "hang", "drip", "no format"]

    def plan(request: str, attempt: int) -> str:
        kind = int(request, 16) % (2 * len(faults))
        return faults[kind] if attempt == 0 and kind < len(faults) else ""

    prompts = [prompt_of(f"prompt {n}", schema=SCHEMA) for n in range(200)]
    with Server(plan, latency=0.001) as server:
        with Journal(tmp_path / "journal.jsonl") as journal:
            client = Client(model_at(server, concurrency=32, timeout=1.0), journal)
            replies = list(client.complete(prompts))
        assert server.most_at_once <= 32
    assert [reply.text for reply in replies] == [text_of(prompt) for prompt in prompts]
    assert Counter(server.good.values()) == {1: 200}
    assert client.totals.requests == 200
    assert client.totals.tokens == 200 * 15


def test_the_key_is_sent_and_stays_out_of_journal_and_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """Even when the server quotes it, in a reply or in what it says went wrong."""
    monkeypatch.setenv("SOME_KEY", SECRET + "\n")
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "journal.jsonl"
    with Server(lambda r, n: "400" if n else "", lambda body: f"your key is {SECRET}") as server:
        model = model_at(server, key_env="SOME_KEY")
        with Journal(path) as journal:
            (reply,) = Client(model, journal).complete([prompt_of("text")])
    assert server.keys == [f"Bearer {SECRET}"]
    assert reply.text == "your key is ***"
    assert SECRET not in path.read_text("utf8") + caplog.text + repr(model.identity)


def test_an_error_that_quotes_the_key_does_not_show_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_KEY", "fault 401")  # as if the server's message were a quoted key
    with Server(plan_of("401")) as server, pytest.raises(FewnerError) as caught:
        model_at(server, key_env="SOME_KEY").ask(prompt_of("text"))
    assert "fault 401" not in str(caught.value)
    assert "***" in str(caught.value)


@pytest.mark.parametrize("value", [None, "", "  ", "line\nbreak", "ключ"])
def test_without_a_usable_key_nothing_is_sent(value: str | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SOME_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("SOME_KEY", value)
    with Server() as server, pytest.raises(FewnerError, match="SOME_KEY") as caught:
        model_at(server, key_env="SOME_KEY").ask(prompt_of("text"))
    assert server.attempts.total() == 0
    shown = (value or "").strip()
    assert not shown or shown not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"model": ""}, "model"),
        ({"base_url": "localhost:8080"}, "base_url"),
        ({"base_url": "http://"}, "base_url"),
        ({"base_url": "http://host:port/v1"}, "base_url"),
        ({"base_url": "https://user:secret@host/v1"}, "base_url"),
        ({"base_url": "https://host/v1?key=secret"}, "base_url"),
        ({"concurrency": 0}, "concurrency"),
        ({"timeout": 0}, "timeout"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"json_schema": "maybe"}, "json_schema"),
        ({"extra": {"stream": True}}, "extra"),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], named: str):
    with pytest.raises(FewnerError, match=named) as caught:
        OpenAISettings(**{"model": "m", **settings})
    assert "secret" not in str(caught.value)


def test_identity_is_the_model_wherever_it_is_served():
    def key(**settings: Any) -> str:
        return request_key(OpenAISettings("m", **settings).identity, prompt_of("text"))

    elsewhere = {"base_url": "http://localhost/v1", "key_env": None, "concurrency": 3}
    assert key(temperature=0) == key(temperature=0.0, **elsewhere)
    changes: list[dict[str, Any]] = [
        *({"revision": "2"}, {"seed": 1}, {"extra": {"min_p": 0.1}}, {"max_tokens": 9}),
        *({"stop": ["x"]}, {"json_schema": "off"}, {"temperature": 0.5}, {"top_p": 0.0}),
    ]
    keys = {key(**{"temperature": 0.0, **change}) for change in changes} | {key()}
    assert len(keys) == len(changes) + 1
    assert key(temperature=0) not in keys


def test_limits_a_minute_hold_for_all_threads():
    with Server() as server:
        model = model_at(server, concurrency=16, requests_per_minute=1200)  # 20 a second
        started = time.monotonic()
        list(Client(model).complete(prompts_of(40)))
        assert time.monotonic() - started >= 0.95


@pytest.mark.parametrize(
    ("message", "finish", "reply"),
    [
        ('{"content": "x"}', '"length"', Reply("x", "length")),
        ('{"content": null, "refusal": "I cannot"}', '"stop"', Reply("", "refusal")),
        ('{"content": null}', "null", Reply("", "stop")),
        ('{"content": [{"type": "text", "text": "a"}, {"type": "image"}]}', "null", Reply("a")),
    ],
)
def test_forms_of_a_reply(message: str, finish: str, reply: Reply):
    choice = f'{{"message": {message}, "finish_reason": {finish}}}'
    assert reply_of(f'{{"choices": [{choice}], "usage": null}}'.encode()) == reply


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", '"x"', "{}", '{"choices": {}}', '{"choices": [1]}', '{"choices": [{}]}',
     '{"choices": [{"message": []}]}', '{"choices": [{"message": {"content": 7}}]}',
     '{"choices": [{"message": {"content": [1]}}]}', "1" * 10_000, '{"error": "x"}'],
)  # fmt: skip
def test_what_is_no_reply_may_pass(body: str):
    with pytest.raises(Transient):
        reply_of(body.encode())
