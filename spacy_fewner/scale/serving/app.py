"""The paths of a server, and what it answers."""

import asyncio
import time
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from .answering import Answer, Fault
from .batcher import Batcher, Busy
from .bodies import BodyLimit, ManyTexts, Message, OneText, Receive, Send
from .metrics import Metrics
from .settings import ServeSettings

_PATHS = {"/annotate", "/annotate/batch", "/health", "/metrics"}
_RETRY = {"Retry-After": "1"}


class Refused(Exception):
    """A request that gets no answer. status: HTTP's."""

    def __init__(self, status: int, said: str):
        super().__init__(said)
        self.status, self.said = status, said


class Service:
    """What the paths share. about: what /health says of the pipeline."""

    def __init__(
        self, batcher: Batcher, metrics: Metrics, settings: ServeSettings, about: dict[str, Any]
    ):
        self.batcher, self.metrics = batcher, metrics
        self.settings, self.about = settings, about

    async def answers(self, texts: Sequence[str]) -> list[Answer]:
        """Raises Refused for what is too much, too long, or takes too long."""
        self._check(texts)
        try:
            found = self.batcher.submit(texts)
        except Busy as err:
            raise Refused(503, str(err)) from err
        try:
            answers = await asyncio.wait_for(asyncio.wrap_future(found), self.settings.timeout)
        except asyncio.TimeoutError as err:
            said = f"No answer within {self.settings.timeout:g} seconds. Send less at once."
            raise Refused(503, said) from err
        self.metrics.faults(sum(isinstance(one, Fault) for one in answers))
        return answers

    def _check(self, texts: Sequence[str]) -> None:
        most, longest = self.settings.max_texts, self.settings.max_chars
        if len(texts) > most:
            raise Refused(413, f"texts: at most {most} in a request; got {len(texts)}.")
        for number, text in enumerate(texts):
            if len(text) > longest:
                said = f"text {number}: at most {longest} characters; got {len(text)}."
                raise Refused(413, said)


def make_app(service: Service) -> Any:
    """A FastAPI application. All that it answers is JSON, but for /metrics."""
    from fastapi import FastAPI, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse, Response
    from starlette.exceptions import HTTPException

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(service.batcher.stop)

    # Its pages of documentation would load scripts from another host.
    app = FastAPI(title="spacy-fewner", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.add_middleware(
        BodyLimit, most=service.settings.body_bytes, seconds=service.settings.timeout
    )

    @app.post("/annotate")
    async def annotate(given: OneText) -> Any:
        (answer,) = await service.answers([given.text])
        if isinstance(answer, Fault):
            raise Refused(500, answer.said)
        return JSONResponse(answer)

    @app.post("/annotate/batch")
    async def annotate_batch(given: ManyTexts) -> Any:
        answers = await service.answers(given.texts)
        return JSONResponse({"results": [_shown(answer) for answer in answers]})

    @app.get("/health")
    async def health() -> Any:
        well = service.batcher.is_open
        content = {"status": "ok" if well else "stopping", **service.about}
        return JSONResponse(content, 200 if well else 503)

    @app.get("/metrics")
    async def metrics() -> Any:
        media = "text/plain; version=0.0.4; charset=utf-8"
        return Response(service.metrics.text(), media_type=media)

    @app.exception_handler(Refused)
    async def refused(_: Request, err: Refused) -> Any:
        return JSONResponse({"error": err.said}, err.status, _RETRY if err.status == 503 else None)

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, err: RequestValidationError) -> Any:
        faults = err.errors()
        broken = any(fault["type"] == "json_invalid" for fault in faults)
        return JSONResponse({"error": said_of(faults)}, 400 if broken else 422)

    @app.exception_handler(HTTPException)
    async def other(_: Request, err: HTTPException) -> Any:
        return JSONResponse({"error": str(err.detail)}, err.status_code, err.headers)

    @app.exception_handler(Exception)
    async def ours(_: Request, err: Exception) -> Any:
        return JSONResponse({"error": f"A fault of the server: {type(err).__name__}."}, 500)

    app.add_middleware(Counted, metrics=service.metrics)
    return app


class Counted:
    """ASGI middleware: tells the metrics of each answer."""

    def __init__(self, app: Any, metrics: Metrics):
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = time.perf_counter()

        async def told(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                path = scope["path"] if scope["path"] in _PATHS else "other"
                self._metrics.request(path, message["status"], time.perf_counter() - begun)

        await self._app(scope, receive, told)


def said_of(faults: Sequence[Any]) -> str:
    """What is wrong with a body, by pydantic's records; without what was sent."""
    lines = []
    for fault in faults[:3]:
        place = ".".join(str(part) for part in fault["loc"] if part != "body")
        lines.append(f"{place or 'body'}: {fault['msg']}")
    return "; ".join(lines)


def _shown(answer: Answer) -> dict[str, Any]:
    return {"error": answer.said} if isinstance(answer, Fault) else answer
