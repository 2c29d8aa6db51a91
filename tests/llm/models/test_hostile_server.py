"""The OpenAI client against servers that mean harm: waits, sizes, encodings, redirects, counts."""

import gzip
import itertools
import json
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from llm_helpers import prompt_of
from raw_server import RawServer, answer, chat

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.budget import Budget
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.models.rates import Pace
from spacy_fewner.llm.types import Reply

LIMIT = 200_000  # bytes of an answer
SECRET = "sk-proj-A1b2C3d4E5f6G7h8J9k0"


def model_of(server: RawServer, **settings: Any) -> OpenAIModel:
    given = {"key_env": None, "timeout": 5.0, "backoff": 0.01, "attempts": 2}
    given["max_reply_bytes"] = LIMIT
    return OpenAIModel(OpenAISettings("some-model", server.url, **{**given, **settings}))


def asked(answered: Any, **settings: Any) -> tuple[Reply, RawServer, float]:
    """The reply, the server, and the seconds it took."""
    with RawServer(lambda request: answered() if callable(answered) else answered) as server:
        started = time.monotonic()
        reply = model_of(server, **settings).ask(prompt_of("text"))
        return reply, server, time.monotonic() - started


@pytest.mark.parametrize(
    "value", ["1000000", "1e6", "9" * 300, "Fri, 31 Dec 9999 23:59:59 GMT", "601"]
)
@pytest.mark.parametrize("status", ["429 Busy", "503 Busy", "500 Broken"])
def test_who_asks_for_days_is_given_up_and_holds_up_no_other_request(value: str, status: str):
    slow = answer(b"{}", f"Retry-After: {value}", status=status)
    answers = iter([slow, answer(chat("good"))])
    with RawServer(lambda request: next(answers)) as server:
        model = model_of(server)
        started = time.monotonic()
        assert "given up" in model.ask(prompt_of("first")).error
        assert model.ask(prompt_of("second")).text == "good"
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("value", ["-5", "nan", "inf", "-inf", "1e999", "soon", "", "Foo, 1 Jan"])
def test_a_wait_that_is_none_is_as_if_there_were_none(value: str):
    answers = iter([answer(b"{}", f"Retry-After: {value}", status="429 Busy"), answer(chat("ok"))])
    reply, server, seconds = asked(lambda: next(answers))
    assert (reply.text, len(server.requests)) == ("ok", 2) and seconds < 2


def test_counts_of_a_server_make_nobody_wait_for_more_than_a_minute():
    now = [100.0]
    pace = Pace(None, 6000, lambda: now[0], lambda seconds: now.__setitem__(0, now[0] + seconds))
    for _ in range(10):
        pace.correct(10, 10**9)
    pace.wait(1)
    assert now[0] - 100 <= 60.1


def nested(content: bytes, levels: int) -> bytes:
    for _ in range(levels):
        content = gzip.compress(content)
    return content


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (nested(b"x" * 50_000_000, 2), "gzip, gzip"),
        (nested(chat("x"), 1), "gzip"),
        (zlib.compress(chat("x")), "deflate"),
        (chat("x"), "br"),
        (chat("x"), "zstd"),
        (chat("x"), "identity, gzip"),
        (chat("x"), "GZIP"),
    ],
)
def test_no_encoding_is_taken(body: bytes, encoding: str):
    reply, _, seconds = asked(answer(body, f"Content-Encoding: {encoding}"))
    assert "encoding that was not asked for" in reply.error and seconds < 2
    refused, _, _ = asked(answer(body, f"Content-Encoding: {encoding}", status="400 No"))
    assert refused.error.startswith("refused with 400")


def test_identity_is_no_encoding():
    assert asked(answer(chat("x"), "Content-Encoding: identity"))[0].text == "x"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def small_chunks() -> Iterator[bytes]:
    return itertools.chain([CHUNKED], itertools.repeat(b"1\r\nx\r\n" * 500))


def one_chunk() -> Iterator[bytes]:
    return itertools.chain([CHUNKED, b"FFFFFFFFFF\r\n"], itertools.repeat(b"x" * 4096))


def chunk_extension() -> Iterator[bytes]:
    return itertools.chain([CHUNKED, b"1;"], itertools.repeat(b"x" * 4096))


def one_header() -> Iterator[bytes]:
    return itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"x" * 4096))


def many_headers() -> Iterator[bytes]:
    lines = (b"X%d: y\r\n" % number for number in itertools.count())
    return itertools.chain([b"HTTP/1.1 200 OK\r\n"], lines)


def many_trailers() -> Iterator[bytes]:
    lines = (b"X%d: y\r\n" % number for number in itertools.count())
    return itertools.chain([CHUNKED, b"0\r\n"], lines)


def announcements() -> Iterator[bytes]:
    return itertools.repeat(b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 50)


def no_end() -> Iterator[bytes]:
    return itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(b"x" * 4096))


@pytest.mark.parametrize(
    "endless",
    [small_chunks, one_chunk, chunk_extension, one_header, many_headers, many_trailers,
     announcements, no_end],
)  # fmt: skip
def test_what_has_no_end_is_read_no_further_than_the_limit(endless: Any):
    reply, server, seconds = asked(endless, attempts=1, timeout=10.0)
    assert "more than 200,000 bytes" in reply.error or "Receive buffer too long" in reply.error
    # What the kernel holds between the two is sent, but never read.
    assert server.sent < LIMIT + 10_000_000 and seconds < 5


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "1e3", "200001", "1, 2"])
def test_a_length_that_cannot_be_is_refused(length: str):
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"
    assert asked(head.encode() + b"x", attempts=1)[0].error


@pytest.mark.parametrize("status", ["301 M", "302 M", "303 M", "307 M", "308 M"])
def test_no_redirect_is_followed(status: str, monkeypatch: pytest.MonkeyPatch):
    """Not to another host, which would get the key, nor to itself for ever."""
    monkeypatch.setenv("SOME_KEY", SECRET)
    with RawServer(lambda request: answer(chat("stolen"))) as other:
        for target in (f"{other.url}/chat/completions", "/v1/chat/completions"):
            moved = answer(b"", f"Location: {target}", status=status)
            with RawServer(lambda request, moved=moved: moved) as server:
                with pytest.raises(FewnerError, match="base_url"):
                    model_of(server, key_env="SOME_KEY").ask(prompt_of("text"))
                assert len(server.requests) == 1
    assert other.requests == []


def test_no_cookie_is_kept():
    cookies = [f"Set-Cookie: c{number}={'v' * 3000}" for number in range(20)]
    with RawServer(lambda request: answer(chat("x"), *cookies)) as server:
        model = model_of(server)
        for _ in range(3):
            assert model.ask(prompt_of("text")).text == "x"
    assert all(b"cookie" not in request.lower() for request in server.requests)


COUNTS = ["9" * 4000, "9" * 5000, "-5", '"12"', "NaN", "1e400", "true", "10000000000", "[1]", "1.5"]


@pytest.mark.parametrize("count", COUNTS)
def test_a_reply_whose_counts_are_none_is_kept_and_paid_once(count: str, tmp_path: Path):
    usage = f'"usage": {{"prompt_tokens": {count}, "completion_tokens": {count}}}'
    body = chat("good").decode()[:-1] + f", {usage}}}"
    budget = Budget(prompt_price=1.0, max_cost=10.0)
    with RawServer(lambda request: answer(body.encode())) as server:
        with Journal(tmp_path / "journal.jsonl") as journal:
            client = Client(model_of(server, tokens_per_minute=10**6), journal, budget)
            (reply,) = client.complete([prompt_of("text")])
        with Journal(tmp_path / "journal.jsonl") as journal:
            assert journal.find(reply.key) == reply
    assert (reply.text, reply.prompt_tokens, reply.completion_tokens) == ("good", None, None)
    assert len(server.requests) == 1 and client.totals.tokens < 10


@pytest.mark.parametrize(
    "body",
    [b"[" * 150_000, b'{"a":' * 30_000, b"9" * 150_000, b'"' + b"\\" * 100_000, b"\xff" * 1000,
     b'{"choices":[{"message":{"content":"x"}}],"choices":7}', b"\x00", b"NaN", b"-",
     json.dumps({"error": {"message": {"a": [1]}, "code": 10**4000}}).encode()],
)  # fmt: skip
@pytest.mark.parametrize("status", ["200 OK", "400 No", "500 Broken", "099 Odd"])
def test_any_body_is_an_error_of_its_own_prompt(body: bytes, status: str):
    reply, _, seconds = asked(answer(body, status=status))
    assert reply.error and not reply.text and len(reply.error) < 400 and seconds < 3


def test_a_reason_to_end_is_short():
    reply, _, _ = asked(answer(chat("x", finish="y" * 100_000)))
    assert reply.finish == "y" * 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://user:hunter22@127.0.0.1:9"),
        ("ALL_PROXY", "socks4://127.0.0.1:9"),
        ("HTTP_PROXY", "ftp://user:hunter22@127.0.0.1:9"),
        ("ALL_PROXY", "http://user:hunter22@a..b:9"),
        ("ALL_PROXY", "http://user:hunter22@127.0.0.1:9"),
        ("ALL_PROXY", "::::"),
        ("ALL_PROXY", "http://[::1"),
        ("SSL_CERT_FILE", "/no/such/file"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
):
    for other in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(other, raising=False)
        monkeypatch.delenv(other.lower(), raising=False)
    monkeypatch.setenv(name, value)
    settings = OpenAISettings("m", "http://some.invalid/v1", None, attempts=1, timeout=2)
    with pytest.raises(FewnerError, match=r"ALL_PROXY|base_url") as caught:
        OpenAIModel(settings).ask(prompt_of("text"))
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://a..b/v1", f"http://{'a' * 70}.invalid/v1", "http://xn--/v1", "http://h\x00/v1",
            "http://h/\ud800", "http://h\n/v1", "http://user:hunter22@h/v1", "hunter22@h/v1"]
)  # fmt: skip
def test_an_address_that_cannot_be_is_named(url: str):
    with pytest.raises(FewnerError, match="base_url") as caught:
        OpenAIModel(OpenAISettings("m", url, None, attempts=1, timeout=2)).ask(prompt_of("text"))
    assert "hunter22" not in str(caught.value)
