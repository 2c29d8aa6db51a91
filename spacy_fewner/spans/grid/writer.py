"""From what a label means to the head's weights for it: no parameter belongs to a label (ours).

An open model is a closed one whose weights for each label are written by this module. What it
writes is copied into the closed head, which then costs what any closed head costs, and from which
training may go on.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...encoders.shims.dropout import QuickDropout
from .roles import AFTER, TRAINED

ROLES = AFTER + 1
PRIOR = -6.0  # bias of a span's logit at the start: spans of a label are rare
TOKEN_PRIOR = -4.0  # the same of a token's

Weights = dict[str, Tensor]  # by the names that the parameters have in a SpanGrid


class LabelWriter(nn.Module):
    """Label vectors -> weights and biases of a `SpanGrid` for these labels.

    A linear map of the vector each, after a bottleneck and a LayerNorm: what holds of the labels
    seen then holds of those between them. What does not depend on the label (the biases of
    the maps) says how likely a span is to be a mention of anything.
    """

    def __init__(self, n_in: int, cell: int, width: int, dropout: float):
        """n_in: of token and label vectors. cell: of the grid. width: of the bottleneck."""
        super().__init__()
        self.read = nn.Linear(n_in, width)
        self.norm = nn.LayerNorm(width)
        self.dropout = QuickDropout(dropout)
        self.out = nn.Linear(width, cell)
        self.evidence = nn.Linear(width, ROLES * n_in)
        self.biases = nn.Linear(width, 1 + TRAINED)
        with torch.no_grad():
            for layer in (self.out, self.evidence):
                layer.weight.mul_(0.1)
                layer.bias.zero_()
            self.biases.weight.zero_()
            self.biases.bias.copy_(torch.tensor([PRIOR] + [TOKEN_PRIOR] * TRAINED))

    def forward(self, labels: Tensor) -> Weights:
        """labels: (L, n_in), each of length 1."""
        labels = F.normalize(labels, dim=-1)
        read = self.dropout(self.norm(self.read(labels * labels.shape[1] ** 0.5)))
        biases = self.biases(read)
        return {
            "out.weight": self.out(read),
            "out.bias": biases[:, 0],
            "evidence.weight": self.evidence(read).unflatten(1, (ROLES, -1)),
            "evidence.bias": biases[:, 1:],
            "likeness.labels": labels,
        }
