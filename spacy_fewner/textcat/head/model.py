"""The parts of a `LabelTextCat.v1` and what they give, for what is built around it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from thinc.api import Model
from thinc.types import Floats2d

if TYPE_CHECKING:
    from spacy.tokens import Doc


class TextHead(Protocol):
    """The shim of the layer "head" of a model: `HeadShim` of torch, or an exported one."""

    @property
    def n_in(self) -> int: ...

    @property
    def n_labels(self) -> int: ...

    def set_meanings(self, vectors: Floats2d) -> None:
        """vectors: (labels, n_in), each of length 1."""

    def set_columns(self, columns: Sequence[int | None]) -> None:
        """Go on with the labels of these columns; None is a new one, not yet read."""


def head_of(model: Model) -> TextHead:
    """The head of a model, of torch or exported."""
    return cast(TextHead, model.get_ref("head").shims[0])


def initialize_model(model: Model, docs: list["Doc"], n_labels: int) -> None:
    """Initialize the encoder and put a new head of its width in place, with no meanings yet.

    docs: any, the first with tokens.
    """
    from .head import ClassHead
    from .layer import shim_of

    tok2vec = model.get_ref("tok2vec")
    tok2vec.initialize(X=docs)
    width = np.shape(tok2vec.predict(docs[:1])[0])[1]
    shim_of(model.get_ref("head")).replace(ClassHead(width, n_labels))
    model.get_ref("mean").set_dim("nO", width, force=True)
    model.set_dim("nI", width, force=True)
    model.set_dim("nO", n_labels, force=True)


def set_labels(model: Model, columns: Sequence[int | None]) -> None:
    """Go on with the labels of these columns; None is a new one."""
    head_of(model).set_columns(columns)
    model.set_dim("nO", len(columns), force=True)


def resize(model: Model, n_labels: int) -> Model:
    """As spaCy's `add_label` asks for: more labels at the end, which nothing is known of."""
    if not model.has_dim("nO"):
        return model
    known = model.get_dim("nO")
    set_labels(model, [*range(known), *[None] * (n_labels - known)])
    return model


def text_vectors(model: Model, docs: list["Doc"]) -> Floats2d:
    """(texts, width), without gradient."""
    return model.get_ref("vectors").predict(docs)


def logits_of(model: Model, docs: list["Doc"]) -> np.ndarray:
    """(texts, labels) float32, on the CPU."""
    return model.ops.to_numpy(model.get_ref("head").predict(text_vectors(model, docs)))
