"""Registered architecture: texts in, probabilities of classes out."""

from typing import TYPE_CHECKING, Any

from thinc.api import Model, chain
from thinc.types import Floats2d

from ..data.installed import needs_training
from ..encoders.stored import StoredModel
from ..errors import FewnerError
from .head.mean import mean_of_tokens
from .head.model import resize

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
    needs_training("spacy-fewner.LabelTextCat.v1")
    from .head.layer import head_layer

    if not lr_scale > 0:
        raise FewnerError("lr_scale", "must be above 0", lr_scale, "1.0 is the optimizer's.")
    model = textcat_model("fewner_textcat", tok2vec, head_layer(lr_scale), exclusive_classes)
    model.init = _Init(labels)
    return model


def textcat_model(
    name: str, tok2vec: Model, head: Model[Floats2d, Floats2d], exclusive_classes: bool
) -> Model[list["Doc"], Floats2d]:
    """Texts' mean vectors, and a head that gives their logits."""
    mean = mean_of_tokens()
    vectors: Model = chain(tok2vec, mean)
    return StoredModel(
        name,
        _forward,
        layers=[vectors, head],
        refs={"tok2vec": tok2vec, "mean": mean, "vectors": vectors, "head": head},
        dims={"nI": None, "nO": None},
        attrs={"exclusive": exclusive_classes, "resize_output": resize},
    )


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
