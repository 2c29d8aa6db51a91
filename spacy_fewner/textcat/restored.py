"""Whether what a `fewner_textcat` has loaded goes together: classes, head, encoder."""

from collections.abc import Sequence
from typing import Any

from spacy.vocab import Vocab
from thinc.api import Model

from ..data.config_keys import to_config
from ..encoders.stored import AS_IN_CONFIG
from ..errors import FewnerError
from ..spans.grid.restored import can_be_tried, check_finite, check_labels, check_meanings, word
from ..spans.open.given import as_schema
from ..types import Schema
from .head import model as parts


def schema_of(labels: Sequence[Any]) -> Schema:
    """Records or names of classes; none is fine."""
    return as_schema("labels", labels) if labels else Schema(())


def in_config(name: str, value: Any) -> Any:
    """A setting as a config can hold it."""
    return to_config(value) if name == "label_thresholds" else value


def check(name: str, vocab: Vocab, model: Model, cfg: dict[str, Any]) -> None:
    """Raises FewnerError for classes that are none, a head of other ones, and weights that are no
    numbers."""
    labels = check_labels(name, cfg["labels"])
    check_meanings(name, cfg.get("meanings"))
    sizes = parts.head_of(model)
    said = model.get_dim("nO") if model.has_dim("nO") else None
    if said is None:
        if sizes.n_in > 1:
            rule = "its model must say how many classes it has"
            raise FewnerError(name, rule, "a head without", AS_IN_CONFIG)
        return
    if not said == sizes.n_labels == len(labels):
        shown = f"{len(labels)} classes, and a head of {sizes.n_labels} that says {said}"
        raise FewnerError(name, "must have the classes of its head", shown, AS_IN_CONFIG)
    if can_be_tried(model):
        check_finite(name, parts.logits_of(model, [word(vocab)]))
