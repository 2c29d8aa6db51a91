"""Registered architecture: an exported text classifier on any tok2vec."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import Model
from thinc.types import Floats2d

from ..encoders.stored import part_of
from ..errors import FewnerError
from ..textcat.architecture import textcat_model
from .arrays import fitting, pack_arrays, unit, unpack_arrays
from .shims import ExportedShim, layer_of, refuse_training

if TYPE_CHECKING:
    from spacy.tokens import Doc

HEAD = "exported class head"  # as errors call it


def onnx_label_textcat(
    tok2vec: Model[list["Doc"], list[Floats2d]], exclusive_classes: bool = True
) -> Model[list["Doc"], Floats2d]:
    """`spacy-fewner.OnnxLabelTextCat.v1`: what `spacy-fewner export` makes of a `LabelTextCat.v1`.

    tok2vec, exclusive_classes: see `build_label_textcat`. It predicts only, and reads what classes
    mean as the model did that it was exported from.
    """
    head = layer_of("onnx_class_head", TextHeadShim())
    model = textcat_model("onnx_textcat", tok2vec, head, exclusive_classes)
    model.init = refuse_training
    return model


class TextHeadShim(ExportedShim):
    """A `ClassHead` as arrays, by the names that it has there: `meanings` and `change` (labels,
    n_in), `bias` (labels,), `log_scale` (1,)."""

    kind = "spacy-fewner.OnnxClassHead.v1"
    what = HEAD
    weights: dict[str, np.ndarray]

    @property
    def is_filled(self) -> bool:
        return hasattr(self, "weights")

    @property
    def n_in(self) -> int:
        return self.weights["meanings"].shape[1] if self.is_filled else 1

    @property
    def n_labels(self) -> int:
        return len(self.weights["bias"]) if self.is_filled else 1

    def record(self) -> dict[str, Any]:
        return {"weights": pack_arrays(self.weights)}

    def take(self, record: dict[str, Any]) -> None:
        weights = unpack_arrays(part_of(record, "weights", dict, HEAD), HEAD)
        shapes = {name: weights[name].shape for name in ("meanings", "change", "bias", "log_scale")}
        n_labels, n_in = shapes["meanings"]
        wanted = {"change": (n_labels, n_in), "bias": (n_labels,), "log_scale": (1,)}
        if any(shapes[name] != shape for name, shape in wanted.items()):
            raise FewnerError(HEAD, "its arrays must go together", shapes, "Export it anew.")
        self.weights = weights

    def predict_arrays(self, vectors: np.ndarray) -> np.ndarray:
        """(texts, n_in), of any length -> (texts, labels) logits."""
        own = self.weights
        likeness = unit(fitting(vectors, self.n_in)) @ (own["meanings"] + own["change"]).T
        return np.exp(own["log_scale"]) * likeness + own["bias"]

    def set_meanings(self, vectors: Floats2d) -> None:
        """vectors: (labels, n_in), each of length 1."""
        self.weights = {**self.weights, "meanings": np.asarray(vectors, dtype="float32")}

    def set_columns(self, columns: Sequence[int | None]) -> None:
        """Go on with the labels of these columns; None is a new one, not yet read."""
        kept = [at for at, column in enumerate(columns) if column is not None]
        known = [column for column in columns if column is not None]
        weights = dict(self.weights)
        for name in ("meanings", "change", "bias"):
            own = self.weights[name]
            weights[name] = np.zeros((len(columns), *own.shape[1:]), dtype="float32")
            weights[name][kept] = own[known]
        self.weights = weights
