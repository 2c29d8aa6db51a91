"""The factory `fewner_textcat`: its configuration, its defaults and its checks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Config, Model
from thinc.types import Floats2d

from ..data.config_keys import by_label

DEFAULT_MODEL: dict[str, Any] = Config().from_disk(Path(__file__).parent / "defaults.cfg")["model"]


@Language.factory(
    "fewner_textcat",
    assigns=["doc.cats"],
    default_config={
        "model": DEFAULT_MODEL,
        "labels": None,
        "exclusive": True,
        "threshold": None,
        "label_thresholds": {},
        "temperature": 1.0,
        "other": "",
        "train": "finetune",
        "scorer": {"@scorers": "spacy-fewner.ClassScorer.v1"},
    },
    default_score_weights={"cats_score": 1.0, "cats_score_desc": None, "cats_accuracy": None},
)
def make_fewner_textcat(
    nlp: Language,
    name: str,
    model: Model[list[Doc], Floats2d],
    labels: Any,
    exclusive: bool,
    threshold: float | None,
    label_thresholds: dict[str, Any] | list[Any],
    temperature: float,
    other: str,
    train: str,
    scorer: Callable | None,
):
    """Build a `TextClassifier`.

    model: `spacy-fewner.LabelTextCat.v1` on any tok2vec. With `labels`, one whose encoder is not
        pretrained gives way to the encoder that the package's start is for.
    labels: the classes, to be told apart without any training: names, names with what they mean,
        records of {"id", "description", "synonyms"}, or a file of labels. Names may be paths, as
        "sport/football". Null: those of the examples at `initialize`, which may add to these too.
    exclusive: a text has one class; otherwise any number of them.
    threshold: probability that a class needs to be chosen, in [0, 1]; null is 0 where classes are
        exclusive, so that there is always one, else 0.5.
    label_thresholds: the same for single classes; others take `threshold`. A mapping, or for labels
        that cannot be keys in a config a list: [["news:sport", 0.3]].
    temperature: what logits are divided by, so that probabilities are as high as they are right;
        picked on held-out text.
    other: name of a class that a text has where no class reaches its threshold; "" for none.
    train: how it learns. "finetune": encoder and head, from a head that was fitted to the examples.
        "contrastive": the encoder lays texts of a class together, the head follows. "probe": the
        head alone, at `initialize`; updates change nothing.
    scorer: see `spacy-fewner.ClassScorer.v1`.
    """
    from ..spans.open.given import as_schema
    from .component import TextClassifier
    from .unlearnt import model_for

    schema = None if labels is None else as_schema("labels", labels)
    chosen = model_for(model) if schema else model
    classifier = TextClassifier(
        nlp,
        chosen,
        name,
        labels=schema,
        exclusive=exclusive,
        threshold=threshold,
        label_thresholds=by_label("label_thresholds", label_thresholds),
        temperature=temperature,
        other=other,
        train=train,
        scorer=scorer,
    )
    classifier.of_start = chosen is not model
    return classifier
