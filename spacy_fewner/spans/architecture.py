"""Registered architecture: documents in, one logit per span of the band and label out."""

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from thinc.api import Model
from thinc.types import Floats2d, Floats3d

from ..data.installed import needs_training
from ..encoders.stored import StoredModel
from ..errors import FewnerError
from .grid.sizes import Context, check_context, check_shapes, check_width

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from .grid.kinds import SpanHead
    from .grid.sizes import GridSizes


def build_span_grid(
    tok2vec: Model[list["Doc"], list[Floats2d]],
    hidden: int = 128,
    cell: int = 80,
    biaffine_heads: int = 4,
    attention_heads: int = 4,
    reach: int = 3,
    dropout: float = 0.2,
    label_vectors: bool = False,
    token_loss: float = 0.0,
    lr_scale: float = 1.0,
    context: Context = "attention",
) -> Model[list["Doc"], Floats3d]:
    """`spacy-fewner.SpanGrid.v1`: KnowFREE's span head on any tok2vec (docs/methods.md).

    tok2vec: gives each document (tokens, width) vectors.
    hidden, cell, biaffine_heads, attention_heads, reach, dropout: see `GridSizes`; the paper's
        are 200, 200, 4, 10, 3. attention_heads = 0 leaves local attention out.
    label_vectors: add each span's likeness to the labels' names (ours), which the encoder reads
        at initialize. For pretrained encoders.
    token_loss: 0 or more; above 0 the head also reads each token by itself, and this is the weight
        of that reading's own loss against that of the spans (ours; see `TokenEvidence`). For
        pretrained encoders, with which 1 is better than 0 after few examples (docs/recipe.md).
    lr_scale: the head's learn rate as a multiple of the optimizer's. Heads want
        more than pretrained encoders do.
    context: by what a span learns of those that begin with it and end near: "attention",
        "convolution" of the same reach, or "none"; the last two are KnowFREE's ablations.

    Output: (N, W, labels) logits for the N tokens of all documents, packed in order, and spans of 1
    to W tokens. In training with a token loss it is (N, W + 3, labels), see `SpanGrid.forward`. Set
    the number of labels and W by `configure_grid` before use.
    """
    needs_training("spacy-fewner.SpanGrid.v1")
    from .grid.layer import grid_layer

    check_shapes(hidden, cell, biaffine_heads, attention_heads, reach, dropout)
    check_context("context", context)
    if token_loss < 0:
        raise FewnerError("token_loss", "must be 0 or more", token_loss, "1 is a good start.")
    sizes = {
        "hidden": hidden,
        "cell": cell,
        "biaffine_heads": biaffine_heads,
        "attention_heads": attention_heads,
        "reach": reach,
        "dropout": dropout,
        "label_vectors": label_vectors,
        "token_evidence": token_loss > 0,
        "context": context,
    }
    attrs = {"grid_sizes": sizes, "token_loss": float(token_loss)}
    return span_model("fewner_span_grid", tok2vec, grid_layer(lr_scale), attrs)


def span_model(
    name: str, tok2vec: Model, head: Model, attrs: dict[str, Any]
) -> Model[list["Doc"], Floats3d]:
    """Vectors of tokens, and a head (a `SpanHead`) that scores spans of them."""
    return StoredModel(
        name,
        _forward,
        init=_init,
        layers=[tok2vec, head],
        refs={"tok2vec": tok2vec, "grid": head},
        dims={"nO": None},
        attrs={**attrs, "resize_output": resize_labels},
    )


def _init(model: Model, X: list["Doc"] | None = None, Y: Any = None) -> None:
    model.get_ref("tok2vec").initialize(X=X)


def _forward(model: Model, docs: list["Doc"], is_train: bool) -> tuple[Floats3d, Any]:
    vectors, backprop_tok2vec = model.get_ref("tok2vec")(docs, is_train)
    lengths = np.asarray([len(doc) for doc in docs], dtype="int64")
    packed = model.ops.flatten(vectors)
    logits, backprop_head = model.get_ref("grid")((packed, lengths), is_train)

    def backprop(d_logits: Floats3d) -> list["Doc"]:
        d_packed = backprop_head(d_logits)
        return backprop_tok2vec(
            model.ops.unflatten(d_packed, model.ops.asarray1i(lengths.tolist()))
        )

    return logits, backprop


def spans_above(model: Model, docs: list["Doc"], floors: np.ndarray) -> tuple[np.ndarray, ...]:
    """Of all the spans that the model scores, those whose logit reaches their label's floor.

    docs: each with tokens. floors: (labels,) float32. Returns arrays (spans,): number of the first
    token among those of all documents, that of the last token less it, number of the label, logit.
    """
    vectors = model.get_ref("tok2vec").predict(docs)
    lengths = np.asarray([len(doc) for doc in docs], dtype="int64")
    # Like lengths side by side: where all are short, the head scores no wider spans.
    order = np.argsort(lengths, kind="stable")
    packed = model.ops.flatten([vectors[number] for number in order])
    rows, *others = head_of(model).above((packed, lengths[order]), floors)
    moved = (np.cumsum(lengths) - lengths)[order] - (np.cumsum(lengths[order]) - lengths[order])
    return rows + np.repeat(moved, lengths[order])[rows], *others


def head_of(model: Model) -> "SpanHead":
    """The span head of a model, of torch or exported."""
    return cast("SpanHead", model.get_ref("grid").shims[0])


def configure_grid(
    model: Model,
    names: list["Doc"],
    max_width: int,
    bias: np.ndarray,
    token_bias: np.ndarray,
) -> None:
    """Build the head for these labels and this width; weights are drawn anew.

    names: the labels' names as documents, one or more tokens each.
    max_width: widest span in tokens. bias: (labels,) the output biases. token_bias: (labels,) those
        of the single tokens' logits, if the head reads single tokens.
    """
    import torch

    from .grid.grid import SpanGrid
    from .grid.layer import shim_of
    from .grid.sizes import GridSizes

    check_width(max_width)
    vectors = name_vectors(model, names)
    sizes = GridSizes(vectors.shape[1], len(names), max_width, **model.attrs["grid_sizes"])
    grid = SpanGrid(sizes)
    with torch.no_grad():
        grid.out.bias.copy_(torch.as_tensor(bias))
        if grid.evidence is not None:
            grid.evidence.bias.copy_(torch.as_tensor(token_bias)[:, None])
    if grid.likeness is not None:
        grid.likeness.set_labels(vectors)
    shim_of(model.get_ref("grid")).replace(grid)
    model.set_dim("nO", len(names), force=True)


def read_last_labels(model: Model, names: list["Doc"]) -> None:
    """Give the last labels of a built head the vectors of their names, if it has label vectors."""
    if grid_sizes(model).label_vectors:
        head_of(model).set_last_vectors(name_vectors(model, names))


def name_vectors(model: Model, names: list["Doc"]) -> np.ndarray:
    """(labels, n_in) mean token vectors of the names."""
    vectors = model.get_ref("tok2vec").predict(names)
    return np.stack([model.ops.to_numpy(tokens).mean(axis=0) for tokens in vectors])


def resize_labels(model: Model, n_labels: int) -> Model:
    """Add labels at the end of a built head; those known keep their weights.

    The new ones start with the mean bias, so that they are as rare as the others.
    """
    head_of(model).grow(n_labels)
    model.set_dim("nO", n_labels, force=True)
    return model


def token_loss(model: Model) -> float:
    """What the loss of single tokens weighs against that of spans."""
    return float(model.attrs["token_loss"])


def grid_sizes(model: Model) -> "GridSizes":
    """The sizes of the head in use."""
    return head_of(model).sizes
