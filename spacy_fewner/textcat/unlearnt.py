"""The encoder that reads classes which nobody has given an example of."""

from typing import Any

from thinc.api import Model

from ..cascade.trained.architecture import listens
from ..spans.open import SHIPPED
from ..spans.open.owner import encoder_config


def model_config() -> dict[str, Any]:
    """The config of a `LabelTextCat.v1` on the encoder that the package's start is for, without
    that start: it was pretrained on whole sentences."""
    from ..spans.open.start import read_about

    return {
        "@architectures": "spacy-fewner.LabelTextCat.v1",
        "tok2vec": encoder_config(read_about(SHIPPED), "reduce_mean.v1"),
    }


def model_for(model: Model) -> Model:
    """The model given if its encoder is pretrained or another component's, else one on ours, not
    yet initialized."""
    from spacy.util import registry

    if listens(model) or _is_pretrained(model):
        return model
    return registry.resolve({"model": model_config()})["model"]


def _is_pretrained(model: Model) -> bool:
    shims = (shim for node in model.walk() for shim in node.shims)
    return any(type(shim).__name__.endswith(("HFShim", "EncoderShim")) for shim in shims)
