"""Word pieces of a text and the tokens they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy
import torch
from spacy.attrs import IDX, LENGTH
from spacy.tokens import Span

from ...errors import FewnerError
from ..stored import reading


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word pieces of one region of a document; n pieces.

    ids, strings: of each piece.
    first, last: the tokens of the region that a piece overlaps, first up to but without
        last; (n,) each, non-decreasing. Empty for a piece between tokens.
    """

    ids: list[int]
    strings: list[str]
    first: numpy.ndarray
    last: numpy.ndarray


class PieceReader:
    """A tokenizer, what it puts around a text, and how much text its encoder can take.

    limit: word pieces that fit the encoder's positions beside the special tokens.
    """

    def __init__(self, tokenizer: Any, transformer: torch.nn.Module):
        self.tokenizer = tokenizer
        self.prefix, self.suffix = _around(tokenizer)
        self.prefix_text = tokenizer.convert_ids_to_tokens(self.prefix)
        self.suffix_text = tokenizer.convert_ids_to_tokens(self.suffix)
        self.pad_id, self.pad_text = tokenizer.pad_token_id or 0, tokenizer.pad_token or ""
        self.filler_id, self.filler_text = tokenizer.unk_token_id or 0, tokenizer.unk_token or ""
        self.has_token_types = (
            "token_type_ids" in tokenizer.model_input_names
            and "token_type_ids" in signature(transformer.forward).parameters
        )
        self.n_pieces = transformer.get_input_embeddings().num_embeddings  # type: ignore[operator]
        self.limit = max_positions(tokenizer, transformer) - len(self.prefix) - len(self.suffix)
        if self.limit < 1:
            remedy = "Use an encoder with more positions."
            raise FewnerError("name", "must leave room for a word piece", self.limit, remedy)

    def shortest(self) -> list[int]:
        """Ids of a text of one piece."""
        return [*self.prefix, self.filler_id, *self.suffix]

    def check_ids(self, ids: Any) -> None:
        """ids: an array. Raises FewnerError for pieces that the encoder has no vector for: on a GPU
        one such ends everything that runs there."""
        highest = int(ids.max()) if len(ids) and ids.shape[1] else 0
        if highest >= self.n_pieces:
            rule = f"must number its word pieces below the encoder's {self.n_pieces}"
            remedy = "Use the tokenizer that was made for the encoder."
            raise FewnerError("tokenizer", rule, highest, remedy)

    def read(self, regions: Sequence[Span]) -> list[Pieces]:
        """Raises FewnerError for a tokenizer that cannot read them, as one without a piece for what
        it does not know."""
        if not regions:
            return []
        with reading("tokenizer"):
            return self._read_fast(regions) if self.tokenizer.is_fast else self._read_slow(regions)

    def _read_fast(self, regions: Sequence[Span]) -> list[Pieces]:
        encoded = self.tokenizer(
            [region.text for region in regions],
            add_special_tokens=False,
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,  # windows are cut later: no text is too long here
        )
        return [
            _located(encoding.ids, encoding.tokens, encoding.offsets, region)
            for encoding, region in zip(encoded.encodings, regions, strict=True)
        ]

    def _read_slow(self, regions: Sequence[Span]) -> list[Pieces]:
        """Token by token: tokenizers written in Python give no offsets."""
        return [self._read_tokens(region) for region in regions]

    def _read_tokens(self, region: Span) -> Pieces:
        strings: list[str] = []
        first: list[int] = []
        for i, token in enumerate(region):
            # Tokenizers with a sign for "word begins" take it from the space before.
            space = " " if i and region[i - 1].whitespace_ else ""
            found = self.tokenizer.tokenize(space + token.text)
            strings.extend(found)
            first.extend([i] * len(found))
        starts = numpy.asarray(first, dtype="int64")
        ids = self.tokenizer.convert_tokens_to_ids(strings)
        return Pieces(ids, strings, starts, starts + 1)


def _around(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Ids that the tokenizer puts before and after a text."""
    # One piece in every vocabulary, and not one that itself stands around texts.
    text = tokenizer.mask_token or tokenizer.unk_token or "a"
    bare = tokenizer(text, add_special_tokens=False)["input_ids"]
    full = tokenizer(text)["input_ids"]
    at = next(i for i in range(len(full) + 1) if full[i : i + len(bare)] == bare)
    return full[:at], full[at + len(bare) :]


def _located(
    ids: list[int], strings: list[str], offsets: list[tuple[int, int]], region: Span
) -> Pieces:
    """offsets: characters of each piece, counted from the region's start."""
    places = region.to_array([IDX, LENGTH]).astype("int64")  # type: ignore[attr-defined]
    token_starts = places[:, 0] - places[0, 0]
    token_ends = token_starts + places[:, 1]
    piece = numpy.asarray(offsets, dtype="int64").reshape(-1, 2)
    first = numpy.searchsorted(token_ends, piece[:, 0], side="right")
    last = numpy.searchsorted(token_starts, piece[:, 1], side="left")
    return Pieces(ids, strings, first, numpy.maximum(first, last))


def max_positions(tokenizer: Any, transformer: torch.nn.Module) -> int:
    """The longest input, special tokens included, that the encoder has positions for."""
    limits = [int(tokenizer.model_max_length)]
    tables = [
        module
        for name, module in transformer.named_modules()
        if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding)
    ]
    if tables:
        # RoBERTa and MPNet count positions from behind the padding index.
        skipped = 0 if tables[0].padding_idx is None else tables[0].padding_idx + 1
        limits.append(tables[0].num_embeddings - skipped)
    else:
        limits.append(getattr(transformer.config, "max_position_embeddings", 0) or 0)
    return min(limit for limit in limits if limit > 0)
