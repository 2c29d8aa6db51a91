"""Whether what a `fewner` has loaded goes together: labels, head, encoder."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from spacy.tokens import Doc
from thinc.api import Model

from ...data.trees.label_records import label_from
from ...encoders.stored import AS_IN_CONFIG, REMEDY, names_of
from ...errors import FewnerError


def check_cfg(name: str, cfg: dict[str, Any]) -> None:
    """name: of the component. Raises FewnerError for labels that are none, and the like."""
    labels = check_labels(name, cfg["labels"])
    weights = cfg["label_weights"]
    numbers = isinstance(weights, list) and all(map(_is_number, weights))
    if not numbers or len(weights) not in (0, len(labels)):
        rule = "must be a number for each label"
        raise FewnerError(f"{name}.label_weights", rule, weights, REMEDY)
    if cfg["self_nested"] is not None:
        names_of(f"{name}.self_nested", cfg["self_nested"])
    over_space = cfg.setdefault("over_space", True)  # components of before have none
    if not isinstance(over_space, bool):
        rule = "must be true or false"
        raise FewnerError(f"{name}.over_space", rule, over_space, REMEDY)
    check_meanings(name, cfg.get("meanings", {}))


def check_labels(name: str, labels: Any) -> Sequence[str]:
    """The stored labels of a component; FewnerError for what is none."""
    where = f"{name}.labels"
    found = names_of(where, labels)
    if not all(label.strip() for label in found):
        raise FewnerError(where, "each must have a name", list(found), REMEDY)
    return found


def check_meanings(name: str, meanings: Any) -> None:
    """Raises FewnerError unless they are records by label. name: of the component."""
    where = f"{name}.meanings"
    if not isinstance(meanings, dict):
        raise FewnerError(where, "must be records by label", meanings, REMEDY)
    for label, record in meanings.items():
        if label_from(record, where).id != label:
            raise FewnerError(where, "must be of the label that they stand under", label, REMEDY)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def check_head(name: str, model: Model, n_labels: int) -> None:
    """Raises FewnerError unless the head, if it is built, has as many labels as the component."""
    sizes = model.get_ref("grid").shims[0].sizes  # type: ignore[attr-defined]
    said = model.get_dim("nO") if model.has_dim("nO") else None
    if said is None:
        if sizes.n_in > 1:
            rule = "its model must say how many labels it has"
            raise FewnerError(name, rule, "a head without", AS_IN_CONFIG)
    elif not said == sizes.n_labels == n_labels:
        shown = f"{n_labels} labels, and a head of {sizes.n_labels} that says {said}"
        raise FewnerError(name, "must have the labels of its head", shown, AS_IN_CONFIG)


def can_be_tried(model: Model) -> bool:
    """Whether it reads a text without other components and without a table of vectors."""
    nodes = list(model.walk())
    apart = any(hasattr(node, "upstream_name") for node in nodes)
    return not apart and all(node.name != "static_vectors" for node in nodes)


def word(vocab: Any) -> Doc:
    """A text to try a model on."""
    return Doc(vocab, words=["."])


def check_finite(name: str, scores: Any) -> None:
    """Raises FewnerError for scores that are no numbers."""
    if not np.isfinite(scores).all():
        raise FewnerError(name, "must give finite scores", "NaN or infinity", REMEDY)
