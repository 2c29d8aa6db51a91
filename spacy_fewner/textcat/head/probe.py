"""A linear probe: the head fitted on vectors that stay as they are, to the best there is."""

import torch
from torch import Tensor

from ..siblings import Siblings
from .head import ClassHead
from .loss import class_loss

STRENGTH = 0.05  # of what draws each class back to its meaning (docs/recipe.md)
BIAS_STRENGTH = 0.1  # of that, for the bias
_UPDATES = 200


def fit_probe(
    head: ClassHead,
    vectors: Tensor,
    targets: Tensor,
    weights: Tensor,
    siblings: Siblings,
    exclusive: bool,
) -> None:
    """Set the head's `change` and `bias` to what explains the examples best (ours).

    vectors: (texts, width). targets: (texts, labels). weights: (texts,).
    Logistic regression whose prior is what the classes mean instead of zero: the loss of the
    examples, plus STRENGTH times the square of how far a class's vector goes from its meaning. It
    is convex, so that neither order nor seed matter.
    """
    unit = torch.nn.functional.normalize(vectors.float(), dim=-1)
    scale = head.log_scale.detach().exp()
    change = torch.zeros_like(head.change, requires_grad=True)
    bias = torch.zeros_like(head.bias, requires_grad=True)
    solver = torch.optim.LBFGS(
        [change, bias], max_iter=_UPDATES, line_search_fn="strong_wolfe", tolerance_change=1e-7
    )

    def cost() -> Tensor:
        solver.zero_grad()
        logits = scale * (unit @ (head.meanings + change).T) + bias
        loss = (class_loss(logits, targets, siblings, exclusive) * weights).sum()
        drawn = (scale * change).pow(2).sum() + BIAS_STRENGTH * bias.pow(2).sum()
        loss = loss + STRENGTH * drawn
        loss.backward()
        return loss

    with torch.enable_grad():
        solver.step(cost)
    with torch.no_grad():
        head.change.copy_(change)
        head.bias.copy_(bias)
