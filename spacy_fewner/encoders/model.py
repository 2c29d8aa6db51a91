"""The encoder as a Thinc model: documents in, one TransformerData per document out."""

import copy
import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from spacy.tokens import Doc
from thinc.api import torch2xp
from thinc.types import Floats2d, Ints2d, Ragged
from transformers.modeling_outputs import BaseModelOutput

from .base import Base
from .compat import (
    FullTransformerBatch,
    HFObjects,
    TransformerData,
    TransformerModel,
    WordpieceBatch,
    replace_listener,
)
from .inputs.batching import Batch, make_batch
from .inputs.windows import StridedWindows
from .lora.lora_shim import LoraHFShim
from .settings import LoraSettings
from .stored import StoredModel

logger = logging.getLogger(__name__)

# Padded word pieces that go through the encoder at once: bounds memory on long documents,
# and rows of like length go together, which saves padding. On one CPU thread, MiniLM on CrossNER AI
# read 1,388 words a CPU-second in groups of 4096 pieces, 2,194 of 1536, 2,523 of 768.
PIECES_AT_ONCE = {"cpu": 768, "cuda": 16384}


class LoraTransformerModel(StoredModel, TransformerModel):
    """spacy-transformers' model with the LoRA shim and with windows of word pieces."""

    def __init__(
        self,
        settings: LoraSettings,
        get_spans: Callable | None = None,
        tokenizer_config: dict[str, Any] | None = None,
        transformer_config: dict[str, Any] | None = None,
        mixed_precision: bool = False,
        grad_scaler_config: dict[str, Any] | None = None,
    ):
        super().__init__(settings.name, get_spans or StridedWindows())
        self._func = forward
        self.init = init
        self.layers[0]._shims[0] = LoraHFShim(
            settings,
            tokenizer_config or {},
            transformer_config or {},
            mixed_precision,
            grad_scaler_config,
        )
        self.attrs["set_transformer"] = set_transformer
        self.attrs["replace_listener"] = replace_listener
        self.attrs["replace_listener_cfg"] = replace_listener_cfg

    @property
    def shim(self) -> LoraHFShim:
        return cast(LoraHFShim, self.layers[0].shims[0])

    def copy(self) -> "LoraTransformerModel":
        """A copy with weights and ids of its own."""
        copied = LoraTransformerModel(self.shim.settings, self.attrs["get_spans"])
        copied.layers[0]._shims[0] = self.shim.copy()
        copied._dims = copy.deepcopy(self._dims)
        copied.attrs["has_transformer"] = self.attrs["has_transformer"]
        return copied


class WindowBatch(FullTransformerBatch):
    """A batch that knows its documents' rows, and so splits without asking each token."""

    def __init__(self, batch: Batch, wordpieces: WordpieceBatch, hidden: torch.Tensor):
        """hidden: (n_rows, width, n_hidden)."""
        self.rows_per_doc = [len(rows) for rows in batch.rows]
        self.tokens_per_doc = [len(rows[0].region.doc) if rows else 0 for rows in batch.rows]
        super().__init__(
            spans=[[row.span for row in rows] for rows in batch.rows],
            wordpieces=wordpieces,
            model_output=_output(hidden),
            align=batch.align,
        )

    def split_by_doc(self) -> list[TransformerData]:
        hidden = torch2xp(self.model_output["last_hidden_state"])
        datas = []
        row = token = piece = 0
        for n_rows, n_tokens in zip(self.rows_per_doc, self.tokens_per_doc, strict=True):
            lengths = self.align.lengths[token : token + n_tokens]
            pieces = self.align.dataXd[piece : piece + lengths.sum()]
            rows = slice(row, row + n_rows)
            datas.append(self._doc_data(rows, hidden, Ragged(pieces, lengths)))
            row, token, piece = row + n_rows, token + n_tokens, piece + len(pieces)
        return datas

    def _doc_data(self, rows: slice, hidden: Any, align: Ragged) -> TransformerData:
        if rows.start == rows.stop:
            return TransformerData.empty()
        before = rows.start * self.wordpieces.input_ids.shape[1]
        return TransformerData(
            wordpieces=self.wordpieces[rows],
            model_output=_output(hidden[rows]),
            align=Ragged(align.dataXd - before, align.lengths),
        )

    def unsplit_by_doc(self, arrays: list[list[Any]]) -> FullTransformerBatch:
        return super().unsplit_by_doc(arrays) if arrays else self


def set_transformer(model: LoraTransformerModel, hf_model: HFObjects, base: Base) -> None:
    """Give the model its base encoder, adapted as the settings say."""
    model.shim.adopt(base, hf_model)
    model.attrs["has_transformer"] = True
    model.set_dim("nO", hf_model.transformer.config.hidden_size)
    windows, limit = model.attrs["get_spans"], model.shim.reader.rules.limit
    if isinstance(windows, StridedWindows) and windows.window > limit:
        logger.warning(
            "Windows of %d word pieces are lowered to the encoder's %d.", windows.window, limit
        )


def init(model: LoraTransformerModel, X: Any = None, Y: Any = None) -> None:
    if not model.attrs["has_transformer"]:
        base, loaded = model.shim.find_base()
        model.attrs["set_transformer"](model, loaded, base)


def forward(
    model: LoraTransformerModel, docs: Sequence[Doc], is_train: bool
) -> tuple[WindowBatch, Callable[[FullTransformerBatch], Sequence[Doc]]]:
    batch = make_batch(docs, model.shim.reader, model.attrs["get_spans"])
    wordpieces = _wordpieces(batch, model.tokenizer)
    # Not the layer's own size: that stands in a stored file beside the encoder.
    shape = (*batch.input_ids.shape, model.shim.width)
    hidden = torch.zeros(shape, device=model.shim.device)
    passes = []
    for rows in batch.groups(_pieces_at_once(hidden.device)):
        output, backprop = model.layers[0](_take(wordpieces, rows), is_train)
        state = output.last_hidden_state.detach()
        hidden[rows, : state.shape[1]] = state.float()
        passes.append((rows, state.shape[1], backprop))

    def backprop_transformer(d_output: FullTransformerBatch) -> Sequence[Doc]:
        if passes:
            (d_hidden,) = d_output.model_output.values()
            for rows, width, backprop in passes:
                backprop(_output(d_hidden[rows, :width].contiguous()))
        return docs

    return WindowBatch(batch, wordpieces, hidden), backprop_transformer


def _output(hidden: Any) -> BaseModelOutput:
    return BaseModelOutput(last_hidden_state=hidden)


def _pieces_at_once(device: torch.device) -> int:
    return PIECES_AT_ONCE.get(device.type, PIECES_AT_ONCE["cpu"])


def _wordpieces(batch: Batch, tokenizer: Any) -> WordpieceBatch:
    inputs = batch.inputs(range(len(batch.lengths))) if batch.lengths else {}
    mask = inputs.get("attention_mask", batch.input_ids)
    return WordpieceBatch(
        strings=[tokenizer.convert_ids_to_tokens(row) for row in batch.input_ids.tolist()],
        input_ids=cast(Ints2d, batch.input_ids),
        attention_mask=cast(Floats2d, mask.astype("float32")),
        lengths=batch.lengths,
        token_type_ids=cast(Ints2d, inputs.get("token_type_ids")),
    )


def _take(wordpieces: WordpieceBatch, rows: list[int]) -> WordpieceBatch:
    width = max(wordpieces.lengths[row] for row in rows)
    types = wordpieces.token_type_ids
    return WordpieceBatch(
        strings=[wordpieces.strings[row][:width] for row in rows],
        input_ids=wordpieces.input_ids[rows, :width],
        attention_mask=wordpieces.attention_mask[rows, :width],
        lengths=[wordpieces.lengths[row] for row in rows],
        token_type_ids=None if types is None else types[rows, :width],
    )


def replace_listener_cfg(transformer_cfg: dict, listener_cfg: dict) -> dict:
    """The config of a component whose listener became a copy of the encoder."""
    result = dict(transformer_cfg)
    if "TransformerListener" in listener_cfg["@architectures"]:
        result["@architectures"] = "spacy-fewner.LoraTok2Vec.v1"
        result["pooling"] = listener_cfg["pooling"]
        result["grad_factor"] = listener_cfg.get("grad_factor", 1.0)
    return result
