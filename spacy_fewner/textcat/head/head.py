"""Torch module: how well a text fits what each class means, and what its examples have taught."""

from math import log

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SCALE = 10.0  # of likeness to a logit at the start; trained from there


class ClassHead(nn.Module):
    """scale * cos-like likeness of a text to a class, and a bias (ours).

    A class's vector is `meanings`, its name and definition as the encoder reads them, plus
    `change`, what examples have taught of it. `change` begins at zero, to which weight decay draws
    it back: a class without an example is known by its meaning.
    """

    meanings: Tensor

    def __init__(self, n_in: int, n_labels: int):
        """n_in: width of the texts' vectors."""
        super().__init__()
        self.n_in, self.n_labels = n_in, n_labels
        self.register_buffer("meanings", torch.zeros(n_labels, n_in))
        self.change = nn.Parameter(torch.zeros(n_labels, n_in))
        self.bias = nn.Parameter(torch.zeros(n_labels))
        self.log_scale = nn.Parameter(torch.tensor([log(SCALE)]))

    def forward(self, vectors: Tensor) -> Tensor:
        """(texts, n_in), of any length -> (texts, n_labels) logits. A text without tokens, whose
        vector is 0, has the bias alone."""
        likeness = F.normalize(vectors, dim=-1) @ (self.meanings + self.change).T
        return self.log_scale.exp() * likeness + self.bias

    def with_labels(self, columns: list[int | None]) -> "ClassHead":
        """A head whose labels are those of these columns; None is a new one, not yet read."""
        new = ClassHead(self.n_in, len(columns)).to(self.bias.device)
        with torch.no_grad():
            new.log_scale.copy_(self.log_scale)
            for to, column in enumerate(columns):
                if column is not None:
                    new.meanings[to] = self.meanings[column]
                    new.change[to] = self.change[column]
                    new.bias[to] = self.bias[column]
        return new
