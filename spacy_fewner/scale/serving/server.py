"""`serve`: a pipeline, a socket, and the thread that predicts (ours)."""

import os
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import FewnerError, check_number
from ..loading import load_pipeline
from ..writing.layers import layers_of
from .answering import Answerer, Fault
from .app import Service, make_app
from .batcher import Batcher
from .metrics import Metrics
from .settings import ServeSettings

if TYPE_CHECKING:
    from spacy.language import Language

_GRACE = 10  # seconds beyond the timeout of a request, for those under way when it stops


def serve(
    model: "str | Path | Language",
    host: str = "127.0.0.1",
    port: int = 8000,
    settings: ServeSettings | None = None,
    *,
    fields: Iterable[str] | None = None,
    spans_key: str | None = None,
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve a pipeline until the process is asked to end (SIGTERM, Ctrl-C); then answer what waits.

    model: name or folder of any spaCy pipeline, or a loaded one. port: 0 for any that is free.
    fields: of "spans", "ents", "cats"; what the pipeline writes if None. spans_key: of doc.spans.
    on_ready: is given the address once requests are taken.
    Raises FewnerError for input that is none, a port that is taken, and without extra [serve].
    """
    uvicorn = _uvicorn()
    settings = settings or ServeSettings()
    with bound(host, port) as listening:
        nlp = load_pipeline(str(model)) if isinstance(model, (str, Path)) else model
        answer = Answerer(nlp, layers_of(nlp, fields, spans_key), settings.max_chars)
        _try(answer)
        app = make_app(service_of(answer, settings, _about(nlp)))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=int(settings.timeout) + _GRACE,
        )
        server = _telling(uvicorn, config, lambda: on_ready(_url(host, listening)))
        # uvicorn raises the signal again once all is answered.
        with suppress(KeyboardInterrupt, SystemExit):
            server.run(sockets=[listening])


def service_of(predict: Any, settings: ServeSettings, about: dict[str, Any]) -> Service:
    """What predicts, its queue and its counters."""
    metrics = Metrics()
    batcher = Batcher(predict, settings, metrics.batch)
    metrics.watch_queue(lambda: batcher.waiting)
    return Service(batcher, metrics, settings, about)


def bound(host: str, port: int) -> socket.socket:
    """A socket on which nobody listens yet. FewnerError where there can be none."""
    check_number("port", port, least=0, most=65535, whole=True)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return _bound(family, host, port)
    except (OSError, UnicodeError) as err:
        said = getattr(err, "strerror", None) or str(err)
        remedy = "Choose another --port, or --host." if port else "Choose another --host."
        rule = "must be an address of this machine, with a port that is free"
        raise FewnerError("host, port", rule, f"{host}:{port} ({said})", remedy) from err


def _bound(family: int, host: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers have one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except BaseException:
        made.close()
        raise
    return made


def _uvicorn() -> Any:
    try:
        import fastapi  # noqa: F401
        import prometheus_client  # noqa: F401
        import uvicorn
    except ImportError as err:
        remedy = "pip install 'spacy-fewner[serve]'"
        raise FewnerError("serve", "needs the extra [serve]", f"no {err.name}", remedy) from err
    return uvicorn


def _try(answer: Answerer) -> None:
    """What is done once, such as folding an adapter; a pipeline that can do nothing fails here."""
    (found,) = answer(["Ready."])
    if isinstance(found, Fault):
        rule, remedy = "must annotate a text", "Mend the pipeline: spacy.load(MODEL)('Ready.')"
        raise FewnerError("model", rule, found.said, remedy)


def _about(nlp: "Language") -> dict[str, Any]:
    meta = nlp.meta
    return {
        "pipeline": f"{meta['lang']}_{meta['name']}" if meta.get("name") else meta["lang"],
        "version": meta.get("version", ""),
        "components": list(nlp.pipe_names),
    }


def _url(host: str, listening: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}"


def _telling(uvicorn: Any, config: Any, on_ready: Callable[[], None]) -> Any:
    """uvicorn's server, which says when it takes requests."""

    class Telling(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            on_ready()

    return Telling(config)
