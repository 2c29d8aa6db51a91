"""The exported form of a LoRA encoder, and of the base that it adapts."""

from typing import TYPE_CHECKING

from ...encoders.lora import configs
from ...encoders.shims.tensors import unpack_tensors
from ..encoder import ENCODER, EncoderShim
from ..graph import Graph
from .tracing import encoder_graph, require_fast

if TYPE_CHECKING:
    from ...encoders.lora.lora_shim import LoraHFShim


def exported_encoder(shim: "LoraHFShim", with_base: bool) -> EncoderShim:
    """The encoder with its adapter folded in, in full precision. with_base: and without it."""
    require_fast(shim.reader)
    config = configs.portable_config(shim._model)
    folded = configs.build_from_config(config, unpack_tensors(shim.whole_message()["state"]))
    made = EncoderShim()
    made.reader, made.width = shim.reader, shim.width
    made.graph = Graph(encoder_graph(folded, shim.reader), ENCODER)
    if with_base:
        made.base = Graph(encoder_graph(_base(shim), shim.reader), ENCODER)
    return made


def _base(shim: "LoraHFShim"):
    """As it was published: what new labels are read with."""
    from ...encoders.base import load_base, resolve_base

    base = resolve_base(shim.settings.name, shim.settings.revision)
    return load_base(base, {}, {}).transformer.eval()
