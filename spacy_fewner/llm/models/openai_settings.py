"""What a user says about a model behind the OpenAI chat protocol."""

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from ...errors import FewnerError, check_number
from .secret import Secret

Constrain = Literal["auto", "on", "off"]
_OURS = ("model", "messages", "stream", "n", "response_format", "seed", "stop")
_POSITIVE = ("concurrency", "attempts", "timeout", "max_reply_bytes")
_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,40}")  # of a variable, and of no key
_POSITIVE_OR_NONE = ("max_tokens", "requests_per_minute", "tokens_per_minute")


@dataclass(frozen=True)
class OpenAISettings:
    """A model, how to reach it, and what a reply depends on.

    model: the name the server knows it by; any text.
    base_url: up to and without "/chat/completions".
    key_env: the environment variable that holds the API key; None where the server wants none.
    revision: anything that tells versions of the model apart (a date, a file's hash); not sent.
    temperature, top_p, max_tokens, stop: None leaves them to the server. seed: a prompt's `sample`
        is added to it. extra: further fields of the request (as a server's own "grammar").
    json_schema: "on" sends a prompt's schema, "auto" too, but without it when the server refuses,
        "off" never.
    concurrency: requests at once. requests_per_minute, tokens_per_minute: None for no limit.
    timeout: seconds for one attempt, all of it. attempts: before a request is given up; a server
        that says it is busy is waited for (retry.py). backoff: seconds, doubles.
    max_reply_bytes: longer answers are refused.
    """

    model: str
    base_url: str = "https://api.openai.com/v1"
    key_env: str | None = "OPENAI_API_KEY"
    revision: str = ""
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    json_schema: Constrain = "auto"
    concurrency: int = 8
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout: float = 120.0
    attempts: int = 6
    backoff: float = 1.0
    max_reply_bytes: int = 4_000_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "stop", tuple(self.stop))
        if not self.model:
            raise FewnerError("model", "must be a name", "none", "Name one the server offers.")
        for name in _POSITIVE:
            _check_positive(name, getattr(self, name))
        for name in _POSITIVE_OR_NONE:
            if getattr(self, name) is not None:
                _check_positive(name, getattr(self, name))
        if self.temperature is not None:
            check_number("temperature", self.temperature, least=0)
        if self.top_p is not None:
            check_number("top_p", self.top_p, least=0, most=1)
        if self.json_schema not in get_args(Constrain):
            rule = f"must be one of {get_args(Constrain)}"
            raise FewnerError("json_schema", rule, self.json_schema, "Choose one.")
        _check_url(self.base_url)
        _check_extra(self.extra)

    @property
    def url(self) -> str:
        return self.base_url.rstrip("/") + "/chat/completions"

    @property
    def parameters(self) -> dict[str, Any]:
        """The fields of every request that a user has set."""
        named: dict[str, Any] = {
            # As floats: 0 and 0.0 are the same setting, but not the same JSON.
            "temperature": None if self.temperature is None else float(self.temperature),
            "top_p": None if self.top_p is None else float(self.top_p),
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "stop": list(self.stop) or None,
        }
        return {name: value for name, value in named.items() if value is not None} | {**self.extra}

    @property
    def identity(self) -> dict[str, Any]:
        """All that a reply depends on; neither address nor key."""
        optional = {"revision": self.revision} if self.revision else {}
        if self.json_schema == "off":
            optional["json_schema"] = "off"
        return {"api": "openai-chat", "model": self.model, **optional, **self.parameters}

    def key(self) -> str:
        """The API key, "" where none is wanted; raises FewnerError, which does not show it.

        Also where another setting holds it, since all of them are shown or kept.
        """
        if not self.key_env:
            return ""
        key = os.environ.get(self.key_env, "").strip()
        if not key or not (key.isascii() and key.isprintable()):
            # Who gives the key in place of the variable's name must not see it in a log.
            is_name = _NAME.fullmatch(self.key_env)
            named = self.key_env if is_name else "one that is not shown here"
            shown = self.key_env if is_name else "NAME"
            raise FewnerError(
                "key_env",
                "must name an environment variable that holds the API key",
                f"{named}, which " + ("holds something else" if key else "is not set"),
                f"Run `export {shown}=…`, name another variable, or none "
                '(None; "" on the command line) for a server that wants no key.',
            )
        self._check_elsewhere(key)
        return key

    def _check_elsewhere(self, key: str) -> None:
        shown = json.dumps([self.base_url, self.identity], default=str, ensure_ascii=False)
        if Secret(key).is_in(shown):
            raise FewnerError(
                "model, base_url, revision, stop and extra",
                "must not hold the API key, which would stand in journals",
                "a part of it",
                f"Take it out; it is sent as the value of {self.key_env}.",
            )


def _check_positive(name: str, value: float) -> None:
    if not (value > 0 and math.isfinite(value)):
        raise FewnerError(name, "must be above 0", value, "Mend the model's settings.")


def _check_url(base_url: str) -> None:
    try:
        parts = urlsplit(base_url)
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        whole = False
    if not whole:
        raise FewnerError(
            "base_url",
            "must be a http or https address",
            re.sub(r"[^/\s@]{1,300}@", "***@", base_url),
            "Give it like http://localhost:8080/v1, without /chat/completions.",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise FewnerError(
            "base_url",
            "must hold no user, password, query or fragment, which end up in logs",
            f"{parts.scheme}://{parts.hostname}…",
            "Put the key in an environment variable and name that as key_env.",
        )


def _check_extra(extra: Mapping[str, Any]) -> None:
    for name in extra:
        if name in _OURS:
            raise FewnerError(
                "extra", "must not hold what is set elsewhere", name, "Take it out of extra."
            )
