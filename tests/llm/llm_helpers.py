"""Prompts, and models that need no server."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from spacy_fewner.llm.types import Message, Prompt, Reply

IDENTITY = {"model": "echo", "temperature": 0.5}


def prompt_of(text: str, **more: Any) -> Prompt:
    return Prompt((Message("user", text),), **more)


def prompts_of(count: int) -> list[Prompt]:
    return [prompt_of(f"prompt {number}") for number in range(count)]


def answer_to(prompt: Prompt) -> Reply:
    return Reply(f"reply to {prompt.messages[-1].content}", "stop", 10, 5)


class Model:
    """Answers by a function of the prompt, and counts how often and from how many threads."""

    def __init__(
        self,
        answer: Callable[[Prompt], Reply] = answer_to,
        concurrency: int = 4,
        seconds: float = 0.0,
        identity: Mapping[str, Any] = IDENTITY,
    ):
        self.answer, self.concurrency, self.identity = answer, concurrency, identity
        self.seconds = seconds
        self.asked: list[Prompt] = []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def ask(self, prompt: Prompt) -> Reply:
        with self._lock:
            self.asked.append(prompt)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            time.sleep(self.seconds)
            return self.answer(prompt)
        finally:
            with self._lock:
                self.at_once -= 1


# All strings, half surrogate pairs included; two halves side by side are one character in JSON.
texts = st.text(st.characters(exclude_categories=()), max_size=40).map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
objects = st.dictionaries(texts, values, max_size=4)
messages = st.builds(Message, st.sampled_from(("system", "user", "assistant")), texts)
prompts = st.builds(
    Prompt,
    st.lists(messages, max_size=3).map(tuple),
    st.none() | objects,
    st.integers(0, 5),
)
counts = st.none() | st.integers(0, 10**6)
replies = st.builds(Reply, texts, st.sampled_from(("stop", "length", "x")), counts, counts)
