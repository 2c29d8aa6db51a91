"""What the training config has for classes: `fewner_textcat`, alone or beside `fewner`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thinc.api import Config

from ...spans.open.given import as_schema
from ...textcat.settings import WAYS
from ...types import Schema
from .sharing import share_encoder

NAME = "fewner_textcat"
MEASURED = "measured"


@dataclass(frozen=True)
class ClassSettings:
    """What a training is told of classes, beside `FitSettings`.

    records: of each class its "id", and what it means as far as somebody said, as
        `spans.open.given.as_schema` takes them.
    exclusive: a text has one of them.
    way: how `fewner_textcat` trains; "measured" is the recipe's until it is measured.
    other: see its factory.
    alone: no spans are predicted.
    """

    records: Sequence[Mapping[str, Any]]
    exclusive: bool
    way: str
    other: str = ""
    alone: bool = True

    @property
    def schema(self) -> Schema:
        return as_schema("classes", [dict(record) for record in self.records])

    @property
    def updates(self) -> bool:
        """Whether training makes any updates: a probe alone is fitted without."""
        return self.way != "probe" or not self.alone


def add_classes(config: Config, classes: ClassSettings, lr_scale: float) -> None:
    """Put `fewner_textcat` into a config that has a `fewner`: in its place, or on its encoder.

    lr_scale: of the head's learn rate.
    """
    components = config["components"]
    encoder = dict(components["fewner"]["model"]["tok2vec"])
    components[NAME] = {
        "factory": NAME,
        "labels": [dict(record) for record in classes.records],
        "exclusive": classes.exclusive,
        "other": classes.other,
        "train": WAYS[0] if classes.way == MEASURED else classes.way,
        "model": {
            "@architectures": "spacy-fewner.LabelTextCat.v1",
            "lr_scale": lr_scale,
            "tok2vec": _for_texts(encoder),
        },
    }
    if classes.alone:
        del components["fewner"]
        config["nlp"]["pipeline"] = [NAME]
        return
    config["nlp"]["pipeline"] = ["fewner", NAME]
    share_encoder(config, encoder, config["nlp"]["pipeline"])


def _for_texts(encoder: dict[str, Any]) -> dict[str, Any]:
    """The encoder with means over word pieces, in whose space texts are compared."""
    if "pooling" not in encoder:
        return encoder
    return {**encoder, "pooling": {"@layers": "reduce_mean.v1"}}
