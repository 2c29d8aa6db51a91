"""From the vectors of a text's tokens to one of the text, whatever its length."""

from collections.abc import Callable

from thinc.api import Model
from thinc.types import Floats2d


def mean_of_tokens() -> Model[list[Floats2d], Floats2d]:
    """[(tokens, width)] -> (texts, width): means; a text without tokens has zeros.

    Thinc's own fails where an encoder gives texts without tokens a width of 0.
    """
    return Model("mean_of_tokens", _forward, dims={"nO": None})


def _forward(
    model: Model, texts: list[Floats2d], is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], list[Floats2d]]]:
    known = model.get_dim("nO") if model.has_dim("nO") else 0
    width = max([known, *(text.shape[1] for text in texts if len(text))])
    means = model.ops.alloc2f(len(texts), width)
    for row, text in enumerate(texts):
        if len(text):
            means[row] = text.mean(axis=0)

    def backprop(d_means: Floats2d) -> list[Floats2d]:
        whole = model.ops.xp.ascontiguousarray
        shares = [d / max(len(text), 1) for d, text in zip(d_means, texts, strict=True)]
        shapes = [(len(text), len(share)) for text, share in zip(texts, shares, strict=True)]
        spread = map(model.ops.xp.broadcast_to, shares, shapes)
        return [whole(one) for one in spread]

    return means, backprop
