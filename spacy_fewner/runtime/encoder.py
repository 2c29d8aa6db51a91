"""An exported encoder: word pieces to vectors with onnxruntime, and its stored form."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..encoders.inputs.batching import Batch
from ..encoders.inputs.pieces import PieceReader
from ..encoders.inputs.rules import read_rules
from ..encoders.stored import part_of, reading
from ..errors import FewnerError
from .graph import Graph
from .meanings import MeaningReader
from .shims import ExportedShim

ENCODER = "exported encoder"  # as errors call it
MOST_BYTES = 64 * 2**20  # of a tokenizer; Gemma's, of 256,000 pieces, has 33 million
# Padded word pieces that are read at once; see encoders/model.py, of which the same holds here.
PIECES_AT_ONCE = 768


class EncoderShim(ExportedShim):
    """Reads batches of word pieces, and if it has a graph of its base, what labels mean."""

    kind = "spacy-fewner.OnnxEncoder.v1"
    what = ENCODER
    graph: Graph
    reader: PieceReader
    width: int  # of the vectors
    base: Graph | None = None  # without its adapter

    @property
    def is_filled(self) -> bool:
        return hasattr(self, "graph")

    def record(self) -> dict[str, Any]:
        return {
            "graph": self.graph.data,
            "base": self.base.data if self.base else b"",
            "tokenizer": zlib.compress(self.reader.tokenizer.to_str().encode(), 9),
            "rules": self.reader.rules.to_record(),
            "width": self.width,
        }

    def take(self, record: dict[str, Any]) -> None:
        parts = {name: part_of(record, name, bytes, ENCODER) for name in ("graph", "base")}
        rules = read_rules(part_of(record, "rules", dict, ENCODER), ENCODER)
        tokenizer = _tokenizer(part_of(record, "tokenizer", bytes, ENCODER))
        self.graph = Graph(parts["graph"], ENCODER)
        self.base = Graph(parts["base"], ENCODER) if parts["base"] else None
        self.reader = PieceReader(tokenizer, rules)
        self.width = part_of(record, "width", int, ENCODER)
        self._check()

    def put_graph(self, graph: Graph) -> None:
        self.graph = graph

    def put_base(self, base: Graph) -> None:
        self.base = base

    def _check(self) -> None:
        rules = self.reader.rules
        inputs = rules.row(rules.shortest())
        ids = inputs["input_ids"]
        rules.check_ids(ids)
        (hidden,) = self.graph.run(inputs)
        if hidden.shape != (*ids.shape, self.width) or not np.isfinite(hidden).all():
            rule = f"must give vectors of {self.width} finite numbers"
            raise FewnerError(ENCODER, rule, f"shape {hidden.shape}", "Export it anew.")

    def hidden(self, batch: Batch) -> np.ndarray:
        """(n_rows, width of the batch, D) float32; zeros behind each group's longest row."""
        found = np.zeros((*batch.input_ids.shape, self.width), dtype="float32")
        for rows in batch.groups(PIECES_AT_ONCE):
            (state,) = self.graph.run(batch.inputs(rows))
            found[rows, : state.shape[1]] = state
        return found

    def label_vectors(self, labels: Sequence[Any]) -> np.ndarray:
        """(labels, width), as the base encoder reads what they mean. Raises FewnerError if it came
        along without its base."""
        if self.base is None:
            rule = "must have been exported with its base encoder to read new labels"
            remedy = "Export it with --open-labels, or give labels that it knows."
            raise FewnerError("labels", rule, ", ".join(one.id for one in labels), remedy)
        return MeaningReader(self.reader, self.base, self.width).label_vectors(labels)


def _tokenizer(packed: bytes) -> Any:
    from tokenizers import Tokenizer

    unpacker = zlib.decompressobj()
    text = unpacker.decompress(packed, MOST_BYTES)
    if not unpacker.eof:
        rule = f"its tokenizer must have {MOST_BYTES // 2**20} MB at most, and be whole"
        raise FewnerError(ENCODER, rule, "more, or less", "Export it anew.")
    with reading("tokenizer"):
        return Tokenizer.from_str(text.decode())
