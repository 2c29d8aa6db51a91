"""A model that answers by a function of the prompt."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt, Reply


@dataclass
class Scripted:
    """answer: prompt -> text of the reply, or the Reply."""

    answer: Callable[[Prompt], str | Reply]
    concurrency: int = 4
    asked: list[Prompt] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @property
    def identity(self) -> dict[str, str]:
        return {"model": "scripted"}

    def ask(self, prompt: Prompt) -> Reply:
        with self._lock:
            self.asked.append(prompt)
        answer = self.answer(prompt)
        return Reply(answer) if isinstance(answer, str) else answer


def client(answer: Callable[[Prompt], str | Reply]) -> Client:
    return Client(Scripted(answer))
