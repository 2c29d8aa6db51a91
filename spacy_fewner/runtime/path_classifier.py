"""Registered architecture: an exported classifier of spans on any tok2vec."""

from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import Model
from thinc.types import Floats2d

from ..cascade.trained.architecture import Pairs, classifier_model
from ..cascade.trained.packed import Packed
from ..encoders.stored import part_of
from ..errors import FewnerError
from .arrays import fitting, pack_arrays, unit, unpack_arrays
from .shims import ExportedShim, layer_of, refuse_training

if TYPE_CHECKING:
    from spacy.tokens import Doc

MATCHER = "exported matcher"  # as errors call it


def onnx_path_classifier(
    tok2vec: Model[list["Doc"], list[Floats2d]],
) -> Model[Pairs, Floats2d]:
    """`spacy-fewner.OnnxPathClassifier.v1`: what `spacy-fewner export` makes of a
    `PathClassifier.v1`.

    tok2vec: see `build_path_classifier`. It predicts only, over any tree.
    """
    matcher = layer_of("onnx_span_label_matcher", MatcherShim())
    model = classifier_model("onnx_path_classifier", tok2vec, matcher, label_gradient=False)
    model.init = refuse_training
    return model


class MatcherShim(ExportedShim):
    """A `Matcher` as arrays, by the names that it has there."""

    kind = "spacy-fewner.OnnxMatcher.v1"
    what = MATCHER
    weights: dict[str, np.ndarray]

    @property
    def is_filled(self) -> bool:
        return hasattr(self, "weights")

    def record(self) -> dict[str, Any]:
        return {"weights": pack_arrays(self.weights)}

    def take(self, record: dict[str, Any]) -> None:
        weights = unpack_arrays(part_of(record, "weights", dict, MATCHER), MATCHER)
        width = len(weights["label_change.weight"])
        wanted = {
            "label_change.weight": (width, width),
            "span_change.weight": (width, 3 * width),
            "log_scale": (1,),
        }
        for name, shape in wanted.items():
            if weights[name].shape != shape:
                rule = f"{name} must be of shape {shape}"
                raise FewnerError(MATCHER, rule, weights[name].shape, "Export it anew.")
        self.weights = weights

    def label_vectors(self, tokens: Floats2d, labels: np.ndarray) -> Any:
        means = _means(self._fitting(tokens), labels)
        return unit(means + means @ self.weights["label_change.weight"].T)

    def compare(self, tokens: Floats2d, spans: np.ndarray, label_vectors: Floats2d) -> Any:
        own = self._fitting(tokens)
        means = _means(own, spans)
        read = np.concatenate([own[spans[:, 0]], own[spans[:, 1] - 1], means], axis=-1)
        vectors = unit(means + read @ self.weights["span_change.weight"].T)
        return np.exp(self.weights["log_scale"]) * vectors @ np.asarray(label_vectors).T

    def predict_arrays(self, packed: Packed) -> Any:
        labels = self.label_vectors(packed.tokens, packed.labels)
        return self.compare(packed.tokens, packed.spans, labels)

    def _fitting(self, tokens: Any) -> np.ndarray:
        return fitting(tokens, len(self.weights["label_change.weight"]))


def _means(tokens: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """(N, n_in), (B, 2) -> (B, n_in): of each stretch of one token or more."""
    found = [tokens[start:end].mean(axis=0) for start, end in bounds.tolist()]
    return np.stack(found) if found else np.zeros((0, tokens.shape[1]), dtype="float32")
