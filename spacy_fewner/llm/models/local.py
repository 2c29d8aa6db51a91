"""A GGUF file run in this process by llama.cpp (xllamacpp, the extra `local`): no server needed."""

import hashlib
import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import FewnerError, check_number
from ..types import Prompt, Reply
from .openai_answer import reply_of
from .retry import Transient

_MAGIC = b"GGUF"
_CHUNK = 1 << 20  # bytes hashed at a time
_TOO_LONG = "exceed_context_size_error"
_OURS = ("messages", "stream", "n", "response_format", "max_tokens", "seed", "stop")


class LocalModel:
    """Answers one prompt at a time; the reply must follow the prompt's grammar, or its schema.

    path: of a GGUF file with a chat template. It is loaded when first asked.
    context: tokens of prompt and reply together; 0 takes the model's own, which may be much memory.
    max_tokens: of a reply. temperature, top_p: None leaves them to llama.cpp.
    seed: a prompt's `sample` is added to it. stop: texts that end a reply.
    threads: None for one a core. gpu_layers: of the model's, on a GPU; -1 for all.
    reuse_prompts: keeps what a prompt has in common with the one before, which is faster; a reply
        may then differ in the last digits of its scores, and so in words, with what came before.
    extra: further fields of the request, as llama.cpp's server names them ("min_p", "grammar").

    Raises FewnerError when there is no such file, or it is no GGUF file.
    """

    concurrency = 1

    def __init__(
        self,
        path: str,
        *,
        context: int = 4096,
        max_tokens: int = 1024,
        temperature: float | None = None,
        top_p: float | None = None,
        seed: int = 0,
        stop: Sequence[str] = (),
        threads: int | None = None,
        gpu_layers: int = -1,
        reuse_prompts: bool = False,
        extra: Mapping[str, Any] | None = None,
    ):
        self._path = Path(path).expanduser()
        _check_file(self._path)
        _check_numbers(context=context, max_tokens=max_tokens, threads=threads)
        if temperature is not None:
            check_number("temperature", temperature, least=0)
        if top_p is not None:
            check_number("top_p", top_p, least=0, most=1)
        self._context, self._threads, self._gpu_layers = context, threads, gpu_layers
        self._seed = seed
        named = {
            "temperature": None if temperature is None else float(temperature),
            "top_p": None if top_p is None else float(top_p),
            "stop": list(stop) or None,
        }
        self._parameters = {
            "max_tokens": max_tokens,
            "cache_prompt": reuse_prompts,
            **{name: value for name, value in named.items() if value is not None},
            **_checked_extra(extra or {}),
        }
        self._identity: dict[str, Any] | None = None
        self._server: Any = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> Mapping[str, Any]:
        """The file's name and SHA-256 (read once: seconds a gigabyte), and the parameters.

        Neither threads nor GPU: they are about speed, though they can change a last digit.
        """
        if self._identity is None:
            self._identity = {
                "api": "gguf",
                "model": self._path.name,
                "sha256": _sha256(self._path),
                "context": self._context,
                "seed": self._seed,
                **self._parameters,
            }
        return self._identity

    @property
    def context_length(self) -> int:
        return self._context

    def ask(self, prompt: Prompt) -> Reply:
        """With `error` when the prompt does not fit into the context, or has half a character.

        Raises FewnerError without the extra `local`, or for a file that cannot be loaded.
        """
        with self._lock:
            if self._server is None:
                self._server = self._loaded()
            try:
                answer = self._server.handle_chat_completions(self._body(prompt))
            except (
                RuntimeError,
                ValueError,
            ) as err:  # what the request's own parts are at fault for
                return Reply("", finish="error", error=f"refused: {err}")
        error = answer.get("error")
        if error:
            return Reply("", finish="error", error=self._explained(error))
        try:
            return reply_of(json.dumps(answer).encode("ascii"))
        except Transient as err:
            return Reply("", finish="error", error=str(err))

    def close(self) -> None:
        """Free the model's memory; asking again loads it anew."""
        with self._lock:
            self._server = None

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        body: dict[str, Any] = {
            "messages": [{"role": m.role, "content": m.content} for m in prompt.messages],
            "seed": self._seed + prompt.sample,
            **self._parameters,
        }
        if prompt.grammar is not None:
            body["grammar"] = prompt.grammar
        elif prompt.schema is not None:
            schema = {"name": "reply", "schema": dict(prompt.schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body

    def _loaded(self) -> Any:
        try:
            import xllamacpp
        except ImportError as err:
            raise FewnerError(
                "model",
                "a GGUF file needs xllamacpp",
                str(err),
                "Run: pip install 'spacy-fewner[local]'",
            ) from err
        try:
            return xllamacpp.Server(self._settings(xllamacpp.CommonParams()))
        except RuntimeError as err:
            raise FewnerError(
                "path",
                "must be a GGUF file that llama.cpp can load",
                f"{self._path}: {err}",
                "Is the file whole, its architecture known to the installed xllamacpp, and the "
                "memory enough for it? A smaller context takes less.",
            ) from err

    def _settings(self, params: Any) -> Any:
        params.model.path = str(self._path)
        params.n_ctx, params.n_parallel = self._context, 1
        params.n_gpu_layers = self._gpu_layers
        if self._threads:
            params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        params.warmup = params.ui = False
        params.verbosity = -1
        # It listens on a loopback port whether asked to or not: nobody else shall use it.
        params.api_keys = [secrets.token_hex(16)]
        return params

    def _explained(self, error: Mapping[str, Any]) -> str:
        if error.get("type") != _TOO_LONG:
            return f"refused: {error.get('message')}"
        rule = f"must fit into the context of {error.get('n_ctx')} tokens"
        found = f"{error.get('n_prompt_tokens')} tokens"
        return str(FewnerError("prompt", rule, found, "Raise context, or shorten the texts."))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as err:
        raise FewnerError(
            "path", "must be a GGUF file", f"{path}: {err.strerror}", "Check the path."
        ) from err
    if magic != _MAGIC:
        raise FewnerError(
            "path",
            f"must be a GGUF file, which begins with {_MAGIC.decode()}",
            f"{path}, which begins with {magic!r}",
            "Download the model in GGUF form, or convert it with llama.cpp's convert_hf_to_gguf.",
        )


def _check_numbers(*, context: int, max_tokens: int, threads: int | None) -> None:
    rules = {"context": (context, 0), "max_tokens": (max_tokens, 1), "threads": (threads, 1)}
    for name, (value, least) in rules.items():
        if value is not None and value < least:
            raise FewnerError(name, f"must be {least} or more", value, "Leave it out.")


def _checked_extra(extra: Mapping[str, Any]) -> dict[str, Any]:
    for name in extra:
        if name in _OURS:
            raise FewnerError("extra", "must not hold what is set elsewhere", name, "Take it out.")
    return dict(extra)
