"""The architecture in spaCy's own `textcat`: how its classes begin."""

from typing import Any

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model

from ..errors import FewnerError
from ..spans.open.given import as_schema
from .head import model as parts
from .head.layer import as_torch, shim_of
from .head.probe import fit_probe
from .meanings import mean_vectors, texts_of_labels
from .siblings import Siblings


def begin(model: Model, docs: list[Doc] | None, truths: Any, labels: Any) -> None:
    """A new head, with the meanings of the labels and what the sample tells.

    docs, truths: the sample that spaCy initializes a model with, (texts, labels) of 0 and 1.
    labels: see `build_label_textcat`.
    """
    n_labels = _n_labels(model, truths, labels)
    filled = [doc for doc in docs or [] if len(doc)]
    parts.initialize_model(model, filled or [Doc(Vocab(), words=["."])], n_labels)
    shim = shim_of(model.get_ref("head"))
    if labels is not None:
        texts = texts_of_labels(_schema(labels, n_labels))
        vocab = filled[0].vocab if filled else Vocab()
        read = [[Doc(vocab, words=text.split() or ["."]) for text in own] for own in texts]
        shim.set_meanings(mean_vectors(model, read))
    if docs and truths is not None:
        vectors = as_torch(parts.text_vectors(model, docs), shim)
        targets = as_torch(model.ops.asarray2f(truths), shim)
        flat = Siblings.of([str(number) for number in range(n_labels)])
        weights = targets.new_ones(len(targets))
        fit_probe(shim.head, vectors, targets, weights, flat, model.attrs["exclusive"])


def _n_labels(model: Model, truths: Any, labels: Any) -> int:
    if truths is not None:
        return int(np.shape(truths)[1])
    if model.has_dim("nO"):
        return model.get_dim("nO")
    if labels is not None:
        return len(_schema(labels))
    remedy = "Call nlp.initialize with examples, or give the component its labels."
    raise FewnerError("labels", "must be known to build the model", "none", remedy)


def _schema(labels: Any, n_labels: int | None = None) -> Any:
    schema = as_schema("labels", labels)
    if n_labels not in (None, len(schema)):
        rule = f"must be the component's {n_labels} labels, in their order"
        remedy = "Give all of them, in the order of the component's labels, or none."
        raise FewnerError("labels", rule, ", ".join(schema.ids), remedy)
    return schema
