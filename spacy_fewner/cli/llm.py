"""Options that name a language model, and the client that they stand for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..errors import FewnerError

if TYPE_CHECKING:
    from ..llm.client import Client
    from ..llm.types import LanguageModel

Mode = Literal["resume", "live", "replay"]

Llm = Annotated[
    str | None,
    typer.Option(
        help="Language model: its name at an OpenAI-compatible server, or a .gguf file to run here "
        "(extra [local]).",
        show_default=False,
    ),
]
Url = Annotated[str, typer.Option(help="Address of the server, up to /v1.")]
KeyEnv = Annotated[
    str,
    typer.Option(help="Environment variable with the API key; empty if the server wants none."),
]
LlmRevision = Annotated[
    str,
    typer.Option(
        help="What tells versions of the model apart, a date or a file's hash; for the journal.",
        show_default=False,
    ),
]
JournalFile = Annotated[
    Path | None,
    typer.Option(
        help="Every reply is kept here before it is read; a later run pays only for what is "
        "missing. Default: beside OUT.",
        show_default=False,
    ),
]
LlmMode = Annotated[
    Mode,
    typer.Option(
        help="resume: ask what the journal lacks; live: ask all anew; replay: ask nothing."
    ),
]
Temperature = Annotated[float, typer.Option(help="Of the model's sampling.")]
MaxTokens = Annotated[int, typer.Option(help="Tokens of a reply at most.")]
Concurrency = Annotated[int, typer.Option(help="Requests at once.")]
Budget = Annotated[
    int | None,
    typer.Option(help="Stop cleanly after so many tokens (prompts included).", show_default=False),
]
OPENAI_URL = "https://api.openai.com/v1"
OPENAI_KEY = "OPENAI_API_KEY"


def client_of(
    llm: str | None,
    url: str,
    key_env: str,
    revision: str,
    journal: Path,
    mode: Mode,
    temperature: float,
    max_tokens: int,
    concurrency: int,
    budget: int | None,
) -> "Client":
    """The client around the model that the options name."""
    from ..llm.budget import Budget as Limits
    from ..llm.client import Client
    from ..llm.journal import Journal

    if mode == "replay":
        return Client(None, Journal(journal, "replay"))
    if not llm:
        raise FewnerError(
            "--llm",
            "a language model must be named",
            "none",
            "Name one, with --llm-url for your own server, or replay a journal: --llm-mode replay.",
        )
    sampling = {"temperature": temperature, "max_tokens": max_tokens, "seed": 0}
    limits = Limits(max_tokens=budget) if budget else None
    model = _model(llm, url, key_env, revision, concurrency, sampling)
    return Client(model, Journal(journal, mode), limits)


def _model(
    llm: str, url: str, key_env: str, revision: str, concurrency: int, sampling: dict[str, Any]
) -> "LanguageModel":
    if llm.lower().endswith(".gguf"):
        from ..llm.local import LocalModel

        return LocalModel(llm, **sampling)
    from ..llm.openai import OpenAIModel
    from ..llm.openai_settings import OpenAISettings

    settings = OpenAISettings(
        llm,
        base_url=url,
        key_env=key_env or None,
        revision=revision,
        concurrency=concurrency,
        **sampling,
    )
    return OpenAIModel(settings)
