"""What passes between a stage and a language model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

MOST_TOKENS = 10**9  # of a prompt or a reply; who says more is not believed
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One chat to be continued by the model.

    messages: the turns so far.
    schema: JSON schema of the reply, for models that can be held to one; None for free text.
    sample: tells apart several replies wanted to the same messages.
    grammar: of the reply, in llama.cpp's GBNF, in place of a schema; for models that run in this
        process, and for no server.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    sample: int = 0
    grammar: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered.

    finish: why it ended: "stop", "length" (cut short), or what else the model says.
    prompt_tokens, completion_tokens: as billed; None where the model does not say.
    key: SHA-256 of the full request, set by the client (llm/client.py).
    error: why there is no answer (the text is then empty): of this one request, retries included;
        what stops the whole run is raised instead.
    """

    text: str
    finish: str = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    key: str = ""
    error: str = ""


def token_count(value: Any) -> int | None:
    """What a server or a file says of tokens; None where it is no number of them."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 <= value <= MOST_TOKENS else None


class LanguageModel(Protocol):
    """A model that can be asked; the client puts the journal and the concurrency around it."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """All that a reply depends on besides the prompt, as JSON: model, revision, parameters.

        Part of each request's key. No secrets, and no address: the same model behind another
        address gives the same keys.
        """

    @property
    def concurrency(self) -> int:
        """How many threads may be in `ask` at once."""

    def ask(self, prompt: Prompt) -> Reply:
        """Blocks until the reply is whole. Safe to call from `concurrency` threads.

        Retries what may pass. Returns a Reply with `error` for what concerns this prompt alone, and
        raises FewnerError for what no further request can pass (no key, no such model, no quota).
        """


@runtime_checkable
class KeyedModel(Protocol):
    """What a `LanguageModel` that may need an API key has besides."""

    def check_key(self) -> None:
        """Raises FewnerError if a key is wanted and there is none."""
