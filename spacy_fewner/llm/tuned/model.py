"""A tuned model, or any causal model of Hugging Face, run in this process: no server needed."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from ...errors import FewnerError, check_number
from ..journal.keys import request_key
from ..types import Prompt, Reply
from .base import GGUF
from .gathering import Gathering
from .generating.choosing import Sampling
from .generating.generation import Row
from .generating.planning import batches
from .identity import identity_of
from .opened import Opened, enough_memory, open_model

Precision = Literal["auto", "float32", "bfloat16", "float16"]
_AHEAD = 4  # batches of questions that may wait, so that those that fit together can be chosen


class TunedModel:
    """Answers several prompts at once, greedily unless a temperature is given.

    path: a folder that `distill` wrote, any other folder or hub name of a causal model with a chat
        template, or a GGUF file, which is run in full precision. It is loaded when first asked;
        models of one base, device and precision load it once.
    base: where the base is now, for a tuned folder whose card names another place.
    revision: of a hub name. max_tokens: of a reply. temperature, top_p: of sampling.
    batch: prompts that go through the model together; more of them need more memory.
    device: "auto" takes a GPU if torch sees one. precision: of the weights; "auto" is bfloat16 on a
        GPU, float32 on a processor.
    constrained: hold replies to the schema or grammar of their prompt (package llguidance).
    seed: of sampling: a reply depends on it, the prompt and its `sample`, not on other prompts.

    A prompt that does not fit into the model's context gets an error; it is never cut. A reply that
    only repeats itself ends early, with finish "length". Raises FewnerError for what cannot be
    loaded, at the first question.
    """

    _opened: Opened | None

    def __init__(
        self,
        path: str,
        *,
        base: str = "",
        revision: str = "",
        max_tokens: int = 512,
        temperature: float = 0.0,
        top_p: float = 1.0,
        batch: int = 8,
        device: str = "auto",
        precision: Precision = "auto",
        constrained: bool = True,
        seed: int = 0,
    ):
        check_number("max_tokens", max_tokens, least=1, whole=True)
        check_number("batch", batch, least=1, whole=True)
        check_number("temperature", temperature, least=0)
        check_number("top_p", top_p, least=0, most=1)
        if precision not in get_args(Precision):
            rule = f"must be one of {', '.join(get_args(Precision))}"
            raise FewnerError("precision", rule, precision, 'Use "auto".')
        self._path, self._base, self._revision = str(path), base, revision
        _check_path(self._path)
        self._max_tokens, self._batch = max_tokens, batch
        self._sampling = Sampling(temperature, top_p, seed)
        self._device, self._precision, self._constrained = device, precision, constrained
        self._identity: dict[str, Any] | None = None
        self._begin()

    @property
    def identity(self) -> Mapping[str, Any]:
        """Hashes of the files, and what else an answer depends on; neither batch nor device: they
        are about speed, though they can change a last digit."""
        if self._identity is None:
            sampled = {"top_p": self._sampling.top_p, "seed": self._sampling.seed}
            self._identity = {
                "api": "transformers",
                **identity_of(self._path, self._revision),
                "max_tokens": self._max_tokens,
                "temperature": self._sampling.temperature,
                **(sampled if self._sampling.temperature else {}),
                **({} if self._constrained else {"constrained": False}),
                **({} if self._precision == "auto" else {"precision": self._precision}),
            }
        return self._identity

    @property
    def concurrency(self) -> int:
        """More than a batch, so that prompts that begin alike can be read together."""
        return self._batch * _AHEAD

    def ask(self, prompt: Prompt) -> Reply:
        """Questions of several threads go through the model together."""
        row = self._row(prompt)
        if isinstance(row, Reply):
            return row
        self._asked.ask(row)
        return self._reply(row)

    def ask_all(self, prompts: Iterable[Prompt]) -> list[Reply]:
        """A reply for each, in order."""
        rows = [self._row(prompt) for prompt in prompts]
        asked = [row for row in rows if isinstance(row, Row)]
        for places in batches([row.prompt for row in asked], self._batch):
            self._answer([asked[at] for at in places])
        return [row if isinstance(row, Reply) else self._reply(row) for row in rows]

    def close(self) -> None:
        """Free the memory, unless another model uses the same base; asking again loads it anew."""
        with self._lock:
            self._opened = None

    def __getstate__(self) -> dict[str, Any]:
        """Without what is loaded: a copy loads it anew, or shares the base."""
        free = ("_lock", "_opened", "_asked")
        return {name: value for name, value in vars(self).items() if name not in free}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._begin()

    def _begin(self) -> None:
        self._opened = None
        self._lock = threading.Lock()
        self._asked: Gathering[Row, None] = Gathering(
            lambda rows: self._next([row.prompt for row in rows]),
            self._answer,
            self._batch * _AHEAD,
        )

    @property
    def opened(self) -> Opened:
        with self._lock:
            if self._opened is None:
                self._opened = open_model(
                    self._path, self._base, self._revision, *self._where(), self._sampling
                )
            return self._opened

    def _where(self) -> tuple[Any, str]:
        """Type of the weights, and the device."""
        from ...data.installed import needs_training

        needs_training("model")
        import torch

        device = self._device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        precision = self._precision
        if precision == "auto":
            precision = "bfloat16" if device.startswith("cuda") else "float32"
        return getattr(torch, precision), device

    def _row(self, prompt: Prompt) -> Row | Reply:
        """The prompt as tokens, or why it cannot be asked."""
        opened = self.opened
        try:
            tokens = opened.generator.chats.tokens(prompt.messages)
        except Exception as err:  # a template raises what it likes for a chat it does not take
            error = f"the model's chat template does not take this chat: {err}"
            return _no_reply(error)
        room = opened.context - len(tokens)
        if room < 1 or not tokens:
            rule = f"must fit into the model's context of {opened.context} tokens"
            remedy = "Shorten the texts, or ask for fewer labels at once."
            return _no_reply(str(FewnerError("prompt", rule, f"{len(tokens)} tokens", remedy)))
        noise = self._sampling.noise(request_key(self.identity, prompt))
        try:
            constraint = opened.constraints.of(prompt) if self._is_held(prompt) else None
        except FewnerError as err:
            if err.argument != "grammar":
                raise
            return _no_reply(str(err))
        return Row(tokens, min(room, self._max_tokens), noise, constraint)

    def _is_held(self, prompt: Prompt) -> bool:
        return self._constrained and not (prompt.schema is None and prompt.grammar is None)

    def _next(self, prompts: Sequence[list[int]]) -> Sequence[int]:
        """The batch that has the prompt which has waited longest."""
        return next(one for one in batches(prompts, self._batch) if 0 in one)

    def _answer(self, rows: Sequence[Row]) -> list[None]:
        opened = self.opened
        with opened.base.using(opened.adapter), enough_memory():
            opened.generator.run(rows)
        return [None] * len(rows)

    def _reply(self, row: Row) -> Reply:
        text = self.opened.generator.chats.answer(row.answer)
        return Reply(text, row.finish, len(row.prompt), len(row.answer))


def _check_path(path: str) -> None:
    """A file or folder that is not there would else be taken for a hub name."""
    looks_local = path.lower().endswith(GGUF) or path.startswith((".", "/", "~"))
    if looks_local and not Path(path).expanduser().exists():
        rule = "must be a folder or a GGUF file, or a hub name"
        raise FewnerError("path", rule, path, "Check the path.")


def _no_reply(error: str) -> Reply:
    return Reply("", finish="error", error=error)
