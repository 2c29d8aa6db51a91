"""Texts of many requests in common batches, which one thread predicts."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import NamedTuple

from .answering import Answer, Fault
from .settings import ServeSettings

Predict = Callable[[Sequence[str]], Sequence[Answer]]


class Busy(Exception):
    """More texts wait than may, or the server stops; said to the client."""


class _Request:
    """Gathers the answers to its texts; its future has them all, in order."""

    def __init__(self, texts: int):
        self.future: Future[list[Answer]] = Future()
        self._answers: list[Answer | None] = [None] * texts
        self._missing = texts

    def answer(self, at: int, answer: Answer) -> None:
        self._answers[at] = answer
        self._missing -= 1
        if not self._missing:
            with suppress(InvalidStateError):  # where nobody waits for it any more
                self.future.set_result([one for one in self._answers if one is not None])


class _Item(NamedTuple):
    text: str
    request: _Request
    at: int


class Batcher:
    """Takes texts from any thread. While a batch is predicted, the next one gathers."""

    def __init__(
        self,
        predict: Predict,
        settings: ServeSettings,
        predicted: Callable[[int, float], None] = lambda texts, seconds: None,
    ):
        """predicted: is told of each batch, its texts and seconds."""
        self._predict, self._settings, self._predicted = predict, settings, predicted
        self._items: deque[_Item] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        # With what this thread has chosen, as the GPU: Thinc keeps it in context variables.
        run = partial(copy_context().run, self._run)
        self._thread = threading.Thread(target=run, name="predict", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Texts that wait for a batch."""
        return len(self._items)

    @property
    def is_open(self) -> bool:
        """Whether it takes texts."""
        return not self._stopping and self._thread.is_alive()

    def submit(self, texts: Sequence[str]) -> "Future[list[Answer]]":
        """The future of the answers; once it is cancelled, what waits of the request is left out.

        Raises Busy.
        """
        request = _Request(len(texts))
        if not texts:
            request.future.set_result([])
            return request.future
        with self._changed:
            if self._stopping:
                raise Busy("The server is stopping. Ask another one, or again in a while.")
            if len(self._items) + len(texts) > self._settings.max_queue:
                said = f"{len(self._items)} texts are waiting. Ask again in a while."
                raise Busy(said)
            self._items.extend(_Item(text, request, at) for at, text in enumerate(texts))
            self._changed.notify()
        return request.future

    def stop(self) -> None:
        """Take no more, answer what waits, and end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            begun = time.perf_counter()
            texts = [item.text for item in batch]
            try:
                answers = list(self._predict(texts))
            except Exception as err:  # whatever it is, the thread must live
                answers = [Fault(f"{type(err).__name__}: {err}")] * len(texts)
            self._predicted(len(batch), time.perf_counter() - begun)
            for item, answer in zip(batch, answers, strict=True):
                item.request.answer(item.at, answer)

    def _next(self) -> list[_Item]:
        """The texts of the next batch; none once it stops and nothing waits."""
        while True:
            with self._changed:
                while not self._items and not self._stopping:
                    self._changed.wait()
                if not self._items:
                    return []
                self._gather()
                batch = self._taken()
            if batch:
                return batch

    def _gather(self) -> None:
        """Give others a moment to join the batch."""
        until = time.monotonic() + self._settings.max_wait / 1000
        while len(self._items) < self._settings.max_batch and not self._stopping:
            left = until - time.monotonic()
            if left <= 0:
                return
            self._changed.wait(left)

    def _taken(self) -> list[_Item]:
        batch: list[_Item] = []
        chars = 0
        while self._items and len(batch) < self._settings.max_batch:
            chars += len(self._items[0].text)
            if batch and chars > self._settings.max_chars:
                break
            item = self._items.popleft()
            if not item.request.future.cancelled():
                batch.append(item)
            else:
                chars -= len(item.text)
        return batch
