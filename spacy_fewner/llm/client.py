"""Prompts in, replies out, in order: from the journal, or from a model asked by many threads."""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from ..errors import FewnerError
from .budget import Budget, Meter, Totals
from .journal.journal import Journal
from .journal.keys import request_key
from .types import KeyedModel, LanguageModel, Prompt, Reply

_AHEAD = 4  # prompts begun for each one under way, so that a slow reply holds up no others
_SHOWN = 60  # characters of a prompt in an error

_Waiting = tuple[Prompt, "Future[Reply]"]


@dataclass
class _Run:
    """One call of `complete`. fault: what ended it; runs of other threads go on."""

    fault: BaseException | None = None


class Client:
    """Asks a model for what the journal does not hold. Threads may share it.

    model: None when all replies come from a journal opened for replay.
    journal: None keeps the replies of this run in memory, so that none is asked for twice.
    budget: prices for `totals`, and limits at which the run stops.
    """

    def __init__(
        self,
        model: LanguageModel | None,
        journal: Journal | None = None,
        budget: Budget | None = None,
    ):
        _check(model, journal)
        self._model, self._journal = model, journal
        self._identity: Mapping[str, Any] = model.identity if model else {}
        self._meter = Meter(budget)
        self._threads = ThreadPoolExecutor(model.concurrency if model else 1, "llm")
        self._ahead = _AHEAD * (model.concurrency if model else 1)
        self._under_way: dict[str, Future[Reply]] = {}
        self._kept: dict[str, Reply] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()

    def beside(self, model: LanguageModel) -> "Client":
        """A client of another model with the same journal and budget; `totals` are of both."""
        other = Client(model, self._journal)
        other._meter = self._meter
        return other

    @property
    def journal(self) -> Journal | None:
        return self._journal

    def check_key(self) -> None:
        """Raise FewnerError where the model lacks its API key and the journal has no reply either:
        before other work is done, and not after it."""
        if not self._journal and isinstance(self._model, KeyedModel):
            self._model.check_key()

    @property
    def totals(self) -> Totals:
        return self._meter.totals

    def complete(self, prompts: Iterable[Prompt]) -> Iterator[Reply]:
        """The replies, in the order of the prompts, which are read a bounded number ahead.

        Each reply is in the journal, on the disk, before it is yielded; those of later prompts
        too when an error ends the run, or when the caller stops reading. A reply with `error`
        is not kept: a later run asks again.
        Raises FewnerError, after all replies to the prompts before: when the budget is spent,
        when the model can answer no further request, or when a replay lacks a reply. At once in a
        process forked from the client's own, where its threads do not live.
        """
        if os.getpid() != self._process:
            raise _forked()
        run = _Run()
        started = self._started(iter(prompts), run)
        waiting: deque[_Waiting] = deque()
        try:
            while True:
                waiting.extend(islice(started, self._ahead - len(waiting)))
                if not waiting:
                    return
                yield self._result(*waiting[0], run)
                waiting.popleft()
        finally:
            _settle(waiting)

    def _started(self, prompts: Iterator[Prompt], run: _Run) -> Iterator[_Waiting]:
        """Each prompt with its reply to come; an error takes its turn among them and is the last.

        So what was asked before it is still yielded, as if prompts were asked one by one.
        """
        for prompt in _until_error(prompts):
            try:
                if isinstance(prompt, Exception):
                    raise prompt
                future = self._start(prompt, run)
            except Exception as err:
                failed: Future[Reply] = Future()
                failed.set_exception(err)
                yield Prompt(()), failed
                return
            yield prompt, future

    def _start(self, prompt: Prompt, run: _Run) -> "Future[Reply]":
        if run.fault:
            raise run.fault
        with self._lock:
            key = request_key(self._identity, prompt)
            # In this order: a request leaves `_under_way` only when the journal has its reply.
            if future := self._under_way.get(key):
                self._meter.repeat()
                return future
            if reply := self._find(key, prompt):
                self._meter.repeat()
                done: Future[Reply] = Future()
                done.set_result(reply)
                return done
            return self._submit(key, prompt, run)

    def _submit(self, key: str, prompt: Prompt, run: _Run) -> "Future[Reply]":
        if self._journal is not None and self._journal.mode == "replay":
            raise _missing(prompt, self._journal)
        future = self._threads.submit(self._ask, key, prompt, run)
        self._under_way[key] = future
        future.add_done_callback(lambda _: self._under_way.pop(key, None))
        return future

    def _find(self, key: str, prompt: Prompt) -> Reply | None:
        if self._journal is None:
            return self._kept.get(key)
        if self._model is not None:
            return self._journal.find(key)
        return _only(_found(prompt, self._journal), prompt)

    def _ask(self, key: str, prompt: Prompt, run: _Run) -> Reply:
        """In a thread of its own; an error stops all of its run that has not begun."""
        if run.fault:
            raise CancelledError  # and not the fault: another run may wait for this reply too
        try:
            self._meter.admit()
            reply = None
            try:
                reply = self._asked(key, prompt)
            finally:
                self._meter.settle(prompt, reply)
            return reply
        except BaseException as err:
            run.fault = err
            raise

    def _asked(self, key: str, prompt: Prompt) -> Reply:
        assert self._model
        reply = replace(self._model.ask(prompt), key=key)
        if reply.error:
            return reply
        if self._journal is not None:
            self._journal.record(self._identity, prompt, reply)
        else:
            self._kept[key] = reply
        return reply

    def _result(self, prompt: Prompt, future: "Future[Reply]", run: _Run) -> Reply:
        while True:
            try:
                return future.result()
            except CancelledError:  # by another `complete` that shared the request and ended early
                future = self._start(prompt, run)


def _forked() -> FewnerError:
    return FewnerError(
        "client",
        "must be used in the process that opened it",
        "a process forked from that one",
        "Load the pipeline, or make the client, in each process, with a journal of its own.",
    )


def _until_error(prompts: Iterator[Prompt]) -> Iterator[Prompt | Exception]:
    try:
        yield from prompts
    except Exception as err:
        yield err


def _settle(waiting: deque[_Waiting]) -> None:
    """Drop what has not begun and wait for the rest, which is paid for, to reach the journal."""
    for _, future in waiting:
        future.cancel()
    wait(future for _, future in waiting)


def _found(prompt: Prompt, journal: Journal) -> list[Reply]:
    """The replies of all models that the journal holds to the prompt."""
    keys = [request_key(identity, prompt) for identity in journal.identities]
    return [reply for key in keys if (reply := journal.find(key))]


def _only(replies: list[Reply], prompt: Prompt) -> Reply | None:
    if len(replies) > 1:
        raise FewnerError(
            "model",
            "must be named where the journal holds replies of several models to a prompt",
            _shown(prompt),
            "Give the client the model whose replies are meant.",
        )
    return replies[0] if replies else None


def _missing(prompt: Prompt, journal: Journal) -> FewnerError:
    remedy = "Ask for it: use mode resume and name a model. Has a prompt, a seed, the schema or "
    remedy += "the data changed since the journal was written?"
    if _found(prompt, journal):
        remedy = "The journal has another model's reply to this prompt, or the same model's with "
        remedy += "other parameters: name that one, or use mode resume to ask yours."
    return FewnerError(
        f"{journal.path}", "must hold every reply in a replay", _shown(prompt), remedy
    )


def _shown(prompt: Prompt) -> str:
    text = " ".join(message.content for message in prompt.messages)
    end = f" … {text[-_SHOWN:]!r}" if len(text) > 2 * _SHOWN else ""
    return f"none to {text[:_SHOWN]!r}{end}"


def _check(model: LanguageModel | None, journal: Journal | None) -> None:
    if model is None and (journal is None or journal.mode != "replay"):
        raise FewnerError(
            "model",
            "must be given unless a journal is replayed",
            "none",
            "Name a model, or open a journal with mode replay.",
        )
