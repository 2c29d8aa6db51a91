"""One encoder before several components: a text is read once."""

from collections.abc import Sequence
from typing import Any

from thinc.api import Config


def share_encoder(config: Config, encoder: dict[str, Any], names: Sequence[str]) -> None:
    """Put the encoder before these components of the config, and let them listen to it."""
    models = [config["components"][name]["model"] for name in names]
    if "pooling" not in encoder:
        name, component = "tok2vec", {"factory": "tok2vec", "model": encoder}
        listener: dict[str, Any] = {"@architectures": "spacy.Tok2VecListener.v1"}
        for model in models:
            model["tok2vec"] = {**listener, "width": encoder["width"], "upstream": "*"}
    else:
        own = {key: value for key, value in encoder.items() if key != "pooling"}
        own["@architectures"] = "spacy-fewner.LoraTransformer.v1"
        name, component = "transformer", {"factory": "transformer", "model": own}
        listener = {"@architectures": "spacy-transformers.TransformerListener.v1"}
        for model in models:
            pooling = model["tok2vec"]["pooling"]
            model["tok2vec"] = {**listener, "grad_factor": 1.0, "pooling": pooling}
    config["components"][name] = component
    config["nlp"]["pipeline"] = [name, *config["nlp"]["pipeline"]]
