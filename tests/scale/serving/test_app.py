"""What a server answers, and what it turns away: always JSON, always with a fitting status."""

import asyncio
import json
import threading
from pathlib import Path

import pytest
from serving_helpers import RAISES, cities, client, fragile, lengths
from without_training import run_without_training

pytest.importorskip("fastapi", reason="needs the extra [serve]")
pytest.importorskip("prometheus_client", reason="needs the extra [serve]")

SERVED = """
import sys
import spacy
from serving_helpers import answerer, cities, client
with client(answerer(spacy.load(sys.argv[1]))) as web:
    answer = web.post("/annotate", json={"text": "Old Rome"})
print(answer.status_code, *cities(answer.json()))
import spacy_fewner.cli.commands.scale.serve, spacy_fewner.scale.serving.server
from spacy_fewner.fitting.training.training import use_device
use_device(-1)
"""
ROME = {"start": 4, "end": 8, "label": "CITY"}


@pytest.fixture(scope="module")
def web():
    with client(max_texts=3, max_chars=100, max_body=0.002) as own:
        yield own


def test_one_text(web):
    answer = web.post("/annotate", json={"text": "Old Rome"})
    assert (answer.status_code, answer.json()) == (200, {"spans": [ROME]})
    assert web.post("/annotate", json={"text": ""}).json() == {"spans": []}


def test_several_texts(web):
    answer = web.post("/annotate/batch", json={"texts": ["Old Rome", "", "Oslo, Rome"]})
    results = answer.json()["results"]
    assert results[:2] == [{"spans": [ROME]}, {"spans": []}]
    assert cities(results[2]) == ["CITY", "CITY"]
    assert web.post("/annotate/batch", json={"texts": []}).json() == {"results": []}


def test_a_text_that_the_pipeline_cannot_read(web):
    alone = web.post("/annotate", json={"text": RAISES})
    said = "The pipeline raised on this text: ValueError: I cannot read this"
    assert (alone.status_code, alone.json()) == (500, {"error": said})
    many = web.post("/annotate/batch", json={"texts": [RAISES, "Rome"]})
    faulty, good = many.json()["results"]
    assert many.status_code == 200 and faulty == alone.json() and cities(good) == ["CITY"]


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/annotate", b'{"text": "a', 400, "JSON"),
        ("/annotate", b"\xff\xfe", 400, ""),
        ("/annotate", b"[" * 900, 400, ""),
        ("/annotate", b"", 422, "body: Field required"),
        ("/annotate", b"[]", 422, ""),
        ("/annotate", b"{}", 422, "text: Field required"),
        ("/annotate", b'{"text": 1}', 422, "text: Input should be a valid string"),
        ("/annotate", b'{"text": "a", "lang": "en"}', 422, "lang: Extra inputs"),
        ("/annotate", b'{"text": "\\ud800"}', 422, "text: "),
        ("/annotate", json.dumps({"text": 101 * "a"}).encode(), 413, "at most 100 characters"),
        ("/annotate", json.dumps({"text": 2000 * "a"}).encode(), 413, "2000 bytes"),
        ("/annotate/batch", b'{"texts": "abc"}', 422, "texts: Input should be a valid list"),
        ("/annotate/batch", b'{"texts": ["a", null]}', 422, "texts.1: Input should be a valid str"),
        ("/annotate/batch", b'{"texts": ["a", "b", "c", "d"]}', 413, "at most 3 in a request"),
        ("/nothing", b"{}", 404, "Not Found"),
        ("/health", b"{}", 405, "Method Not Allowed"),
    ],
)
def test_what_is_turned_away(web, path, body, status, said):
    answer = web.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert list(answer.json()) == ["error"] and said in answer.json()["error"]


def test_a_body_without_a_length_is_not_read_without_end(web):
    read = []

    async def endless():
        while True:
            read.append(1)
            yield b"x" * 5_000_000

    assert web.post("/annotate", content=endless()).status_code == 413
    assert len(read) < 25


def test_openapi_tells_what_may_be_sent(web):
    paths = web.get("/openapi.json").json()["paths"]
    assert {"/annotate", "/annotate/batch", "/health", "/metrics"} == set(paths)
    assert json.dumps(paths).count("#/components/schemas/ManyTexts") == 1


def test_health_and_metrics(web):
    before = web.get("/metrics").text
    web.post("/annotate/batch", json={"texts": ["Rome", RAISES]})
    assert web.get("/health").json() == {"status": "ok", "pipeline": "ruler"}
    after = web.get("/metrics")
    assert after.headers["content-type"].startswith("text/plain; version=0.0.4")

    def grown(name: str) -> float:
        return _value(after.text, name) - _value(before, name)

    assert grown("fewner_texts_total") == 2 and grown("fewner_faults_total") == 1
    assert grown('fewner_requests_total{path="/annotate/batch",status="200"}') == 1
    assert _value(after.text, "fewner_queue_texts") == 0


def _value(text: str, name: str) -> float:
    values = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.startswith(name + " ")]
    return float(values[0]) if values else 0.0


class Stuck:
    """Predicts only once it is let."""

    def __init__(self):
        self.begun, self.go, self.texts = threading.Event(), threading.Event(), []

    def __call__(self, texts):
        self.begun.set()
        assert self.go.wait(10)
        self.texts += texts
        return lengths(texts)


def test_no_answer_in_time_and_too_many_that_wait():
    stuck = Stuck()
    with client(stuck, max_batch=1, max_queue=1, max_texts=1, timeout=0.2) as web:
        first = web.post("/annotate", json={"text": "first"})
        assert (first.status_code, first.headers["retry-after"]) == (503, "1")
        assert "No answer within 0.2 seconds" in first.json()["error"]
        assert stuck.begun.is_set() and web.post("/annotate", json={"text": "b"}).status_code == 503
        full = web.post("/annotate", json={"text": "c"})
        assert full.status_code == 503 and "1 texts are waiting" in full.json()["error"]
        stuck.go.set()
    assert stuck.texts == ["first"]


def test_a_body_that_does_not_come_in_time():
    from spacy_fewner.scale.serving.bodies import BodyLimit

    sent = []

    async def receive():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message):
        sent.append(message)

    async def reached(*_):
        raise AssertionError("nothing may be done with half a body")

    scope = {"type": "http", "headers": [], "method": "POST", "path": "/annotate"}
    asyncio.run(BodyLimit(reached, 10**6, 0.1)(scope, receive, send))
    assert sent[0]["status"] == 408 and b"within 0.1 seconds" in sent[1]["body"]


def test_any_pipeline_is_tried_before_it_is_served():
    from spacy_fewner.errors import FewnerError
    from spacy_fewner.scale.serving.server import serve

    nlp = fragile()
    nlp.add_pipe("raises_always")
    with pytest.raises(FewnerError, match="must annotate a text"):
        serve(nlp, port=0)


def test_a_pipeline_without_torch_is_served_without_torch(model):
    helpers = Path(__file__).parent
    done = run_without_training(SERVED, str(model), path=[helpers, helpers.parent])
    assert done.stdout.split() == ["200", "CITY"], done.stderr
