"""Causal language models to tune and to serve: a hub name, a folder, or a GGUF file."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.installed import needs_training
from ...errors import FewnerError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

GGUF = ".gguf"
_SAMPLED = 1024  # values of a tensor that its fingerprint looks at
REMEDY = "Give a hub name, a folder that save_pretrained wrote, or a .gguf file."


@dataclass(frozen=True)
class Base:
    """model: on its device, in evaluation mode. tokenizer: pads on the left, with a pad token."""

    name: str
    revision: str
    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"


def load_base(
    name: str,
    revision: str = "",
    dtype: "torch.dtype | None" = None,
    device: str = "cpu",
    **how: Any,
) -> Base:
    """name: hub name, folder, or .gguf file, whose weights are dequantised (package gguf).
    dtype: None for float32. how: further arguments of from_pretrained, such as
    quantization_config. Raises FewnerError without the extra [train], or where nothing can be
    loaded."""
    needs_training("model")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if (Path(name) / "adapter_config.json").is_file():
        remedy = "Give the model that it was tuned on."
        raise FewnerError("base", "must be a whole model", f"{name}, an adapter", remedy)
    where, named = _where(name, revision)
    with _loading(name):
        tokenizer = AutoTokenizer.from_pretrained(where, **named)
        model = AutoModelForCausalLM.from_pretrained(
            where, torch_dtype=dtype or torch.float32, **named, **how
        )
    _prepare(tokenizer)
    if name.lower().endswith(GGUF):
        _as_plain(model)
    return Base(name, revision, model.to(device).eval() if not how else model.eval(), tokenizer)


def load_tokenizer(name: str, revision: str = "") -> "PreTrainedTokenizerBase":
    """The same tokenizer alone."""
    needs_training("model")
    from transformers import AutoTokenizer

    where, named = _where(name, revision)
    with _loading(name):
        tokenizer = AutoTokenizer.from_pretrained(where, **named)
    _prepare(tokenizer)
    return tokenizer


def fingerprint(model: "torch.nn.Module") -> str:
    """SHA-256 over the base's tensors, without adapters: names, shapes, and values at even steps as
    bfloat16, so that it is the same whatever type the weights were loaded in."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(_base_tensors(model)):
        flat = tensor.detach().reshape(-1)
        values = flat[:: max(1, flat.numel() // _SAMPLED)][:_SAMPLED].to("cpu", torch.bfloat16)
        digest.update(f"{name}|{tuple(tensor.shape)}|".encode())
        digest.update(values.view(torch.int16).numpy().tobytes())
    return digest.hexdigest()


def _base_tensors(model: "torch.nn.Module") -> Iterator[tuple[str, "torch.Tensor"]]:
    for name, tensor in model.named_parameters():
        if ".lora_" not in name:
            plain = name.replace(".base_layer.", ".").removeprefix("base_model.model.")
            yield plain, tensor


def _where(name: str, revision: str) -> tuple[str, dict[str, Any]]:
    path = Path(name).expanduser()
    if name.lower().endswith(GGUF):
        if not path.is_file():
            raise FewnerError("base", "must be a GGUF file", name, "Check the path.")
        return str(path.parent), {"gguf_file": path.name}
    if path.is_dir():
        return str(path), {}
    return name, {"revision": revision} if revision else {}


@contextmanager
def _loading(name: str) -> Iterator[None]:
    """Whatever damaged files make their parsers raise is said in one line, and nothing else is."""
    try:
        with _quiet(is_gguf=name.lower().endswith(GGUF)):
            yield
    except Exception as err:
        rule = "must be a causal language model that transformers can load"
        raise FewnerError("base", rule, f"{name}: {err}", REMEDY) from err


@contextmanager
def _quiet(is_gguf: bool) -> Iterator[None]:
    """Without advice on tokenizers, and without the bar that transformers shows for each GGUF file
    and that no setting turns off."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        with redirect_stderr(StringIO()) if is_gguf else nullcontext():
            yield
    finally:
        logging.set_verbosity(before)


def _as_plain(model: Any) -> None:
    """Its weights are no longer of few bits; transformers 5 would still refuse to write them."""
    model.hf_quantizer, model.is_quantized = None, False
    if getattr(model.config, "quantization_config", None) is not None:
        del model.config.quantization_config


def _prepare(tokenizer: "PreTrainedTokenizerBase") -> None:
    tokenizer.padding_side = "left"
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
