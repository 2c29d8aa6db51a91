"""Registered architecture: texts in, probabilities of classes out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import Model, chain, list2ragged, reduce_mean
from thinc.types import Floats2d

from ..encoders.stored import StoredModel
from ..errors import FewnerError

if TYPE_CHECKING:
    from spacy.tokens import Doc


def build_label_textcat(
    tok2vec: Model[list["Doc"], list[Floats2d]],
    exclusive_classes: bool = True,
    lr_scale: float = 1.0,
    labels: Any = None,
) -> Model[list["Doc"], Floats2d]:
    """`spacy-fewner.LabelTextCat.v1`: a text's vector against those of classes (ours).

    tok2vec: gives each document (tokens, width) vectors; a text's vector is their mean, so that of
        a long text nothing is cut.
    exclusive_classes: the probabilities of a text add up to 1; otherwise each class stands for
        itself. `fewner_textcat` goes by its own setting.
    lr_scale: the head's learn rate as a multiple of the optimizer's.
    labels: for spaCy's own `textcat` and `textcat_multilabel`, which do not tell a model what
        their classes are: names, names with what they mean, records or a file, in the order of the
        component's labels. The classes then begin with their meaning. `fewner_textcat` has its own.

    Output: (texts, classes) probabilities; takes d loss / d logits back. See `ClassHead`.
    """
    from .layer import head_layer

    if not lr_scale > 0:
        raise FewnerError("lr_scale", "must be above 0", lr_scale, "1.0 is the optimizer's.")
    vectors: Model = chain(tok2vec, list2ragged(), reduce_mean())
    head = head_layer(lr_scale)
    return StoredModel(
        "fewner_textcat",
        _forward,
        init=_Init(labels),
        layers=[vectors, head],
        refs={"tok2vec": tok2vec, "vectors": vectors, "head": head},
        dims={"nI": None, "nO": None},
        attrs={"exclusive": exclusive_classes, "resize_output": resize},
    )


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
    model.set_dim("nI", width, force=True)
    model.set_dim("nO", n_labels, force=True)


def set_labels(model: Model, columns: Sequence[int | None]) -> None:
    """Go on with the labels of these columns; None is a new one."""
    from .layer import shim_of

    shim = shim_of(model.get_ref("head"))
    shim.replace(shim.head.with_labels(list(columns)))
    model.set_dim("nO", len(columns), force=True)


def resize(model: Model, n_labels: int) -> Model:
    """As spaCy's `add_label` asks for: more labels at the end, which nothing is known of."""
    known = model.get_dim("nO")
    set_labels(model, [*range(known), *[None] * (n_labels - known)])
    return model


def listens(model: Model) -> bool:
    """Whether the encoder is that of another component."""
    return any(hasattr(node, "upstream_name") for node in model.get_ref("tok2vec").walk())


def text_vectors(model: Model, docs: list["Doc"]) -> Floats2d:
    """(texts, width), without gradient."""
    return model.get_ref("vectors").predict(docs)


def logits_of(model: Model, docs: list["Doc"]) -> np.ndarray:
    """(texts, labels) float32, on the CPU."""
    return model.ops.to_numpy(model.get_ref("head").predict(text_vectors(model, docs)))


def _forward(model: Model, docs: list["Doc"], is_train: bool) -> tuple[Floats2d, Any]:
    vectors, backprop_vectors = model.get_ref("vectors")(docs, is_train)
    logits, backprop_head = model.get_ref("head")(vectors, is_train)
    exclusive = model.attrs["exclusive"]
    found = model.ops.softmax(logits) if exclusive else model.ops.sigmoid(logits)

    def backprop(d_logits: Floats2d) -> Any:
        return backprop_vectors(backprop_head(d_logits))

    return found, backprop


class _Init:
    """What Thinc calls to initialize the model in spaCy's own components."""

    def __init__(self, labels: Any):
        self._labels = labels

    def __call__(self, model: Model, X: Any = None, Y: Any = None) -> None:
        from .own_classes import begin

        begin(model, X, Y, self._labels)
