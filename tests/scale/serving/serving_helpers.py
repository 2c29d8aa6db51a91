"""A server's parts, small: a pipeline that raises on a word, and its application."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import spacy
from scale_helpers import ruler
from spacy.language import Language

from spacy_fewner.scale.serving.answering import Answerer
from spacy_fewner.scale.serving.batcher import Predict
from spacy_fewner.scale.serving.settings import ServeSettings
from spacy_fewner.scale.writing.layers import layers_of

RAISES = "unreadable"


@spacy.Language.component("raises_on_a_word")
def raises_on_a_word(doc):
    if RAISES in doc.text:
        raise ValueError("I cannot read this\nand more")
    return doc


def fragile() -> Language:
    nlp = ruler()
    nlp.add_pipe("raises_on_a_word")
    return nlp


def answerer(nlp: Language | None = None, max_chars: int = 1000) -> Answerer:
    nlp = nlp or fragile()
    return Answerer(nlp, layers_of(nlp), max_chars)


class Web:
    """Sends requests to an application in this process."""

    def __init__(self, app: Any):
        self._app = app

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._send("GET", path))

    def post(self, path: str, **content: Any) -> httpx.Response:
        return asyncio.run(self._send("POST", path, **content))

    async def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as web:
            return await web.request(method, path, **content)


@contextmanager
def client(predict: Predict | None = None, **settings: Any) -> Iterator[Web]:
    """Of a server that stops at the end of the `with`."""
    from spacy_fewner.scale.serving.app import make_app
    from spacy_fewner.scale.serving.server import service_of

    service = service_of(predict or answerer(), ServeSettings(**settings), {"pipeline": "ruler"})
    yield Web(make_app(service))
    service.batcher.stop()


def cities(found: dict) -> list[str]:
    return [span["label"] for span in found["spans"]]


def lengths(texts: Sequence[str]) -> list[Any]:
    """Predicts of each text how long it is."""
    return [{"length": len(text)} for text in texts]


@spacy.Language.component("raises_always")
def raises_always(doc):
    raise KeyError("a table")
