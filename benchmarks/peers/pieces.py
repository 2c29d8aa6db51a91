"""What the peers do to an encoder where the tokens are single characters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

OWN, CHARACTERS = "own", "characters"
ALL, SEEN = "all", "seen"


def cut(tokenizer: PreTrainedTokenizerBase, pieces: str) -> None:
    """Let each character be a piece of its own, or several, in place; "own" leaves all as it is.

    A SentencePiece tokenizer would else put a bare "▁" before each character given to it as a word,
    and give neighbours one piece in common in running text.
    """
    from tokenizers import Regex
    from tokenizers.pre_tokenizers import Metaspace, Sequence, Split

    if pieces not in (OWN, CHARACTERS):
        raise ValueError(f"pieces must be {OWN} or {CHARACTERS}, not {pieces!r}")
    if pieces == CHARACTERS:
        tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
            [Split(Regex(r"[\s\S]"), "isolated"), Metaspace(prepend_scheme="never")]
        )


def train_rows(model: PreTrainedModel, rows: str, seen: Iterable[int]) -> None:
    """Of the encoder's table of pieces, train "all" rows, or only those of the ids `seen`.

    Rows of other pieces have no gradient, so that only weight decay would move them. An update of
    all 250,037 rows of a multilingual encoder costs many times a pass over a batch.
    """
    if rows not in (ALL, SEEN):
        raise ValueError(f"rows must be {ALL} or {SEEN}, not {rows!r}")
    if rows == SEEN:
        table = model.get_input_embeddings()
        model.set_input_embeddings(_Rows(table.weight.data, sorted(set(seen))))


class _Rows(torch.nn.Module):
    """A table of vectors (rows, width) of which some rows are parameters."""

    def __init__(self, table: torch.Tensor, seen: list[int]):
        super().__init__()
        ids = torch.tensor(seen, dtype=torch.long, device=table.device)
        place = torch.full((len(table),), -1, dtype=torch.long, device=table.device)
        place[ids] = torch.arange(len(ids), device=table.device)
        self.trained = torch.nn.Parameter(table[ids].clone())
        self.register_buffer("table", table, persistent=False)
        self.register_buffer("place", place, persistent=False)

    def forward(self, ids: torch.Tensor) -> Any:
        """Vectors (..., width) of piece ids (...)."""
        place = self.place[ids]
        trained = self.trained[place.clamp(min=0)]
        return torch.where((place >= 0).unsqueeze(-1), trained, self.table[ids])
