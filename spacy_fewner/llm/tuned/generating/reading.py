"""What a causal model has read of several texts at once: its cache, a row for each."""

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


class Reading:
    """Rows of tokens. They grow by pieces of different length. Padding and what is forgotten stay
    in the cache and are masked; a token's position counts what is before it and not masked."""

    def __init__(self, model: Any, cache: Any = None, mask: "torch.Tensor | None" = None):
        import torch
        from transformers import DynamicCache

        self.model = model
        self.cache: Any = DynamicCache() if cache is None else cache
        self.mask = torch.zeros((1, 0), dtype=torch.long) if mask is None else mask

    def read(self, pieces: Sequence[Sequence[int]], last: int = 1) -> "torch.Tensor":
        """A piece for each row, not all empty. Returns the scores of the token behind each of the
        last tokens, shape (rows, last, vocabulary), float32; a shorter piece has padding first,
        whose scores are of no use."""
        import torch

        width = max(map(len, pieces))
        padded = [[0] * (width - len(piece)) + list(piece) for piece in pieces]
        counts = [[0] * (width - len(piece)) + [1] * len(piece) for piece in pieces]
        self.mask = torch.cat([self.mask, torch.tensor(counts)], dim=1)
        places = (self.mask.cumsum(1) - 1).clamp(min=0)[:, -width:]
        device = self.model.device
        said = self.model(
            input_ids=torch.tensor(padded, device=device),
            attention_mask=self.mask.to(device),
            position_ids=places.to(device),
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=last,
        )
        return said.logits[:, -last:].float()

    def forget(self, row: int, tokens: int) -> None:
        """The last tokens of a row, as if it had not read them."""
        if tokens:
            self.mask[row, -tokens:] = 0

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows, each as often as it is named."""
        import torch

        index = torch.tensor(list(rows))
        self.mask = self.mask[index]
        if self.mask.shape[1]:
            self.cache.batch_select_indices(index.to(self.model.device))

    def begun(self, tokens: int) -> "Reading":
        """Another that has read the first tokens of this one, which has a single row, unpadded."""
        cache = copy.deepcopy(self.cache)
        if over := self.mask.shape[1] - tokens:
            cache.crop(-over)  # transformers 5 takes no other way to say it
        return Reading(self.model, cache, self.mask[:, :tokens])
