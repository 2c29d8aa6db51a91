"""What an encoder's file holds: tensors, tokenizer, config, and the reference to its base."""

import json
import tempfile
import zlib
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer

from ...errors import FewnerError
from ..base import Base, without_pooler
from ..settings import LoraSettings


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
        _write_config(folder, config)
        for name, data in packed["files"].items():
            (Path(folder) / name).write_bytes(zlib.decompress(data))
        return AutoTokenizer.from_pretrained(folder, use_fast=packed["use_fast"])


def _write_config(folder: str, config: dict[str, Any]) -> None:
    # Not srsly.write_json: it writes 1e-12, BERT's layer_norm_eps, as 0.0.
    (Path(folder) / "config.json").write_text(json.dumps(config), encoding="utf8")


def portable_config(transformer: Any) -> dict[str, Any]:
    """The encoder's config without the folder it happened to be read from."""
    config = transformer.config.to_dict()
    config.pop("_name_or_path", None)
    return config


def build_from_config(config: dict[str, Any], state: dict[str, torch.Tensor]) -> torch.nn.Module:
    """An encoder from what `portable_config` and its weights say, with no other files.

    Raises FewnerError when the weights do not fit.
    """
    with tempfile.TemporaryDirectory() as folder:
        _write_config(folder, config)
        hf_config = AutoConfig.from_pretrained(folder)
    model = without_pooler(AutoModel.from_config(hf_config)).float()
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        remedy = "Load it with the version of transformers that wrote it."
        shown = str(error).splitlines()[-1].strip()
        raise FewnerError("model", "stored weights must fit the encoder", shown, remedy) from error
    return model


def base_record(base: Base, base_hash: str) -> dict[str, str]:
    """How an adapter refers to its base: never by where this machine keeps it."""
    return {
        "name": base.name,
        "kind": base.kind,
        "revision": base.revision,
        "hash": base_hash,
    }


def check_base(stored: dict[str, str], base: Base, found_hash: str) -> None:
    """Raises FewnerError when a base is not the one that `base_record` noted."""
    if found_hash == stored["hash"]:
        return
    shown = f"{base.name} with weights {found_hash[:12]}…"
    rule = f"the adapter was trained on {stored['name']} with weights {stored['hash'][:12]}…"
    remedy = "Install that version of the base encoder, or set the config's `name` to it."
    raise FewnerError("adapter on another base", rule, shown, remedy)


def lora_record(settings: LoraSettings, targets: list[str]) -> dict[str, Any]:
    """The settings that decide an adapter's shape and effect."""
    return {
        "trainable": settings.trainable,
        "rank": settings.rank,
        "alpha": settings.alpha,
        "dropout": settings.dropout,
        "train_norms": settings.train_norms,
        "targets": targets,
    }
