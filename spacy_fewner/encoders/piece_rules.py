"""From a tokenizer and an encoder of transformers to what reads texts for them."""

from collections.abc import Sequence
from dataclasses import replace
from inspect import signature
from typing import Any

import numpy
import torch
from spacy.tokens import Span

from .inputs.pieces import PieceReader, Pieces
from .inputs.rules import PieceRules

MOST = 2**30  # pieces a window; encoders without positions of their own name no number


def piece_reader(
    tokenizer: Any, transformer: torch.nn.Module, backend: Any = None, marks_places: bool = False
) -> PieceReader:
    """backend: what reads in the tokenizer's place, of the library tokenizers. marks_places: see
    `PieceRules`.

    Raises FewnerError for an encoder without positions for a single piece.
    """
    rules = replace(piece_rules(tokenizer, transformer), marks_places=marks_places)
    if backend is not None or tokenizer.is_fast:
        return PieceReader(backend or tokenizer.backend_tokenizer, rules)
    return SlowPieceReader(tokenizer, rules)


def piece_rules(tokenizer: Any, transformer: torch.nn.Module) -> PieceRules:
    prefix, suffix = _around(tokenizer)
    has_token_types = (
        "token_type_ids" in tokenizer.model_input_names
        and "token_type_ids" in signature(transformer.forward).parameters
    )
    return PieceRules(
        prefix=tuple(prefix),
        suffix=tuple(suffix),
        pad_id=tokenizer.pad_token_id or 0,
        filler_id=tokenizer.unk_token_id or 0,
        limit=min(max_positions(tokenizer, transformer), MOST) - len(prefix) - len(suffix),
        n_pieces=transformer.get_input_embeddings().num_embeddings,  # type: ignore[operator]
        has_token_types=has_token_types,
        splits_specials=bool(getattr(tokenizer, "split_special_tokens", False)),
    )


class SlowPieceReader(PieceReader):
    """For tokenizers written in Python, which do not say where their pieces lie.

    tokenizer: of transformers.
    """

    def _read(self, regions: Sequence[Span]) -> list[Pieces]:
        return [self._read_tokens(region) for region in regions]

    def _read_tokens(self, region: Span) -> Pieces:
        tokenizer: Any = self.tokenizer
        strings: list[str] = []
        first: list[int] = []
        for i, token in enumerate(region):
            # Tokenizers with a sign for "word begins" take it from the space before.
            space = " " if i and region[i - 1].whitespace_ else ""
            found = tokenizer.tokenize(space + token.text)
            strings.extend(found)
            first.extend([i] * len(found))
        starts = numpy.asarray(first, dtype="int64")
        return Pieces(tokenizer.convert_tokens_to_ids(strings), starts, starts + 1)


def _around(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Ids that the tokenizer puts before and after a text."""
    # One piece in every vocabulary, and not one that itself stands around texts.
    text = tokenizer.mask_token or tokenizer.unk_token or "a"
    bare = tokenizer(text, add_special_tokens=False)["input_ids"]
    full = tokenizer(text)["input_ids"]
    at = next(i for i in range(len(full) + 1) if full[i : i + len(bare)] == bare)
    return full[:at], full[at + len(bare) :]


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
