"""The config of a stored encoder: what it may say, and an encoder built from it."""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModel

from ...errors import FewnerError
from ..base import without_pooler
from ..shims.tensors import check_tensors
from ..stored import REMEDY, reading

# Not of the encoder itself: code, other models, and names of classes, of which transformers makes
# as many as a number says.
_LEFT_OUT = (
    *("auto_map", "num_labels", "id2label", "label2id", "attn_implementation"),
    *("quantization_config", "trust_remote_code"),
)
_REPEATED = re.compile(r"layers?$|^(n|num)_.*(layer|group|block|expert)s?$|^block_sizes$")
MOST_BUFFER_BYTES = 2**30  # what an encoder computes of its sizes alone, such as masks
OTHER_VERSION = "Load it with the version of transformers that wrote it."


def portable_config(transformer: Any) -> dict[str, Any]:
    """The encoder's config without the folder it happened to be read from."""
    config = transformer.config.to_dict()
    config.pop("_name_or_path", None)
    return config


def write_config(folder: Path, config: dict[str, Any]) -> None:
    """Write config.json, without what would lead elsewhere.

    Raises FewnerError for a config that names other models.
    """
    for name in _names(config):
        if "backbone" in name:
            rule = "must name no other model"
            raise FewnerError("encoder", f"its config {rule}", name, "Use another base encoder.")
    kept = {
        name: value
        for name, value in config.items()
        if name not in _LEFT_OUT and not name.startswith("_")
    }
    # Not srsly.write_json: it writes 1e-12, BERT's layer_norm_eps, as 0.0.
    (folder / "config.json").write_text(json.dumps(kept), encoding="utf8")


def _names(config: Any) -> Iterator[str]:
    if isinstance(config, dict):
        for name, value in config.items():
            yield str(name)
            yield from _names(value)


def build_from_config(config: dict[str, Any], state: dict[str, torch.Tensor]) -> torch.nn.Module:
    """An encoder from what `portable_config` and its weights say, with no other files.

    Raises FewnerError when the weights do not fit. Until they do, nothing of the sizes that the
    config names takes memory.
    """
    _check_repeated(config, len(state))
    with tempfile.TemporaryDirectory() as folder:
        write_config(Path(folder), config)
        with reading("encoder"):
            hf_config = AutoConfig.from_pretrained(
                folder, trust_remote_code=False, local_files_only=True
            )
            with torch.device("meta"):
                planned = _encoder(hf_config)
    check_tensors("encoder", state, planned.state_dict(), OTHER_VERSION)
    _check_buffers(planned)
    with reading("encoder"):
        model = _encoder(hf_config)
        model.load_state_dict(state)
    return model


def _encoder(hf_config: Any) -> torch.nn.Module:
    return without_pooler(AutoModel.from_config(hf_config, trust_remote_code=False)).float()


def _check_repeated(config: dict[str, Any], n_tensors: int) -> None:
    """Each layer has a tensor at least. A million would take hours to build, memory or not."""
    for name, value in config.items():
        numbers = value if isinstance(value, list) else [value]
        whole = [one for one in numbers if type(one) is int]
        if _REPEATED.search(str(name)) and sum(whole) > n_tensors:
            rule = f"{name} must fit its {n_tensors} stored tensors"
            raise FewnerError("encoder", rule, value, REMEDY)


def _check_buffers(model: torch.nn.Module) -> None:
    total = sum(one.numel() * one.element_size() for one in model.buffers())
    if total > MOST_BUFFER_BYTES:
        rule = f"must need {MOST_BUFFER_BYTES >> 20} MB beside its weights at most"
        raise FewnerError("encoder", rule, f"{total >> 20} MB", REMEDY)
