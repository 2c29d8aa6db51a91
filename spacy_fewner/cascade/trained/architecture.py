"""Registered architecture: spans in documents and label texts in, one logit per pair out."""

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import numpy as np
from thinc.api import Model
from thinc.types import Floats2d

from ...data.installed import needs_training
from ...encoders.stored import StoredModel
from ...errors import FewnerError
from .packed import Packed

if TYPE_CHECKING:
    from spacy.tokens import Doc


class Pairs(NamedTuple):
    """What is compared: every span with every label.

    docs: documents; empty ones are fine.
    spans: (S, 3) of int: document, first and last (exclusive) token; one token or more each.
    labels: what the labels mean, each a document of one token or more; with the vectors of its
        tokens in `tensor` where no gradient goes into reading them (`learns_from_labels`).
    """

    docs: list["Doc"]
    spans: np.ndarray
    labels: list["Doc"]


def build_path_classifier(
    tok2vec: Model[list["Doc"], list[Floats2d]], lr_scale: float = 1.0, label_gradient: bool = True
) -> Model[Pairs, Floats2d]:
    """`spacy-fewner.PathClassifier.v1`: spans against label texts, by one encoder (ours).

    tok2vec: gives each document (tokens, width) vectors, and each label's text too. As a listener
        it takes the vectors of a shared encoder; label texts then reach that without gradient.
    lr_scale: the matcher's learn rate as a multiple of the optimizer's.
    label_gradient: the encoder learns from label texts too. Without it labels are read only now and
        then in training, which is several times faster; a pretrained encoder loses nothing.

    Output: (S, L) logits, comparable among siblings. See `Matcher`. Before training they are
    cosines of mean token vectors, so that with a sentence encoder it works without examples.
    Call `initialize_model` before use.
    """
    needs_training("spacy-fewner.PathClassifier.v1")
    from .layer import matcher_layer

    if not lr_scale > 0:
        raise FewnerError("lr_scale", "must be above 0", lr_scale, "1.0 is the optimizer's.")
    matcher = matcher_layer(lr_scale)
    return classifier_model("fewner_path_classifier", tok2vec, matcher, label_gradient)


def classifier_model(
    name: str, tok2vec: Model, matcher: Model, label_gradient: bool
) -> Model[Pairs, Floats2d]:
    """Spans and label texts as one encoder reads them, and a matcher that compares the two."""
    return StoredModel(
        name,
        _forward,
        layers=[tok2vec, matcher],
        refs={"tok2vec": tok2vec, "matcher": matcher},
        dims={"nI": None},
        attrs={"label_gradient": label_gradient},
    )


def initialize_model(model: Model, docs: list["Doc"]) -> None:
    """Initialize the encoder and put a new matcher of its width in place.

    docs: any, the first with tokens.
    """
    from .layer import shim_of
    from .matcher import Matcher

    tok2vec = model.get_ref("tok2vec")
    tok2vec.initialize(X=docs)
    width = np.shape(tok2vec.predict(docs[:1])[0])[1]
    shim_of(model.get_ref("matcher")).replace(Matcher(width))
    model.set_dim("nI", width, force=True)


def listens(model: Model) -> bool:
    """Whether the encoder is that of another component."""
    return any(hasattr(node, "upstream_name") for node in model.get_ref("tok2vec").walk())


def learns_from_labels(model: Model) -> bool:
    """Whether the encoder gets a gradient through label texts."""
    return bool(model.attrs["label_gradient"]) and not listens(model)


def _forward(model: Model, pairs: Pairs, is_train: bool) -> tuple[Floats2d, Any]:
    docs, labels = pairs.docs, pairs.labels
    tok2vec = model.get_ref("tok2vec")
    if learns_from_labels(model):
        vectors, backprop_tok2vec = tok2vec([*docs, *labels], is_train)
        n_own = len(vectors)
    else:
        vectors, backprop_tok2vec = tok2vec(docs, is_train)
        vectors, n_own = [*vectors, *(label.tensor for label in labels)], len(docs)
    packed = Packed(
        model.ops.flatten(vectors),
        _bounds(docs, pairs.spans),
        _label_bounds(labels, sum(map(len, docs))),
    )
    logits, backprop_matcher = model.get_ref("matcher")(packed, is_train)

    def backprop(d_logits: Floats2d) -> Any:
        lengths = model.ops.asarray1i([len(doc) for doc in (*docs, *labels)])
        d_vectors = model.ops.unflatten(backprop_matcher(d_logits), lengths)
        return backprop_tok2vec(d_vectors[:n_own])

    return logits, backprop


class SpanMatcher(Protocol):
    """The shim of the layer "matcher" of a model: `MatcherShim` of torch, or an exported one."""

    def label_vectors(self, tokens: Floats2d, labels: np.ndarray) -> Floats2d:
        """(L, width) of label texts, whose tokens lie where (L, 2) says."""

    def compare(self, tokens: Floats2d, spans: np.ndarray, label_vectors: Floats2d) -> Floats2d:
        """(S, L) logits of the spans that lie where (S, 2) says."""


def matcher_of(model: Model) -> SpanMatcher:
    """The matcher of a model, of torch or exported."""
    return cast(SpanMatcher, model.get_ref("matcher").shims[0])


def label_vectors(model: Model, labels: list["Doc"]) -> Floats2d:
    """(L, width): what `score_spans` compares with."""
    tokens = model.ops.flatten(model.get_ref("tok2vec").predict(labels))
    return matcher_of(model).label_vectors(tokens, _label_bounds(labels, 0))


def score_spans(
    model: Model, docs: list["Doc"], spans: np.ndarray, vectors: Floats2d
) -> np.ndarray:
    """(S, L) logits of spans, (S, 3) as in `Pairs`, for labels by their vectors; on the CPU."""
    tokens = model.ops.flatten(model.get_ref("tok2vec").predict(docs))
    return model.ops.to_numpy(matcher_of(model).compare(tokens, _bounds(docs, spans), vectors))


def _bounds(docs: list["Doc"], spans: np.ndarray) -> np.ndarray:
    """(S, 3) -> (S, 2) in the packed row of tokens."""
    starts = np.cumsum([0, *map(len, docs)])
    return spans[:, 1:] + starts[spans[:, 0], None]


def _label_bounds(labels: list["Doc"], before: int) -> np.ndarray:
    """(L, 2) of whole documents that stand after `before` tokens."""
    edges = before + np.cumsum([0, *map(len, labels)], dtype="int64")
    return np.stack([edges[:-1], edges[1:]], axis=1)
