"""The encoder in the form of spacy-transformers, for its component `transformer`."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from spacy.tokens import Doc
from thinc.api import Model, chain, torch2xp
from thinc.types import Floats2d, Ints2d, Ragged
from transformers.modeling_outputs import BaseModelOutput

from . import model as encoder
from .inputs.batching import Batch
from .trf import FullTransformerBatch, TransformerData, WordpieceBatch, split_trf_batch


class LoraTransformerModel(encoder.LoraEncoder):
    """Model[list[Doc], FullTransformerBatch]."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._func = forward
        self.attrs["replace_listener"] = replace_listener
        self.attrs["replace_listener_cfg"] = replace_listener_cfg


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


def forward(
    model: LoraTransformerModel, docs: Sequence[Doc], is_train: bool
) -> tuple[WindowBatch, Callable[[FullTransformerBatch], Sequence[Doc]]]:
    read, backprop = encoder.forward(model, docs, is_train)

    def backprop_transformer(d_output: FullTransformerBatch) -> Sequence[Doc]:
        (d_hidden,) = d_output.model_output.values()
        return backprop(torch2xp(d_hidden))

    wordpieces = _wordpieces(read.batch, model.tokenizer)
    return WindowBatch(read.batch, wordpieces, read.hidden), backprop_transformer


def _output(hidden: Any) -> BaseModelOutput:
    return BaseModelOutput(last_hidden_state=hidden)


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


def replace_listener(model: Model) -> Model:
    """A listener's place, taken by a copy of the encoder."""
    return chain(model, split_trf_batch())


def replace_listener_cfg(transformer_cfg: dict, listener_cfg: dict) -> dict:
    """The config of a component whose listener became a copy of the encoder."""
    result = dict(transformer_cfg)
    if "TransformerListener" in listener_cfg["@architectures"]:
        result["@architectures"] = "spacy-fewner.LoraTok2Vec.v1"
        result["pooling"] = listener_cfg["pooling"]
        result["grad_factor"] = listener_cfg.get("grad_factor", 1.0)
    return result
