"""Many threads ask for one thing each; it is done for several at once."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Got = TypeVar("Got")

_PAUSE = 0.02  # seconds without a new question after which no more is waited for


@dataclass(eq=False)
class _Question(Generic[Asked, Got]):
    asked: Asked
    got: Got | None = None
    fault: BaseException | None = None
    done: bool = False


@dataclass
class Gathering(Generic[Asked, Got]):
    """choose: which of the questions that wait, the oldest first, to answer together now: places
    in the list. answer: of those, in order; what it raises is raised to each that asked. enough:
    questions for which no further one is waited for."""

    choose: Callable[[Sequence[Asked]], Sequence[int]]
    answer: Callable[[Sequence[Asked]], Sequence[Got]]
    enough: int
    _waiting: list[_Question[Asked, Got]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, asked: Asked) -> Got:
        """Blocks until there is an answer: one of the threads that ask does it for others too."""
        question: _Question[Asked, Got] = _Question(asked)
        with self._lock:
            self._waiting.append(question)
        while not question.done:
            with self._turn:
                if not question.done:
                    self._answer_some()
        if question.fault:
            raise question.fault
        return question.got  # type: ignore[return-value]

    def _answer_some(self) -> None:
        self._wait_for_more()
        with self._lock:
            chosen = [self._waiting[at] for at in self.choose([q.asked for q in self._waiting])]
            self._waiting = [one for one in self._waiting if one not in chosen]
        try:
            for question, got in zip(
                chosen, self.answer([one.asked for one in chosen]), strict=True
            ):
                question.got = got
        except BaseException as err:
            for question in chosen:
                question.fault = err
        for question in chosen:
            question.done = True

    def _wait_for_more(self) -> None:
        seen = 0
        while seen < len(self._waiting) < self.enough:
            seen = len(self._waiting)
            time.sleep(_PAUSE)
