"""A tuned model as one that any server takes: the adapter merged into its base."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from ...data.files import atomic_write
from ...errors import FewnerError
from ...fitting.folder import free_folder, whole_folder
from ...llm.tuned.base import GGUF, fingerprint, load_base, load_tokenizer
from ...llm.tuned.card import TunedCard, read_card
from ...llm.tuned.chats import Chats
from ...llm.tuned.opened import base_of
from ...llm.tuned.shared import check_fingerprint, with_adapter
from .gguf_file import architecture_of, check_architecture, write_gguf

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Stored = Literal["auto", "float32", "bfloat16", "float16"]
GGUF_NAME = "model.gguf"
MERGED = "merged.json"  # tells a folder that was written here from any other model's


@dataclass(frozen=True)
class Exported:
    """folder: as save_pretrained writes it. gguf: the file in it, if one was asked for."""

    folder: Path
    gguf: Path | None


def export_merged(
    model: str | Path,
    out: str | Path,
    *,
    base: str = "",
    stored: Stored = "auto",
    gguf: bool = False,
    overwrite: bool = False,
) -> Exported:
    """Write a tuned model without its adapter's own files, in a folder for transformers and vLLM.

    model: folder that `distill` wrote. base: where its base is now, if not where its card says.
    stored: type of the weights; "auto" is that of the base's own files, float16 for a GGUF file.
    gguf: also write `model.gguf`, where the base is a GGUF file of llama, qwen2 or qwen3.
    Raises FewnerError for a folder that is none, a base that is another one, or a GGUF file that
    cannot be made; before anything is written.
    """
    if stored not in get_args(Stored):
        rule = f"must be one of {', '.join(get_args(Stored))}"
        raise FewnerError("stored", rule, stored, 'Use "auto".')
    card = read_card(model)
    named = base_of(card, str(model), base) if card.is_adapter or gguf else ""
    like = _gguf_base(named) if gguf else None
    place = free_folder(out, overwrite, "a merged model", (MERGED,))
    merged = merged_model(Path(model), card, named)
    tokenizer = load_tokenizer(str(model))
    Chats(tokenizer)  # says so where there is no template for chats
    with whole_folder(place) as folder:
        if like:
            write_gguf(folder / GGUF_NAME, like, merged, str(tokenizer.chat_template))
        _save(merged, tokenizer, _stored_type(stored, named or str(model), card), folder)
        told = {"base": card.base, "prompts": card.prompts}
        atomic_write(folder / MERGED, json.dumps(told, indent=1).encode("utf8"))
    return Exported(place, place / GGUF_NAME if like else None)


def merged_model(folder: Path, card: TunedCard, base: str) -> "PreTrainedModel":
    """In float32. Raises FewnerError for an adapter of another base."""
    if not card.is_adapter:
        return load_base(str(folder)).model
    loaded = load_base(base, card.revision)
    check_fingerprint(folder, card, fingerprint(loaded.model), base)
    return with_adapter(loaded.model, folder).merge_and_unload()


def _gguf_base(base: str) -> Path:
    path = Path(base).expanduser()
    if not base.lower().endswith(GGUF):
        rule = "must be a GGUF file to write another one like it"
        remedy = "Export without --gguf, and run llama.cpp's convert_hf_to_gguf.py on that folder."
        raise FewnerError("base", rule, base, remedy)
    check_architecture(architecture_of(path), path)
    return path


def _stored_type(stored: Stored, base: str, card: TunedCard) -> Any:
    import torch
    from transformers import AutoConfig

    if stored != "auto":
        return getattr(torch, stored)
    if base.lower().endswith(GGUF):
        return torch.float16
    revision = {"revision": card.revision} if card.revision and not Path(base).is_dir() else {}
    return AutoConfig.from_pretrained(base, **revision).torch_dtype or torch.float16


def _save(
    model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", kind: Any, folder: Path
) -> None:
    model.to(kind).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
