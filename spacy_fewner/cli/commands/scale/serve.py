"""`serve`: a pipeline behind HTTP."""

from typing import Annotated

import typer

from ....scale.serving.settings import ServeSettings
from ...options import shared as options
from ...options.say import say

_DEFAULT = ServeSettings()


def serve(
    model: options.Model,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for all of this machine.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for any that is free.")] = 8000,
    fields: Annotated[
        str | None,
        typer.Option(
            help="What to answer of each text: spans, ents, cats, with commas between.",
            show_default="what the pipeline finds",
        ),
    ] = None,
    spans_key: Annotated[
        str | None,
        typer.Option(
            help="Which spans to answer: those of doc.spans[KEY], or ents.",
            show_default="the pipeline's",
        ),
    ] = None,
    max_batch: Annotated[
        int, typer.Option(help="Texts that the pipeline gets at once, of one request or several.")
    ] = _DEFAULT.max_batch,
    max_wait: Annotated[
        float, typer.Option(help="Milliseconds that a text waits for others to share its batch.")
    ] = _DEFAULT.max_wait,
    max_queue: Annotated[
        int, typer.Option(help="Texts that may wait; requests beyond get status 503.")
    ] = _DEFAULT.max_queue,
    max_texts: Annotated[int, typer.Option(help="Texts of one request.")] = _DEFAULT.max_texts,
    max_chars: Annotated[int, typer.Option(help="Characters of one text.")] = _DEFAULT.max_chars,
    max_body: Annotated[float, typer.Option(help="Megabytes of one request.")] = _DEFAULT.max_body,
    timeout: Annotated[
        float, typer.Option(help="Seconds, for a request to arrive and for its answer.")
    ] = _DEFAULT.timeout,
    gpu_id: options.Gpu = -1,
    quiet: options.Quiet = False,
) -> None:
    """Serve any spaCy pipeline over HTTP (extra [serve]).

    POST {"text": ...} to /annotate, or {"texts": [...]} to /annotate/batch. Texts of several
    clients share batches. GET /health and /metrics (Prometheus) say how it is. SIGTERM or Ctrl-C
    ends it, once all that wait are answered.
    """
    from ....fitting.training.training import use_device
    from ....scale.serving.server import serve as serve_pipeline

    settings = ServeSettings(
        max_batch, max_wait, max_queue, max_texts, max_chars, max_body, timeout
    )
    use_device(gpu_id)
    serve_pipeline(
        model,
        host,
        port,
        settings,
        fields=None if fields is None else [name.strip() for name in fields.split(",")],
        spans_key=spans_key,
        on_ready=lambda url: None if quiet else say(f"Serving {model} at {url}"),
    )
    if not quiet:
        say("Stopped.")
