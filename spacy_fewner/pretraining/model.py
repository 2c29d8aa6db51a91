"""The open model as one torch module: the encoder, and the span head with its label writer."""

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from ..spans.grid.grid import SpanGrid
from ..spans.grid.loss import with_token_targets
from ..spans.grid.sizes import GridSizes
from .batches import Batch

ROWS_AT_ONCE = 8  # texts that go through the encoder together


class OpenModel(nn.Module):
    """Logits of spans for labels by their vectors, with gradients into all of it.

    encoder: of transformers, adapted. The pooling of word pieces to tokens is the maximum, as in
    `fit`'s recipe.
    """

    def __init__(self, encoder: nn.Module, sizes: GridSizes):
        """sizes: with a writer."""
        super().__init__()
        self.encoder = encoder
        self.grid = SpanGrid(sizes)

    def forward(self, batch: "TorchBatch", labels: Tensor) -> Tensor:
        """labels: (L, n_in) -> logits (N, W, L); in training (N, W + 3, L), see `SpanGrid`."""
        return self.score(self.token_vectors(batch), batch.lengths, labels)

    def score(self, tokens: Tensor, lengths: Tensor, labels: Tensor) -> Tensor:
        weights = self.grid.writer(labels)  # type: ignore[misc]
        return functional_call(self.grid, weights, (tokens, lengths))

    def token_vectors(self, batch: "TorchBatch") -> Tensor:
        """(N, n_in)."""
        found = self._hidden(batch).flatten(0, 1)[batch.pieces]
        index = batch.owners[:, None].expand_as(found)
        empty = found.new_zeros(int(batch.lengths.sum()), found.shape[1])
        return empty.scatter_reduce(0, index, found, "amax", include_self=False)

    def _hidden(self, batch: "TorchBatch") -> Tensor:
        """(B, T, n_in) of the word pieces; a few rows of like length at a time, so that little is
        computed for padding."""
        sizes = batch.mask.sum(1)
        order = sizes.argsort(descending=True)
        parts = []
        for rows in order.split(ROWS_AT_ONCE):
            longest = int(sizes[rows[0]])
            ids, mask = batch.ids[rows, :longest], batch.mask[rows, :longest]
            hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
            parts.append(F.pad(hidden, (0, 0, 0, batch.ids.shape[1] - longest)))
        return torch.cat(parts)[order.argsort()]


class TorchBatch:
    """A `Batch` on a device; in `gold` with what its tokens are to each span as well."""

    def __init__(self, batch: Batch, device: torch.device):
        def on(array: object, kind: torch.dtype) -> Tensor:
            return torch.as_tensor(array, dtype=kind, device=device)

        self.ids, self.mask = on(batch.ids, torch.long), on(batch.mask, torch.long)
        self.pieces, self.owners = on(batch.pieces, torch.long), on(batch.owners, torch.long)
        self.lengths = on(batch.lengths, torch.long)
        self.cells, self.tokens = on(batch.cells, torch.float), on(batch.tokens, torch.float)
        self.asked = on(batch.asked, torch.float)
        gold = with_token_targets(batch.gold, batch.cells.shape[1])
        self.gold = tuple(on(part, torch.long) for part in gold)


def open_loss(logits: Tensor, batch: TorchBatch, token_weight: float) -> Tensor:
    """Binary cross-entropy, summed over what counts, by text.

    logits: (N, W + 3, L) as the model gives them in training.
    """
    target = torch.zeros_like(logits)
    target[batch.gold] = 1.0
    counted = torch.cat([batch.cells, token_weight * batch.tokens[:, None].expand(-1, 3)], dim=1)
    weight = counted[..., None] * batch.asked[:, None]
    total = F.binary_cross_entropy_with_logits(logits, target, weight, reduction="sum")
    return total / len(batch.lengths)
