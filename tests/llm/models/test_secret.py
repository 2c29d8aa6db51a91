"""No run of twelve characters of an API key in what a server sent, in whatever form it came."""

import html
import json
import logging
import time
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from llm_helpers import prompt_of
from planted_keys import FORMS, holds, parts
from raw_server import RawServer, answer, chat

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.models.secret import PART, Secret
from spacy_fewner.llm.models.spacy_llm_model import SpacyLLMModel

KEY = "sk-proj-A1b2C3d4E5f6G7h8J9k0_Lm\"No'P/q\\R&s<t>%u+"
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=PART, max_size=80)
AROUND = st.text(max_size=20)


@settings(deadline=None, max_examples=300)
@given(KEYS, st.sampled_from(sorted(FORMS)), AROUND, AROUND)
def test_a_key_in_any_form_is_taken_out(key: str, form: str, before: str, after: str):
    assume(key.strip() == key)
    text = before + FORMS[form](key) + after
    secret = Secret(key)
    for cleaned in (secret.clean(text), secret.clean_reply(text)):
        assert not holds(cleaned, key)
        assert secret.clean(cleaned) == secret.clean(secret.clean(cleaned))


@pytest.mark.parametrize("key", ["00000000<%00", "0123456\\x41<&amp;>", "%41%42%43%44%45<"])
def test_a_key_that_looks_escaped_itself(key: str):
    for form in (html.escape, quote, json.dumps, lambda one: json.dumps(html.escape(one))):
        assert not holds(Secret(key).clean_reply(f"your key is {form(key)}, thanks"), key)


@given(KEYS, st.text(max_size=60))
def test_what_holds_no_key_stays_as_it_is(key: str, text: str):
    assume(not any(part in form(text) for part in parts(key) for form in (str, html.unescape)))
    assume("\\" not in text and "%" not in text)
    assert Secret(key).clean_reply(text) == text
    assert Secret("").clean_reply(text) == text


@pytest.mark.parametrize("key", ["none", "x", "not-needed", "lm-studio"])
def test_a_short_key_stays_in_replies_and_in_no_error(key: str):
    text = f"an example, {key}, of a text"
    assert Secret(key).clean_reply(text) == text
    assert key not in Secret(key).clean(text)


@pytest.mark.parametrize("text", ["x" * 4_000_000, KEY[:6] * 600_000, "\\u0041" * 600_000,
                                  "&" * 4_000_000, "%" * 4_000_000, "://" + "a" * 4_000_000,
                                  KEY * 90_000])  # fmt: skip
def test_time_grows_with_the_text(text: str):
    started = time.monotonic()
    Secret(KEY).clean(text)
    assert time.monotonic() - started < 5


def said(form: str) -> list[tuple[str, bytes]]:
    """An answer that holds the key, for every place where a server can put it."""
    key = FORMS[form](KEY)
    cut = [answer(json.dumps({"error": {"message": "x" * (200 - at) + key}}).encode(),
                  status="400 No") for at in (1, PART, 20, 40)]  # fmt: skip
    header = key.encode("ascii", "ignore").decode().replace("\n", "")
    return [
        ("reply", answer(chat(f"your key is {key}, thanks"))),
        ("reply cut short", answer(chat(f"your key is {key[:-3]}", finish="length"))),
        ("finish_reason", answer(chat("text", finish=key))),
        ("model and id", answer(chat("text", model=key, id=key, usage={"prompt_tokens": key}))),
        ("header", answer(chat("text"), f"X-Key: {header}", f"Set-Cookie: a={header}")),
        ("status line", answer(chat("text"), status=f"200 {header}")),
        ("refused", answer(json.dumps({"error": {"message": key}}).encode(), status="400 No")),
        *(("refused, at the cut", one) for one in cut),
        ("refused, no JSON", answer(f"{'x' * 90}{key}".encode(), status="400 No")),
        ("code", answer(json.dumps({"error": {"code": key, "type": key}}).encode(),
                        status="500 No")),
        ("no JSON", answer(f"{'x' * 90}{key}".encode())),
        ("no choices", answer(json.dumps({"error": {"message": key}, "x": key}).encode())),
        ("wrong key", answer(json.dumps({"error": {"message": key}}).encode(), status="401 No")),
        ("no quota", answer(json.dumps({"error": key}).encode(), status="402 Pay")),
        ("no model", answer(key.encode(), f"Location: https://h/{header}", status="404 No")),
        ("bad header", f"HTTP/1.1 200 OK\r\nbad {header}\r\n\r\n".encode()),
        ("bad status", f"{header}\r\n\r\n".encode()),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["as it is", "JSON in JSON", "repr", "URL", "HTML", "Basic"])
def test_no_file_log_or_error_gets_the_key(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("SOME_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    for number, (place, answered) in enumerate(said(form)):
        path = tmp_path / f"{number}.jsonl"
        shown = []
        with RawServer(lambda request, answered=answered: answered) as server:
            given = OpenAISettings("m", server.url, "SOME_KEY", attempts=1, timeout=5)
            try:
                with Journal(path) as journal:
                    shown += map(repr, Client(OpenAIModel(given), journal).complete(PROMPTS))
            except FewnerError as err:
                shown += traceback.format_exception(err)
            assert KEY.encode() in server.requests[0]
        kept = path.read_text("utf8") if path.exists() else ""
        for text in [kept, *shown, *caplog.messages]:
            assert not holds(text, KEY), place
        caplog.clear()


PROMPTS = [prompt_of("text")]


@pytest.mark.parametrize(
    "settings",
    [{"extra": {"user": KEY}}, {"extra": {KEY: 1}}, {"revision": KEY}, {"stop": (KEY[:-2],)},
     {"model": f"m-{KEY}"}, {"base_url": f"http://127.0.0.1:9/{quote(KEY, safe='')}/v1"}],
)  # fmt: skip
def test_a_key_in_another_setting_is_refused_before_a_request(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOME_KEY", KEY)
    model = OpenAIModel(OpenAISettings(**{"model": "m", "key_env": "SOME_KEY", **settings}))
    for use in (model.check_key, lambda: model.ask(prompt_of("text"))):
        with pytest.raises(FewnerError, match="must not hold the API key") as caught:
            use()
        assert not holds(str(caught.value), KEY)


@pytest.mark.parametrize("name", ["sk-proj-A1b2C3d4E5f6", "gsk_A1b2C3d4E5f6G7h8", "AIzaSyA1b2C3d4"])
def test_a_key_in_place_of_its_variables_name_is_not_shown(name: str):
    with pytest.raises(FewnerError, match="environment variable") as caught:
        OpenAISettings("m", key_env=name).key()
    assert name not in str(caught.value)


def test_a_short_key_changes_no_reason_to_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_KEY", "t")
    with RawServer(lambda request: answer(chat("text", finish="length"))) as server:
        reply = OpenAIModel(OpenAISettings("m", server.url, "SOME_KEY")).ask(PROMPTS[0])
    assert (reply.text, reply.finish) == ("text", "length")


def test_a_model_of_spacy_llm_gives_no_key_away(monkeypatch: pytest.MonkeyPatch):
    """Which key it uses nobody knows: those of the environment are taken out."""
    monkeypatch.setenv("CO_API_KEY", KEY)

    def answers(prompts: Any) -> Any:
        return [[f"your key is {KEY}"] for _ in prompts]

    def fails(prompts: Any) -> Any:
        raise ValueError(f"Incorrect API key provided: {KEY[:-4]}****")

    for model in (answers, fails):
        reply = SpacyLLMModel(model, "m").ask(prompt_of("text"))
        assert not holds(reply.text + reply.error, KEY) and "***" in reply.text + reply.error
