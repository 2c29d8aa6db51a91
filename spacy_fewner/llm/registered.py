"""Language models and clients as configs name them: `@misc`, and one `@llm_models`."""

from collections.abc import Callable
from typing import Any, Iterable  # noqa: UP035 (spacy-llm takes no other)

from ..errors import FewnerError
from .budget import Budget
from .connect import Connection
from .journal.journal import Mode
from .models.openai import OpenAIModel
from .models.openai_settings import Constrain, OpenAISettings
from .models.spacy_llm_model import JournaledModel


def openai_model(
    model: str,
    base_url: str = OpenAISettings.base_url,
    key_env: str | None = OpenAISettings.key_env,
    revision: str = "",
    temperature: float | None = None,
    top_p: float | None = None,
    max_tokens: int | None = None,
    seed: int | None = None,
    stop: list[str] = [],  # noqa: B006 (configs show it; it is copied)
    extra: dict[str, Any] = {},  # noqa: B006
    json_schema: Constrain = OpenAISettings.json_schema,
    concurrency: int = OpenAISettings.concurrency,
    requests_per_minute: float | None = None,
    tokens_per_minute: float | None = None,
    timeout: float = OpenAISettings.timeout,
    attempts: int = OpenAISettings.attempts,
    backoff: float = OpenAISettings.backoff,
    max_reply_bytes: int = OpenAISettings.max_reply_bytes,
) -> OpenAIModel:
    """`spacy-fewner.OpenAIModel.v1`: see OpenAISettings. The key itself is never in a config."""
    settings = dict(locals())
    return OpenAIModel(OpenAISettings(**{**settings, "extra": dict(extra)}))


def connection(
    model: Any = None,
    journal: str | None = None,
    mode: Mode = "resume",
    budget: Budget | None = None,
) -> Connection:
    """`spacy-fewner.Client.v1`: see Connection."""
    if model is not None and not hasattr(model, "ask"):
        raise FewnerError(
            "model",
            "must be a LanguageModel",
            model,
            "Name one of spacy-fewner; around a model of spacy-llm put "
            "spacy-fewner.SpacyLLMModel.v1.",
        )
    return Connection(model, journal, mode, budget)


def journaled(
    model: Any = None,
    journal: str | None = None,
    mode: Mode = "resume",
    budget: Budget | None = None,
    context_length: int | None = None,
    strict: bool = True,
) -> Callable[[Iterable[Iterable[str]]], Iterable[Iterable[str]]]:
    """`spacy-fewner.Journaled.v1`: see Connection and JournaledModel.

    context_length: None takes the model's own where it is known.
    """
    own = getattr(model, "context_length", None)
    made = connection(model, journal, mode, budget)
    return JournaledModel(made, context_length or own, strict)
