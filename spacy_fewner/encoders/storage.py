"""Bytes of an encoder's parts: tensors as safetensors, tokenizer files compressed."""

import tempfile
import zlib
from pathlib import Path
from typing import Any

import srsly
import torch
from safetensors.torch import load, save
from transformers import AutoConfig, AutoModel, AutoTokenizer

from .base import without_pooler


def pack_tensors(state: dict[str, torch.Tensor]) -> bytes:
    return save({name: tensor.cpu().contiguous() for name, tensor in state.items()})


def unpack_tensors(data: bytes) -> dict[str, torch.Tensor]:
    return load(data)


def pack_tokenizer(tokenizer: Any) -> dict[str, Any]:
    """The files that `save_pretrained` writes, each zlib-compressed."""
    # A fast tokenizer is whole in tokenizer.json; the older vocabulary files double its size.
    legacy_format = False if tokenizer.is_fast else None
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder, legacy_format=legacy_format)
        files = {
            path.name: zlib.compress(path.read_bytes(), 9)
            for path in sorted(Path(folder).iterdir())
            if path.is_file()
        }
    return {"use_fast": tokenizer.is_fast, "files": files}


def unpack_tokenizer(packed: dict[str, Any], config: dict[str, Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        # AutoTokenizer reads the model's config for tokenizers that do not name their class.
        srsly.write_json(Path(folder) / "config.json", config)
        for name, data in packed["files"].items():
            (Path(folder) / name).write_bytes(zlib.decompress(data))
        return AutoTokenizer.from_pretrained(folder, use_fast=packed["use_fast"])


def build_from_config(config: dict[str, Any]) -> torch.nn.Module:
    """An encoder of the right shape without weights worth anything yet."""
    with tempfile.TemporaryDirectory() as folder:
        srsly.write_json(Path(folder) / "config.json", config)
        hf_config = AutoConfig.from_pretrained(folder)
    return without_pooler(AutoModel.from_config(hf_config)).float()
