"""A model behind the OpenAI chat protocol, at any address."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from ...errors import FewnerError
from ..budget import rough_tokens
from ..journal.keys import short_id
from ..types import Prompt, Reply
from .http import Answer, Http
from .openai_answer import code_in, reply_of, said_in
from .openai_settings import OpenAISettings
from .rates import Pace
from .retry import Transient, Unreachable, retry_after, retrying
from .secret import Secret, keep_out_of_logs

_BUSY = (429, 503, 529)
_PASSING = (408, 409, 425, 500, 502, 504)
_ELSEWHERE = (301, 302, 303, 307, 308, 404, 405)
_REFUSED = (400, 422)  # how servers say that they do not know response_format
_EXPECTED_TOKENS = 256  # of a reply without max_tokens, for the limit on tokens a minute


class OpenAIModel:
    """Asks one attempt after another until a whole reply is there. Safe to share by threads."""

    def __init__(self, settings: OpenAISettings):
        self._settings = settings
        self._pace = Pace(settings.requests_per_minute, settings.tokens_per_minute)
        self._lock = threading.Lock()
        self._http: Http | None = None
        self._secret = Secret("")
        self._reached = False
        self._refused: set[str] = set()  # schemas that the server does not take

    @property
    def identity(self) -> Mapping[str, Any]:
        return self._settings.identity

    @property
    def concurrency(self) -> int:
        return self._settings.concurrency

    def check_key(self) -> None:
        """Raises FewnerError if the settings want an API key and the environment has none."""
        self._settings.key()

    def ask(self, prompt: Prompt) -> Reply:
        """The model's reply; with `error` when this prompt is refused or all attempts failed.

        Raises FewnerError where no request can pass: no key or a wrong one, no such model or
        address, no quota.
        """
        settings = self._settings
        http = self._connection()
        try:
            return retrying(
                lambda: self._attempt(http, prompt),
                settings.attempts,
                settings.backoff,
                self._pace.pause,
            )
        except Unreachable as err:
            raise self._unreachable(err) from None
        except Transient as err:
            return Reply("", finish="error", error=f"given up: {self._secret.clean(str(err))}")

    def close(self) -> None:
        """Close the connections; asking again opens new ones."""
        with self._lock:
            if self._http:
                self._http.close()
            self._http = None

    def _connection(self) -> Http:
        with self._lock:
            if self._http is None:
                settings = self._settings
                key = settings.key()
                headers = {"Authorization": f"Bearer {key}"} if key else {}
                self._secret = Secret(key)
                keep_out_of_logs(key, self._secret)
                self._http = Http(
                    settings.url,
                    headers,
                    settings.concurrency,
                    settings.timeout,
                    settings.max_reply_bytes,
                    self._secret,
                )
            return self._http

    def _attempt(self, http: Http, prompt: Prompt) -> Reply:
        expected = rough_tokens(prompt) + (self._settings.max_tokens or _EXPECTED_TOKENS)
        self._pace.wait(expected)
        held = self._holds(prompt)
        answer = self._post(http, self._body(prompt, held))
        if held and answer.status in _REFUSED and self._settings.json_schema == "auto":
            answer = self._post(http, self._body(prompt, held=False))
            if answer.status == 200:
                self._refused.add(short_id(prompt.schema))
        reply = self._read(answer)
        if reply.prompt_tokens is not None:
            self._pace.correct(expected, reply.prompt_tokens + (reply.completion_tokens or 0))
        return reply

    def _post(self, http: Http, body: bytes) -> Answer:
        try:
            answer = http.post(body)
        except Unreachable as err:
            if self._reached:
                raise  # it was there before, and may come back
            raise self._unreachable(err) from None
        self._reached = True
        return answer

    def _holds(self, prompt: Prompt) -> bool:
        """Whether the server is to hold the reply to the prompt's schema."""
        if prompt.schema is None or self._settings.json_schema == "off":
            return False
        return not self._refused or short_id(prompt.schema) not in self._refused

    def _body(self, prompt: Prompt, held: bool) -> bytes:
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [asdict(message) for message in prompt.messages],
            **self._settings.parameters,
        }
        if self._settings.seed is not None:
            body["seed"] = self._settings.seed + prompt.sample
        if held:
            schema = {"name": "reply", "schema": dict(prompt.schema or {}), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return json.dumps(body).encode("ascii")

    def _read(self, answer: Answer) -> Reply:
        """The reply in the answer, or what its status means."""
        clean = self._secret.clean
        if answer.status == 200:
            reply = reply_of(answer.body, clean)
            return replace(reply, text=self._secret.clean_reply(reply.text))
        said = said_in(answer.body, clean)
        code = code_in(answer.body)
        if answer.status == 402 or "insufficient_quota" in code:
            remedy = "Pay, wait, or name another model."
            raise FewnerError("quota", "must not be used up", said, remedy)
        if answer.status in (401, 403):
            raise FewnerError("API key", "must be accepted by the server",
                              f"{answer.status}: {said}",
                              f"Check the key in {self._settings.key_env}.")  # fmt: skip
        if answer.status in _ELSEWHERE or "model_not_found" in code:
            raise FewnerError("model", f"must be one that {clean(self._settings.base_url)} offers",
                              f"{self._settings.model!r} ({said})",
                              "Check model and base_url, which comes without "
                              "/chat/completions.")  # fmt: skip
        seconds = retry_after(answer.headers.get("retry-after"))
        if answer.status in _BUSY or answer.status in _PASSING or answer.status > 504:
            raise Transient(f"{answer.status}: {said}", seconds, busy=answer.status in _BUSY)
        return Reply("", finish="error", error=f"refused with {answer.status}: {said}")

    def _unreachable(self, err: Exception) -> FewnerError:
        return FewnerError(
            "base_url",
            "must be the address of a running server",
            self._secret.clean(f"{self._settings.base_url}: {err}"),
            "Check the address, and that the server runs.",
        )
