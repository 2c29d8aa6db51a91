"""`serve` as it is run: a process that answers many clients, and ends when it is asked to."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import spacy
from scale_helpers import rows

from spacy_fewner.errors import FewnerError
from spacy_fewner.scale.serving.server import bound, serve

pytest.importorskip("fastapi", reason="needs the extra [serve]")
pytest.importorskip("uvicorn", reason="needs the extra [serve]")
pytest.importorskip("prometheus_client", reason="needs the extra [serve]")


@contextmanager
def served(model: Path, *options: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """The process and its address."""
    command = [sys.executable, "-m", "spacy_fewner.cli", "serve", str(model), "--port", "0"]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith(f"Serving {model} at http://127.0.0.1:")
        yield process, said.split()[-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_many_clients_at_once_and_a_graceful_end(model: Path):
    import httpx

    nlp = spacy.load(model)
    texts = [row["text"] for row in rows(120)]
    expected = [
        [{"start": e.start_char, "end": e.end_char, "label": e.label_} for e in nlp(text).ents]
        for text in texts
    ]
    with served(model, "--max-wait", "1") as (process, url), httpx.Client(base_url=url) as web:
        with ThreadPoolExecutor(8) as pool:
            sent = pool.map(lambda text: web.post("/annotate", json={"text": text}), texts)
            assert [answer.json()["spans"] for answer in sent] == expected
        told = web.get("/health").json()
        assert told["status"] == "ok" and told["components"] == ["entity_ruler"]
        assert "fewner_texts_total 120.0" in web.get("/metrics").text
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stdout.read() == "Stopped.\n"


def test_what_is_no_http_is_turned_away_and_harms_nobody(model: Path):
    import httpx

    with served(model, "--max-body", "0.01") as (_, url):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(b"\x00\x01nonsense\r\n\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.1 400")
        too_large = httpx.post(url + "/annotate", json={"text": "a" * 9_000_000})
        assert too_large.status_code == 413 and list(too_large.json()) == ["error"]
        assert httpx.post(url + "/annotate", json={"text": "Rome"}).json()["spans"]


def test_a_port_that_is_taken(model: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(FewnerError, match=rf"a port that is free; got 127.0.0.1:{port} \("):
            bound("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "", "a" * 70, "203.0.113.7"])
def test_an_address_that_is_none_of_this_machine(host):
    with pytest.raises(FewnerError, match="host, port"):
        bound(host, 0).close()


def test_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(FewnerError, match=r"pip install 'spacy-fewner\[serve\]'"):
        serve("no-model")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--max-batch", "0"], "--max-batch"),
        (["--port", "70000"], "--port"),
        (["--timeout", "-1"], "--timeout"),
        (["--max-queue", "5"], "--max-queue"),
        (["--fields", "nothing"], "--fields"),
    ],
)
def test_options_that_cannot_be(model: Path, options, said):
    from typer.testing import CliRunner

    from spacy_fewner.cli.app import app

    result = CliRunner().invoke(app, ["serve", str(model), *options])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {said}") and result.stderr.count("\n") == 1
