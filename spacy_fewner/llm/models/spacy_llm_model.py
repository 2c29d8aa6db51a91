"""spacy-llm on both sides: its models for our stages, our client for its tasks."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Iterable  # noqa: UP035 (spacy-llm takes no other)

from ...errors import FewnerError
from ..connect import Connection
from ..types import Prompt, Reply
from .chat_text import ChatText, ReplyText, prompt_of
from .secret import clean_of_environment


class SpacyLLMModel:
    """A spacy-llm model as a LanguageModel; it gets each chat as one string, and no schema.

    model: from the registry `llm_models`.
    name, parameters: what its replies depend on, for the journal; no secrets.
    concurrency: how many threads may call it at once.
    """

    def __init__(
        self,
        model: Callable,
        name: str,
        parameters: dict[str, Any] | None = None,
        concurrency: int = 1,
    ):
        if not name:
            rule = "must say which model it is: replies are kept under it"
            raise FewnerError("name", rule, "none", "Give name and revision.")
        if concurrency < 1:
            raise FewnerError("concurrency", "must be 1 or more", concurrency, "1 is safe.")
        self._model, self.concurrency = model, concurrency
        self._identity = {"api": "spacy-llm", "model": name, **(parameters or {})}

    @property
    def identity(self) -> Mapping[str, Any]:
        return self._identity

    def ask(self, prompt: Prompt) -> Reply:
        """With `error` for whatever the model raises: spacy-llm does not say what may pass."""
        try:
            replies = [list(of_doc) for of_doc in self._model([[ChatText(prompt)]])]
        except FewnerError:
            raise
        except Exception as err:
            said = clean_of_environment(f"{type(err).__name__}: {err}")
            return Reply("", finish="error", error=said)
        if [len(of_doc) for of_doc in replies] != [1]:
            return Reply(
                "",
                finish="error",
                error=f"not one reply to one prompt: {clean_of_environment(repr(replies)):.200}",
            )
        text = replies[0][0]
        if isinstance(text, str):
            return Reply(clean_of_environment(text))
        return Reply("", error=f"no text: {clean_of_environment(repr(text)):.200}")


class JournaledModel:
    """Our client as a spacy-llm model: concurrent calls, retries, a journal, a budget.

    strict: raise when a prompt gets no reply; else the reply is empty.
    context_length: tokens, for tasks that cut long docs.
    """

    def __init__(
        self, connection: Connection, context_length: int | None = None, strict: bool = True
    ):
        self.connection, self.strict = connection, strict
        if context_length:
            self.context_length = context_length  # spacy-llm asks whether there is one

    def __call__(self, prompts: Iterable[Iterable[str]]) -> Iterable[Iterable[str]]:
        """Texts of the replies, by doc. Raises FewnerError where the run cannot go on."""
        by_doc = [list(texts) for texts in prompts]
        chats = (prompt_of(text) for texts in by_doc for text in texts)
        replies = map(self._text, self.connection.client().complete(chats))
        return [list(islice(replies, len(texts))) for texts in by_doc]

    def _text(self, reply: Reply) -> ReplyText:
        if reply.error and self.strict:
            remedy = "Mend what it names, or set strict to false to go on without this reply."
            raise FewnerError("model", "must reply to each prompt", reply.error, remedy)
        return ReplyText(reply)
