"""What a label's name says: the likeness of a span to it, added to the span's logit.

Ours. Ten examples tell little of a label; its name, read by the same encoder, tells more.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layout import Band

SCALE = 5.0  # of the cosine at the start; trained from there


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

    def set_labels(self, vectors: Tensor) -> None:
        """vectors: (labels, n_in), of the labels' names; names without a vector stay random."""
        with torch.no_grad():
            known = vectors.norm(dim=-1, keepdim=True) > 0
            self.labels.copy_(torch.where(known, F.normalize(vectors, dim=-1), self.labels))

    def forward(self, tokens: Tensor, band: Band) -> Tensor:
        """tokens: (N, n_in), projected by `project` -> (R, W, labels)."""
        ends = band.ends[:, band.halo : band.halo + band.width]
        # The sum stands for the mean: the cosine does not see the difference.
        spans = F.normalize(tokens[ends].cumsum(1), dim=-1)  # (R, W, n_in)
        return self.scale * spans @ F.normalize(self.labels, dim=-1).T
