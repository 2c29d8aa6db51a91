"""What a label's name says: the likeness of a span to it, added to the span's logit.

Ours. Ten examples tell little of a label; its name, read by the same encoder, tells more.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layout import ALL, Band, stretch, windows

SCALE = 5.0  # of the cosine at the start; trained from there
EPSILON = 1e-12


class LabelLikeness(nn.Module):
    """scale * cos(P mean(tokens of the span), label vector) for each span and label.

    P starts as the identity, so that before training a span is compared to the names
    in the encoder's own space; label vectors are trained too.
    """

    def __init__(self, n_in: int, n_labels: int):
        super().__init__()
        self.project = nn.Linear(n_in, n_in)
        nn.init.eye_(self.project.weight)
        nn.init.zeros_(self.project.bias)
        self.labels = nn.Parameter(F.normalize(torch.randn(n_labels, n_in), dim=-1))
        self.scale = nn.Parameter(torch.tensor([SCALE]))

    def set_labels(self, vectors: np.ndarray) -> None:
        """vectors: (n, n_in), of the names of the last n labels; where one is 0, as of a name that
        the encoder has not read, the label keeps the vector it has."""
        with torch.no_grad():
            last = self.labels[len(self.labels) - len(vectors) :]
            read = torch.as_tensor(vectors).to(last)
            known = read.norm(dim=-1, keepdim=True) > 0
            last.copy_(torch.where(known, F.normalize(read, dim=-1), last))

    def forward(self, tokens: Tensor, scales: Tensor, band: Band, labels: slice = ALL) -> Tensor:
        """tokens: (N, n_in) projected by `project`; scales: of `scales` -> (R, W, labels).

        The sum of a span's tokens stands for their mean: the cosine does not see the difference.
        Neither the sum nor its length is ever formed for a cell from n_in numbers.
        """
        near = stretch(tokens, band.rows, 0, band.width - 1)  # (R + W - 1, n_in)
        alike = near @ F.normalize(self.labels[labels], dim=-1).T
        return windows(alike, band.width).transpose(1, 2).cumsum(1) * scales[..., None]

    def scales(self, tokens: Tensor, band: Band) -> Tensor:
        """(N, n_in) projected -> (R, W): `scale` over the length of each span's sum of tokens."""
        near = stretch(tokens, band.rows, 0, band.width - 1)
        return self.scale * _squared_norms(near, band.width).clamp_min(EPSILON).rsqrt()


def _squared_norms(tokens: Tensor, width: int) -> Tensor:
    """(R + width - 1, D) -> (R, width): |token i + ... + token i + k|^2 at [i, k].

    A span one token longer adds that token's product with itself, and twice those with the
    tokens before it.
    """
    before = windows(F.pad(tokens, (0, 0, width - 1, 0)), width)  # (R + width - 1, D, width)
    products = torch.bmm(tokens[:, None], before)[:, 0].flip(1)  # [j, k]: token j by token j - k
    added = 2 * products.cumsum(1) - products[:, :1]
    return windows(added, width).diagonal(dim1=1, dim2=2).cumsum(1)
