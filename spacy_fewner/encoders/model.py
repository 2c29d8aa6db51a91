"""The encoder as a Thinc model: documents in, vectors of their word pieces out."""

import copy
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from spacy.tokens import Doc
from thinc.api import ArgsKwargs, Model, xp2torch

from .base import Base, Loaded
from .inputs.batching import Batch, make_batch
from .inputs.windows import StridedWindows
from .lora.lora_shim import LoraHFShim
from .settings import LoraSettings
from .stored import StoredModel

logger = logging.getLogger(__name__)

# Padded word pieces that go through the encoder at once: bounds memory on long documents,
# and rows of like length go together, which saves padding. On one CPU thread, MiniLM on CrossNER AI
# read 1,388 words a CPU-second in groups of 4096 pieces, 2,194 of 1536, 2,523 of 768. Where nothing
# trains, 512 are 1 to 4 % faster still; a training keeps its groups, which its dropout depends on.
PIECES_AT_ONCE = {"cpu": 768, "cuda": 16384}
PREDICTED_AT_ONCE = {"cpu": 512, "cuda": 16384}


@dataclass(frozen=True, slots=True)
class PieceVectors:
    """What the encoder says of some documents.

    hidden: (n_rows, width, nO), of the batch's rows; zeros in their padding.
    """

    docs: Sequence[Doc]
    batch: Batch
    hidden: torch.Tensor


class LoraEncoder(StoredModel):
    """Model[list[Doc], PieceVectors]. Its layers have the names and sizes of spacy-transformers'
    TransformerModel, as which version 0.1.0 stored them."""

    def __init__(
        self,
        settings: LoraSettings,
        get_spans: Callable | None = None,
        tokenizer_config: dict[str, Any] | None = None,
        transformer_config: dict[str, Any] | None = None,
        mixed_precision: bool = False,
        grad_scaler_config: dict[str, Any] | None = None,
    ):
        shim = LoraHFShim(
            settings,
            tokenizer_config or {},
            transformer_config or {},
            mixed_precision,
            grad_scaler_config,
        )
        rows: Model = Model("hf-pytorch", read_rows, shims=[shim], dims={"nI": None, "nO": None})
        super().__init__(
            "transformer",
            forward,
            init=init,
            layers=[rows],
            dims={"nO": None},
            attrs={
                "get_spans": get_spans or StridedWindows(),
                "name": settings.name,
                "set_transformer": set_transformer,
                "has_transformer": False,
                "flush_cache_chance": 0.0,  # is in the files of 0.1.0
            },
        )

    @property
    def shim(self) -> LoraHFShim:
        return cast(LoraHFShim, self.layers[0].shims[0])

    @property
    def tokenizer(self) -> Any:
        """Of transformers; None before there is one."""
        return self.shim.tokenizer

    @property
    def transformer(self) -> Any:
        """The encoder itself; None before there is one."""
        return self.shim._model

    def _copy(self, seen: dict[int, Any] | None = None) -> "LoraEncoder":
        """A copy with weights and ids of its own."""
        copied = type(self)(self.shim.settings, self.attrs["get_spans"])
        copied.layers[0]._shims[0] = self.shim.copy()
        copied._dims = copy.deepcopy(self._dims)
        copied.attrs["has_transformer"] = self.attrs["has_transformer"]
        return copied


def set_transformer(model: LoraEncoder, loaded: Loaded, base: Base) -> None:
    """Give the model its base encoder, adapted as the settings say."""
    model.shim.adopt(base, loaded)
    model.attrs["has_transformer"] = True
    model.set_dim("nO", model.shim.width)
    windows, limit = model.attrs["get_spans"], model.shim.reader.rules.limit
    if isinstance(windows, StridedWindows) and windows.window > limit:
        logger.warning(
            "Windows of %d word pieces are lowered to the encoder's %d.", windows.window, limit
        )


def init(model: LoraEncoder, X: Any = None, Y: Any = None) -> None:
    if not model.attrs["has_transformer"]:
        base, loaded = model.shim.find_base()
        model.attrs["set_transformer"](model, loaded, base)


def forward(
    model: LoraEncoder, docs: Sequence[Doc], is_train: bool
) -> tuple[PieceVectors, Callable[[Any], Sequence[Doc]]]:
    batch = make_batch(docs, model.shim.reader, model.attrs["get_spans"])
    hidden, backprop = _read(model, batch, is_train)

    def backprop_docs(d_hidden: Any) -> Sequence[Doc]:
        backprop(xp2torch(d_hidden, device=hidden.device))
        return docs

    return PieceVectors(docs, batch, hidden), backprop_docs


def _read(
    model: LoraEncoder, batch: Batch, is_train: bool
) -> tuple[torch.Tensor, Callable[[torch.Tensor], None]]:
    """All rows of a batch, group by group: (n_rows, width, nO)."""
    # Not the layer's own size: that stands in a stored file beside the encoder.
    shape = (*batch.input_ids.shape, model.shim.width)
    hidden = torch.zeros(shape, device=model.shim.device)
    passes = []
    sizes = PIECES_AT_ONCE if is_train else PREDICTED_AT_ONCE
    for rows in batch.groups(sizes.get(hidden.device.type, sizes["cpu"])):
        state, backprop = model.layers[0](batch.inputs(rows), is_train)
        hidden[rows, : state.shape[1]] = state.float()
        passes.append((rows, state.shape[1], backprop))

    def backprop_rows(d_hidden: torch.Tensor) -> None:
        for rows, width, backprop in passes:
            backprop(d_hidden[rows, :width].contiguous())

    return hidden, backprop_rows


def read_rows(
    layer: Model, inputs: dict[str, Any], is_train: bool
) -> tuple[torch.Tensor, Callable[[torch.Tensor], None]]:
    """One pass. inputs: of `Batch.inputs`."""
    shim = cast(LoraHFShim, layer.shims[0])
    tensors = {name: torch.from_numpy(own).to(shim.device) for name, own in inputs.items()}
    output, backprop = shim(ArgsKwargs(args=(), kwargs=tensors), is_train)
    state = output.last_hidden_state

    def backprop_state(d_state: torch.Tensor) -> None:
        backprop(ArgsKwargs(args=((state,),), kwargs={"grad_tensors": (d_state,)}))

    return state.detach(), backprop_state
