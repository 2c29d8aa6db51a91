"""The training config of a cascade: a type-blind `fewner`, and `fewner_cascade` behind it."""

from dataclasses import dataclass
from typing import Any

from thinc.api import Config

from ...cascade.trees import records_of
from ...data.config_keys import check_no_variables
from ...data.trees.tree import LabelTree
from ...errors import FewnerError
from .config import training_config
from .settings import FitSettings
from .sharing import share_encoder

MAX_LABELS = 64  # label texts in a batch
LR_SCALE = 0.5  # of the classifier and of its own encoder (docs/recipe.md)


@dataclass(frozen=True)
class CascadeSettings:
    """What a cascade has beyond `FitSettings`, whose threshold is that of the extraction.

    shared: one encoder for both components, in half the time; else each trains its own, which is
        more accurate (docs/recipe.md).
    threshold: probability that a label needs; chosen on held-out text (docs/recipe.md).
    name_rate: see the factory `fewner_cascade`.
    """

    shared: bool = False
    threshold: float = 0.5
    name_rate: float = 0.3


def cascade_config(
    settings: FitSettings,
    cascade: CascadeSettings,
    tree: LabelTree,
    n_examples: int,
    seed: int,
    nested: bool,
) -> Config:
    """The recipe of `training_config` for spans of any type, and a classifier of their paths.

    A start is that of the extraction; "measured" is none. FewnerError for one where the encoder is
    shared.

    Both learn from `doc.spans[spans_key]`, where gold labels are paths of the tree, and both write
    there: the classifier puts paths in place of the extractor's "entity".
    """
    if settings.begins_from and cascade.shared:
        rule = "needs an encoder that is the extraction's own"
        remedy = "Leave out one of the two."
        raise FewnerError("start", rule, f"{settings.start} and a shared one", remedy)
    config = training_config(settings, n_examples, seed, nested)
    components = config["components"]
    fewner = components["fewner"]
    fewner["type_blind"] = True
    fewner["set_ents"] = False
    encoder = dict(fewner["model"]["tok2vec"])
    components["fewner_cascade"] = {
        "factory": "fewner_cascade",
        "tree": _for_config(tree),
        "candidates_key": settings.spans_key,
        "spans_key": settings.spans_key,
        "set_ents": settings.set_ents,
        "threshold": cascade.threshold,
        "max_labels": MAX_LABELS,
        "name_rate": cascade.name_rate,
        "seed": seed,
        "model": {
            "@architectures": "spacy-fewner.PathClassifier.v1",
            "lr_scale": LR_SCALE,
            "label_gradient": "pooling" not in encoder,  # only what is not pretrained needs it
            "tok2vec": _for_labels(encoder),
        },
    }
    config["nlp"]["pipeline"] = ["fewner", "fewner_cascade"]
    if cascade.shared:
        share_encoder(config, encoder, ["fewner", "fewner_cascade"])
    return config


def _for_config(tree: LabelTree) -> list[dict[str, Any]]:
    """The tree's records; FewnerError for what a config would read as a variable."""
    records = records_of(tree)
    check_no_variables("tree", records)
    return records


def _for_labels(encoder: dict[str, Any]) -> dict[str, Any]:
    """The encoder with means over word pieces, in whose space labels are compared."""
    if "pooling" not in encoder:
        return encoder
    return {**encoder, "lr_scale": LR_SCALE, "pooling": {"@layers": "reduce_mean.v1"}}
