"""One encoder before several components: a text is read once."""

from collections.abc import Sequence
from typing import Any

from thinc.api import Config

NAME = "tok2vec"


def share_encoder(config: Config, encoder: dict[str, Any], names: Sequence[str]) -> None:
    """Put the encoder before these components of the config, and let them listen to it.

    Raises FewnerError for a base encoder that is not there.
    """
    models = [config["components"][name]["model"] for name in names]
    own = [_kind(model["tok2vec"]) for model in models]
    kinds = list(dict.fromkeys(own))
    shared = _with_poolings(encoder, kinds) if "pooling" in encoder else encoder
    listener = {
        "@architectures": "spacy.Tok2VecListener.v1",
        "width": shared["width"],
        "upstream": "*",
    }
    for model, kind in zip(models, own, strict=True):
        model["tok2vec"] = _part(listener, kinds.index(kind), len(kinds))
    config["components"][NAME] = {"factory": "tok2vec", "model": shared}
    config["nlp"]["pipeline"] = [NAME, *config["nlp"]["pipeline"]]


def _kind(tok2vec: dict[str, Any]) -> str:
    """Of an encoder's pooling: max, mean; nothing where it has none."""
    name = tok2vec.get("pooling", {}).get("@layers", "")
    return name.removeprefix("reduce_").removesuffix(".v1")


def _with_poolings(encoder: dict[str, Any], kinds: list[str]) -> dict[str, Any]:
    """The encoder with the poolings of all that will listen, side by side where they differ."""
    from ...encoders.base import base_width

    width = base_width(encoder["name"], encoder["revision"]) * len(kinds)
    if len(kinds) == 1:
        return {**encoder, "pooling": {"@layers": f"reduce_{kinds[0]}.v1"}, "width": width}
    pooling = {"@architectures": "spacy-fewner.Poolings.v1", "kinds": kinds}
    return {**encoder, "pooling": pooling, "width": width}


def _part(listener: dict[str, Any], part: int, parts: int) -> dict[str, Any]:
    if parts == 1:
        return dict(listener)
    architecture = "spacy-fewner.PartOfVectors.v1"
    return {"@architectures": architecture, "part": part, "parts": parts, "tok2vec": dict(listener)}
