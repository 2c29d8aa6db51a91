"""What single tokens say of a label, added to the logits of the spans they make up.

Ours. A span of few examples is seen once; its tokens are seen as first, last or inner tokens of
every span of the label, and most of them as none of these. A linear layer on each token, trained on
that as well (`loss.with_token_targets`), learns from few examples what the grid of cells does not.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layout import ALL, Band, stretch, windows
from .roles import AFTER, BEFORE, END, INSIDE, START, TRAINED


class TokenEvidence(nn.Module):
    """start(h_i) + mean of inside(h_i..h_j) + end(h_j) + before(h_i-1) + after(h_j+1), by label.

    All weights start at 0, so that before training it changes no span's logit. The biases belong to
    the token's own logits and not to the span's.
    """

    def __init__(self, n_in: int, n_labels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(n_labels, AFTER + 1, n_in))
        self.bias = nn.Parameter(torch.zeros(n_labels, TRAINED))

    def read(self, tokens: Tensor, labels: slice = ALL) -> Tensor:
        """tokens: (N, n_in) -> (N, 5, labels), what each token says in each role."""
        weight = self.weight[labels]
        return F.linear(tokens, weight.flatten(0, 1)).unflatten(1, weight.shape[:2]).transpose(1, 2)

    def token_logits(self, read: Tensor) -> Tensor:
        """(N, 5, labels) -> (N, 3, labels): is it the first, an inner, the last token of a span?"""
        return read[:, :TRAINED] + self.bias.T

    def by_edge(self, read: Tensor, bounds: tuple[Tensor, Tensor]) -> Tensor:
        """(N, 5, labels) -> (N, 3, labels): for spans that begin at, hold and end at each token.

        bounds: of the token's document; a span has no neighbour outside it.
        """
        at = torch.arange(len(read), device=read.device)
        first, last = (at == bounds[0])[:, None], (at + 1 == bounds[1])[:, None]
        before = read[:, BEFORE].roll(1, 0).masked_fill(first, 0.0)
        after = read[:, AFTER].roll(-1, 0).masked_fill(last, 0.0)
        return torch.stack([read[:, START] + before, read[:, INSIDE], read[:, END] + after], dim=1)

    def forward(self, edges: Tensor, band: Band) -> Tensor:
        """edges: (N, 3, labels), of `by_edge` -> (R, W, labels)."""
        start, inside, end = edges.unbind(1)
        last = band.width - 1
        ends = windows(stretch(end, band.rows, 0, last), band.width).transpose(1, 2)
        inner = windows(stretch(inside, band.rows, 0, last), band.width).transpose(1, 2)
        sizes = torch.arange(1, band.width + 1, device=edges.device)
        # In place: on long documents each array of this size counts.
        return inner.cumsum(1).div_(sizes[:, None]).add_(ends).add_(start[band.rows, None])

    def near(
        self, tokens: Tensor, bounds: tuple[Tensor, Tensor], band: Band, labels: slice
    ) -> Tensor:
        """tokens: (N, n_in) -> (R, W, labels): what `forward` gives for some labels, read from the
        tokens of the band and those just outside its spans alone."""
        first = max(band.rows.start - 1, 0)
        around = slice(first, band.rows.stop + band.width)
        own_bounds = bounds[0][around] - first, bounds[1][around] - first
        rows = slice(band.rows.start - first, band.rows.stop - first)
        edges = self.by_edge(self.read(tokens[around], labels), own_bounds)
        return self(edges, replace(band, rows=rows))
