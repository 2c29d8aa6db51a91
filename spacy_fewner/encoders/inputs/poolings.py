"""Several poolings of word pieces side by side, of which each listener takes its own."""

from collections.abc import Callable
from typing import Any

from spacy.tokens import Doc
from thinc.api import Model, reduce_first, reduce_last, reduce_max, reduce_mean
from thinc.types import Floats2d, Ragged

from ...errors import FewnerError

NAME = "poolings"
KINDS: dict[str, Callable[[], Model]] = {
    "first": reduce_first,
    "last": reduce_last,
    "max": reduce_max,
    "mean": reduce_mean,
}


def poolings(kinds: list[str]) -> Model[Ragged, Floats2d]:
    """`spacy-fewner.Poolings.v1`: (tokens, kinds x D), for an encoder that several listen to.

    kinds: of first, last, max, mean.
    """
    for kind in kinds:
        if kind not in KINDS:
            remedy = "Correct the config."
            raise FewnerError("kinds", f"must be of {', '.join(KINDS)}", kind, remedy)
    if not kinds:
        raise FewnerError("kinds", "must name a pooling", kinds, 'Use ["max"].')
    return Model(NAME, _pool, layers=[KINDS[kind]() for kind in kinds])


def n_parts(pooling: Model) -> int:
    """How many vectors a token gets, side by side."""
    return len(pooling.layers) if pooling.name == NAME else 1


def _pool(model: Model, pieces: Ragged, is_train: bool) -> tuple[Any, Callable[[Any], Ragged]]:
    xp = model.ops.xp
    arrays, backprops = zip(*(layer(pieces, is_train) for layer in model.layers), strict=True)

    def backprop(d_pooled: Any) -> Ragged:
        parts = xp.split(d_pooled, len(backprops), axis=1)
        gradients = [
            back(xp.ascontiguousarray(part)).dataXd
            for back, part in zip(backprops, parts, strict=True)
        ]
        return Ragged(sum(gradients[1:], gradients[0]), pieces.lengths)

    return xp.concatenate(arrays, axis=1), backprop


def part_of_vectors(
    tok2vec: Model[list[Doc], list[Floats2d]], part: int, parts: int
) -> Model[list[Doc], list[Floats2d]]:
    """`spacy-fewner.PartOfVectors.v1`: what one of the poolings of an encoder gives.

    tok2vec: gives each token its parts side by side; mostly a listener.
    part, parts: which, counted from 0, of how many.
    """
    if not 0 <= part < parts:
        remedy = "Count them from 0, as in the kinds of spacy-fewner.Poolings.v1."
        raise FewnerError("part", f"must be below parts={parts}", part, remedy)
    attrs = {"part": part, "parts": parts}
    return Model(
        "part_of_vectors", _take, init=_init, layers=[tok2vec], attrs=attrs, dims={"nO": None}
    )


def _init(model: Model, X: Any = None, Y: Any = None) -> None:
    (tok2vec,) = model.layers
    tok2vec.initialize(X=X)
    width, parts = tok2vec.get_dim("nO"), model.attrs["parts"]
    if width % parts:
        remedy = "Let parts be the number of kinds of spacy-fewner.Poolings.v1."
        raise FewnerError("parts", f"must divide the vectors' width {width}", parts, remedy)
    model.set_dim("nO", width // parts)


def _take(model: Model, docs: list[Doc], is_train: bool) -> tuple[list[Any], Callable]:
    vectors, backprop = model.layers[0](docs, is_train)
    at, parts = model.attrs["part"], model.attrs["parts"]
    xp = model.ops.xp

    def own(array: Any) -> Any:
        width = array.shape[1] // parts
        return array[:, at * width : (at + 1) * width]

    def backprop_part(d_vectors: list[Any]) -> Any:
        d_whole = [model.ops.alloc2f(*array.shape) for array in vectors]
        for whole, given in zip(d_whole, d_vectors, strict=True):
            own(whole)[...] = given
        return backprop(d_whole)

    return [xp.ascontiguousarray(own(array)) for array in vectors], backprop_part
