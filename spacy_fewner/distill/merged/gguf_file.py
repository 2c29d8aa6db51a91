"""A merged model as a GGUF file, made of the one that its base came in (package gguf)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import FewnerError

if TYPE_CHECKING:
    import numpy as np
    from transformers import PreTrainedModel

PERMUTED = "llama"  # llama.cpp keeps its query and key weights in another order of rows
KNOWN = (PERMUTED, "qwen2", "qwen3")
_TEMPLATE, _FILE_TYPE, _MOSTLY_F16 = "tokenizer.chat_template", "general.file_type", 1
_ENDS = (".weight", ".bias")
_NOT_COPIED = ("general.architecture", "general.quantization_version")  # the writer's own


def write_gguf(path: Path, like: Path, model: "PreTrainedModel", template: str) -> None:
    """The tensors of the model, matrices in float16, under the names and with the metadata of the
    GGUF file `like`; chats in the form of `template`.

    Raises FewnerError for an architecture whose order of weights is not known here, and for a model
    that lacks a tensor of the file.
    """
    from gguf import GGUFReader, GGUFWriter

    reader = GGUFReader(str(like))
    architecture = str(_value(reader, "general.architecture"))
    check_architecture(architecture, like)
    writer = GGUFWriter(str(path), architecture)
    _copy_metadata(reader, writer, template)
    names = _names(architecture, model)
    for tensor in reader.tensors:
        weights = names.get(tensor.name)
        if weights is None:
            rule = "must have all tensors of the GGUF file that its base is"
            raise FewnerError("model", rule, f"no {tensor.name}", "Export without --gguf.")
        writer.add_tensor(tensor.name, _stored(weights, tensor.name, architecture, model.config))
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def check_architecture(architecture: str, like: Path) -> None:
    if architecture not in KNOWN:
        rule = f"must be a GGUF file of {', '.join(KNOWN)} to be written as one"
        remedy = "Export without --gguf, and run llama.cpp's convert_hf_to_gguf.py on that folder."
        raise FewnerError("base", rule, f"{like}, {architecture}", remedy)


def architecture_of(path: Path) -> str:
    from gguf import GGUFReader

    return str(_value(GGUFReader(str(path)), "general.architecture"))


def _value(reader: Any, name: str) -> Any:
    field = reader.get_field(name)
    return None if field is None else field.contents()


def _copy_metadata(reader: Any, writer: Any, template: str) -> None:
    from gguf import GGUFValueType

    changed = {_TEMPLATE: template, _FILE_TYPE: _MOSTLY_F16}
    for field in reader.fields.values():
        if field.name in _NOT_COPIED or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        value = changed.pop(field.name, None)
        writer.add_key_value(
            field.name, field.contents() if value is None else value, kind, sub_type=inner
        )
    if _TEMPLATE in changed:
        writer.add_chat_template(template)


def _names(architecture: str, model: "PreTrainedModel") -> dict[str, Any]:
    """The model's tensors by their names in GGUF."""
    from gguf import MODEL_ARCH, get_tensor_name_map

    arch = next(one for one in MODEL_ARCH if one.name.lower() == architecture)
    known = get_tensor_name_map(arch, model.config.num_hidden_layers)
    found = {known.get_name(name, _ENDS): value for name, value in model.state_dict().items()}
    return {name: value for name, value in found.items() if name}


def _stored(weights: Any, name: str, architecture: str, config: Any) -> "np.ndarray":
    import torch

    if architecture == PERMUTED and ".attn_q." in name:
        weights = _permuted(weights, config.num_attention_heads)
    elif architecture == PERMUTED and ".attn_k." in name:
        weights = _permuted(weights, config.num_key_value_heads)
    kind = torch.float16 if weights.dim() > 1 else torch.float32
    return weights.detach().to("cpu", kind).contiguous().numpy()


def _permuted(weights: Any, heads: int) -> Any:
    """From halves that are rotated together, as transformers has them, to pairs, as llama.cpp."""
    halves = weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
    return halves.transpose(1, 2).reshape(weights.shape)
