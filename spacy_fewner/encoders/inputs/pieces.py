"""Word pieces of a text and the tokens they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy
from spacy.attrs import IDX, LENGTH
from spacy.tokens import Span

from ..stored import reading
from .rules import PieceRules

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word pieces of one region of a document; n pieces.

    ids: of each piece.
    first, last: the tokens of the region that a piece overlaps, first up to but without
        last; (n,) each, non-decreasing. Empty for a piece between tokens.
    """

    ids: list[int]
    first: numpy.ndarray
    last: numpy.ndarray


class PieceReader:
    """Reads regions of documents with a tokenizer that says where its pieces lie.

    tokenizer: of the library tokenizers, as a tokenizer.json holds it.
    """

    def __init__(self, tokenizer: "Tokenizer", rules: PieceRules):
        self.tokenizer, self.rules = tokenizer, rules

    def read(self, regions: Sequence[Span]) -> list[Pieces]:
        """Raises FewnerError for a tokenizer that cannot read them, as one without a piece for what
        it does not know."""
        if not regions:
            return []
        with reading("tokenizer"):
            return self._read(regions)

    def _read(self, regions: Sequence[Span]) -> list[Pieces]:
        encodings = self.encode([region.text for region in regions])
        return [
            _located(encoding.ids, encoding.offsets, region)
            for encoding, region in zip(encodings, regions, strict=True)
        ]

    def encode(self, texts: Sequence[str]) -> list["Encoding"]:
        """Pieces of whole texts, without what stands around them."""
        self._make_plain()
        return self.tokenizer.encode_batch(list(texts), add_special_tokens=False)

    def _make_plain(self) -> None:
        """Windows are cut and padded here; transformers, which may share the tokenizer, and files
        of tokenizers leave it cutting or padding. Set only where it is not: no thread may change a
        tokenizer that another reads with."""
        if self.tokenizer.truncation is not None:
            self.tokenizer.no_truncation()
        if self.tokenizer.padding is not None:
            self.tokenizer.no_padding()
        if self.tokenizer.encode_special_tokens != self.rules.splits_specials:
            self.tokenizer.encode_special_tokens = self.rules.splits_specials


def _located(ids: list[int], offsets: list[tuple[int, int]], region: Span) -> Pieces:
    """offsets: characters of each piece, counted from the region's start."""
    places = region.to_array([IDX, LENGTH]).astype("int64")  # type: ignore[attr-defined]
    token_starts = places[:, 0] - places[0, 0]
    token_ends = token_starts + places[:, 1]
    piece = numpy.asarray(offsets, dtype="int64").reshape(-1, 2)
    first = numpy.searchsorted(token_ends, piece[:, 0], side="right")
    last = numpy.searchsorted(token_starts, piece[:, 1], side="left")
    return Pieces(ids, first, numpy.maximum(first, last))
