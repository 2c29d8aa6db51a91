"""Torch module: how well a span in its context fits what a label means."""

from math import log

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SCALE = 10.0  # of the cosine at the start; trained from there


class Matcher(nn.Module):
    """scale * cos(span, label), for spans and labels read by one encoder (ours).

    span = mean + A [first; last; mean] of its tokens, label = mean + B mean of the tokens of its
    text. A and B start as zero, so that before training means are compared in the encoder's own
    space, to which weight decay draws them back. No parameter belongs to a label.
    """

    def __init__(self, n_in: int):
        """n_in: width of the token vectors."""
        super().__init__()
        self.n_in = n_in
        self.span_change = nn.Linear(3 * n_in, n_in, bias=False)
        self.label_change = nn.Linear(n_in, n_in, bias=False)
        nn.init.zeros_(self.span_change.weight)
        nn.init.zeros_(self.label_change.weight)
        self.log_scale = nn.Parameter(torch.tensor([log(SCALE)]))

    def forward(self, tokens: Tensor, spans: Tensor, labels: Tensor) -> Tensor:
        """tokens: (N, n_in) of documents and label texts. spans: (S, 2) and labels: (L, 2) first
        and last (exclusive) tokens -> logits (S, L)."""
        return self.compare(tokens, spans, self.label_vectors(tokens, labels))

    def compare(self, tokens: Tensor, spans: Tensor, label_vectors: Tensor) -> Tensor:
        """As forward, with labels as `label_vectors` gives them."""
        means = _means(tokens, spans)
        edges = tokens[spans[:, 0]], tokens[spans[:, 1] - 1]
        vectors = means + self.span_change(torch.cat([*edges, means], dim=-1))  # (S, n_in)
        return self.log_scale.exp() * F.normalize(vectors, dim=-1) @ label_vectors.T

    def label_vectors(self, tokens: Tensor, labels: Tensor) -> Tensor:
        """(L, n_in), each of length 1."""
        means = _means(tokens, labels)
        return F.normalize(means + self.label_change(means), dim=-1)


def _means(tokens: Tensor, bounds: Tensor) -> Tensor:
    """(N, n_in), (B, 2) -> (B, n_in): of each stretch of one token or more."""
    lengths = bounds[:, 1] - bounds[:, 0]
    owners = torch.arange(len(bounds), device=tokens.device).repeat_interleave(lengths)
    skipped = lengths.cumsum(0) - lengths  # members of the stretches before
    members = torch.arange(len(owners), device=tokens.device) + (bounds[:, 0] - skipped)[owners]
    sums = tokens.new_zeros(len(bounds), tokens.shape[1]).index_add(0, owners, tokens[members])
    return sums / lengths[:, None]
