"""What training minimises, in torch: of classes, and of which texts lie together."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ..siblings import Siblings

TEMPERATURE = 0.1  # of the contrastive loss (Khosla et al. 2020)
_NEVER = -1e9


def class_loss(logits: Tensor, targets: Tensor, siblings: Siblings, exclusive: bool) -> Tensor:
    """(texts,): of each text, the sum over the levels of a tree; flat classes have one.

    logits, targets: (texts, labels). Exclusive: cross-entropy among siblings, asked where one of
    them holds (0.5 or more together), of shares that add up to 1. Otherwise the binary one of each
    label whose parent holds, which of texts without any class says that they have none.
    """
    total = logits.new_zeros(len(logits))
    for group in siblings.groups:
        columns = torch.as_tensor(group, device=logits.device)
        given, wanted = logits[:, columns], targets[:, columns]
        parent = int(siblings.parents[group[0]])
        if exclusive:
            mass = wanted.sum(dim=1)
            shares = wanted / mass.clamp(min=1e-6)[:, None]
            asked = mass >= 0.5
            of_text = -(shares * F.log_softmax(given, dim=1)).sum(dim=1)
        else:
            asked = torch.ones_like(total) if parent < 0 else targets[:, parent] >= 0.5
            of_text = F.binary_cross_entropy_with_logits(given, wanted, reduction="none").sum(dim=1)
        total = total + of_text * asked
    return total


def contrastive_loss(vectors: Tensor, targets: Tensor) -> Tensor:
    """(texts,): supervised contrastive loss within a batch (Khosla et al. 2020): each text is to
    lie nearer to those of its classes than to the others.

    vectors: (texts, width), of any length. targets: (texts, labels). Of texts with several classes
    two are alike by the share of their classes that both have (ours). A text that is like no other
    of the batch has 0. A batch of n texts has n * n numbers; no pairs are written out.
    """
    likeness = _alike(targets)
    likeness.fill_diagonal_(0)
    unit = F.normalize(vectors, dim=-1)
    own = torch.eye(len(unit), dtype=torch.bool, device=unit.device)
    scores = (unit @ unit.T / TEMPERATURE).masked_fill(own, _NEVER)
    found = likeness.sum(dim=1)
    of_text = -(likeness * F.log_softmax(scores, dim=1)).sum(dim=1)
    return of_text / found.clamp(min=1e-6) * (found > 0)


def _alike(targets: Tensor) -> Tensor:
    """(texts, texts) in [0, 1]: what two have in common of what either has."""
    both = targets @ targets.T
    sizes = (targets * targets).sum(dim=1)
    return both / (sizes[:, None] + sizes[None] - both).clamp(min=1e-6)
