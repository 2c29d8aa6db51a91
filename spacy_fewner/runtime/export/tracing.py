"""From a LoRA encoder to an ONNX graph of it, its adapter folded in."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.inputs.pieces import PieceReader
from ...errors import FewnerError
from .nodes import onnx

if TYPE_CHECKING:
    import torch

OPSET = 17
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def encoder_graph(transformer: "torch.nn.Module", reader: PieceReader) -> bytes:
    """Word pieces in, as `Batch.inputs` gives them, and (rows, pieces, width) vectors out.

    transformer: with no adapter, or with one that is folded in. reader: its own. Raises FewnerError
    for an encoder that cannot be exported, or whose graph gives other vectors.
    """
    import torch

    require_fast(reader)
    names = INPUTS if reader.rules.has_token_types else INPUTS[:2]
    sample = _sample(reader, names)
    with torch.no_grad(), _plain_attention(transformer):
        expected = _traceable(transformer, names)(*sample)
        graph = _exported(_traceable(transformer, names), sample, names)
    _check(graph, names, sample, expected)
    return graph


def require_fast(reader: Any) -> None:
    """Raises FewnerError for a tokenizer that is written in Python."""
    if not isinstance(reader, PieceReader) or not hasattr(reader.tokenizer, "to_str"):
        rule = "must be of the library tokenizers, to be read without transformers"
        remedy = "Train on an encoder that has a tokenizer.json."
        raise FewnerError("tokenizer", rule, type(reader).__name__, remedy)


def _traceable(transformer: "torch.nn.Module", names: tuple[str, ...]) -> "torch.nn.Module":
    import torch

    class Encoder(torch.nn.Module):
        """Arguments by their place, one tensor back: what an exporter can trace."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, *inputs: "torch.Tensor") -> "torch.Tensor":
            named = dict(zip(names, inputs, strict=True))
            return self.transformer(**named).last_hidden_state

    return Encoder().eval()


def _sample(reader: PieceReader, names: tuple[str, ...]) -> tuple["torch.Tensor", ...]:
    """Two rows of unlike lengths."""
    import torch

    rules = reader.rules
    most = min(6, rules.limit)
    long = rules.around([rules.filler_id] * most)
    short = rules.around([rules.filler_id])
    ids = torch.full((2, len(long)), rules.pad_id)
    mask = torch.zeros_like(ids)
    for row, own in enumerate((long, short)):
        ids[row, : len(own)] = torch.tensor(own)
        mask[row, : len(own)] = 1
    return (ids, mask, torch.zeros_like(ids))[: len(names)]


@contextmanager
def _plain_attention(transformer: Any) -> Iterator[None]:
    """Attention in single steps, which every runtime knows, while it is exported."""
    config = transformer.config
    before = getattr(config, "_attn_implementation", None)
    if before is not None:
        config._attn_implementation = "eager"
    try:
        yield
    finally:
        if before is not None:
            config._attn_implementation = before


def _exported(encoder: Any, sample: tuple, names: tuple[str, ...]) -> bytes:
    import torch

    onnx()
    file = io.BytesIO()
    axes = {name: {0: "rows", 1: "pieces"} for name in (*names, "hidden")}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                encoder,
                sample,
                file,  # type: ignore[arg-type]
                input_names=list(names),
                output_names=["hidden"],
                dynamic_axes=axes,
                opset_version=OPSET,
                dynamo=False,
            )
    except Exception as error:  # whatever the exporter raises
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        remedy = "Package it without --runtime onnx, or use an encoder of another family."
        raise FewnerError("encoder", "must be one that torch exports", said, remedy) from error
    return file.getvalue()


def _check(graph: bytes, names: tuple[str, ...], sample: tuple, expected: Any) -> None:
    """An exporter that takes a size of its sample for fixed gives other vectors for other texts."""
    from ..graph import Graph

    run = Graph(graph, "encoder").run
    given = {name: one.numpy() for name, one in zip(names, sample, strict=True)}
    shorter = {name: one[1:, :3] for name, one in given.items()}
    (hidden,), (alone,) = run(given), run(shorter)
    off = max(
        float(np.abs(hidden - expected.numpy())[0].max()),
        float(np.abs(alone[0] - expected.numpy()[1, :3]).max()),
    )
    if off > 1e-3 * max(1.0, float(np.abs(expected.numpy()).max())):
        remedy = "Package it without --runtime onnx."
        raise FewnerError("encoder", "must give the same vectors as before", off, remedy)
