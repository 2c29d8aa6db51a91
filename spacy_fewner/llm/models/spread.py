"""One model behind many servers: each request goes to the server with the least to do (ours)."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import FewnerError, warn
from ..types import KeyedModel, LanguageModel, Prompt, Reply

REST = 60.0  # seconds for which a server that answers nothing is left alone


class Spread:
    """The same model at several places. Threads may share it.

    A server that can answer no further request rests, and its requests go to the others; a
    request that one server gives up gets one more try elsewhere.
    models: FewnerError if there is none, or if their identities differ: which of them answered
    would be chance.
    """

    def __init__(self, models: Sequence[LanguageModel]):
        if not models:
            raise FewnerError("llm_url", "must name a server", "none", "Name one.")
        if any(model.identity != models[0].identity for model in models):
            rule, remedy = "servers must have one model", "Give all the same name and settings."
            raise FewnerError("llm_url", rule, [model.identity for model in models], remedy)
        self._models = list(models)
        self._busy = [0] * len(models)
        self._back = [0.0] * len(models)  # when each may be asked again
        self._lock = threading.Lock()

    @property
    def identity(self) -> Mapping[str, Any]:
        return self._models[0].identity

    @property
    def concurrency(self) -> int:
        return sum(model.concurrency for model in self._models)

    def check_key(self) -> None:
        """Raises FewnerError if one of them wants an API key and there is none."""
        for model in self._models:
            if isinstance(model, KeyedModel):
                model.check_key()

    def ask(self, prompt: Prompt) -> Reply:
        """As LanguageModel says; FewnerError only when no server is left."""
        tried: set[int] = set()
        given_up: Reply | None = None
        while (number := self._take(tried)) is not None:
            tried.add(number)
            try:
                reply = self._models[number].ask(prompt)
            except FewnerError as err:
                self._rest(number, err, last=self._all_rest(number))
                continue
            finally:
                self._give_back(number)
            if not reply.error or given_up:
                return reply
            given_up = reply
        if given_up is None:
            value, remedy = "all of them rest", "Look at the servers, and run the command again."
            raise FewnerError("llm_url", "a server must answer", value, remedy)
        return given_up

    def _take(self, tried: set[int]) -> int | None:
        """The server with the least under way, for what it can do at once."""
        now = time.monotonic()
        with self._lock:
            free = [n for n in range(len(self._models)) if n not in tried and self._back[n] <= now]
            if not free:
                return None
            chosen = min(free, key=lambda n: self._busy[n] / self._models[n].concurrency)
            self._busy[chosen] += 1
            return chosen

    def _give_back(self, number: int) -> None:
        with self._lock:
            self._busy[number] -= 1

    def _all_rest(self, but: int) -> bool:
        now = time.monotonic()
        return all(back > now for n, back in enumerate(self._back) if n != but)

    def _rest(self, number: int, err: FewnerError, last: bool) -> None:
        if last:
            raise err
        with self._lock:
            known = self._back[number] > time.monotonic()
            self._back[number] = time.monotonic() + REST
        if not known:
            warn(f"A server is left alone for {REST:.0f} seconds: {err}")
