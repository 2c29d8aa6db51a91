"""From what an encoder has stored to the encoder itself, checked before it is taken in."""

from dataclasses import dataclass, field
from typing import Any

import torch

from ..base import Base, Loaded, load_base, resolve_base, weights_hash
from ..settings import LoraSettings
from ..shims.tensors import check_tensors, unpack_tensors
from . import adapters, configs, storage, tokenizers


@dataclass(frozen=True)
class Restored:
    """loaded: without its adapter. base, base_hash: that it refers to. targets: of the adapter.
    state: the adapter's tensors."""

    loaded: Loaded
    settings: LoraSettings
    base: Base | None = None
    base_hash: str = ""
    targets: list[str] = field(default_factory=list)
    state: dict[str, torch.Tensor] = field(default_factory=dict)


def restored(settings: LoraSettings, msg: dict[str, Any]) -> Restored:
    """settings: of the config. msg: of `storage.read_message`.

    Raises FewnerError when an adapter's base cannot be found, or is not the one that it was trained
    on, and for tensors that are not those of the encoder.
    """
    if msg["mode"] == "adapter":
        return _adapter(settings, msg)
    model = configs.build_from_config(msg["config"], unpack_tensors(msg["state"], "encoder"))
    tokenizer = tokenizers.unpack_tokenizer(msg["tokenizer"], msg["config"])
    return Restored(Loaded(tokenizer, model, msg["tokenizer"]), settings)


def _adapter(settings: LoraSettings, msg: dict[str, Any]) -> Restored:
    stored = msg["base"]
    # The config's name comes first: a folder that has moved is mended there, and the
    # hash says whether it is the right one. Of the same name the stored commit does, since
    # the config's revision may be a branch that has moved.
    revisions = [settings.revision, stored["revision"]]
    if settings.name == stored["name"]:
        revisions.reverse()
    base = resolve_base(settings.name, revisions[0] or revisions[1])
    loaded = load_base(base, msg["_init_tokenizer_config"], msg["_init_transformer_config"])
    found = weights_hash(loaded.transformer)
    storage.check_base(stored, base, found)
    loaded.tokenizer = tokenizers.unpack_tokenizer(msg["tokenizer"], msg["config"])
    loaded.packed = msg["tokenizer"]
    settings, targets = storage.stored_settings(settings, msg["lora"])
    targets = targets if settings.mode == "lora" else []
    state = unpack_tensors(msg["state"], "adapter")
    expected = adapters.expected_state(loaded.transformer, settings, targets)
    check_tensors("adapter", state, expected, adapters.OTHER_VERSIONS)
    return Restored(loaded, settings, base, found, targets, state)
