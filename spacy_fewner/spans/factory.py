"""The factory `fewner`: its configuration, its defaults and its checks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Config, Model
from thinc.types import Floats3d

from ..data.config_keys import by_label
from .open import SHIPPED
from .scoring import score_weights

DEFAULT_MODEL: dict[str, Any] = Config().from_disk(Path(__file__).parent / "defaults.cfg")["model"]


@Language.factory(
    "fewner",
    assigns=["doc.spans"],
    default_config={
        "model": DEFAULT_MODEL,
        "spans_key": "sc",
        "threshold": None,
        "label_thresholds": {},
        "nested": True,
        "nesting": "any",
        "tiling": False,
        "set_ents": False,
        "max_width": None,
        "type_blind": False,
        "extension_prefix": "ext/",
        "labels": None,
        "start": "",
        "scorer": {"@scorers": "spacy-fewner.SpanScorer.v1"},
    },
    default_score_weights=score_weights("sc"),
)
def make_fewner(
    nlp: Language,
    name: str,
    model: Model[list[Doc], Floats3d],
    spans_key: str,
    threshold: float | None,
    label_thresholds: dict[str, Any] | list[Any],
    nested: bool,
    nesting: str,
    tiling: bool,
    set_ents: bool,
    max_width: int | None,
    type_blind: bool,
    extension_prefix: str,
    labels: Any,
    start: str,
    scorer: Callable | None,
):
    """Build a `SpanLabeller`.

    model: `spacy-fewner.SpanGrid.v1` on any tok2vec. With `labels` or `start`, one that has no
        encoder with an adapter of its own gives way to the start's.
    spans_key: where spans are read from in training and written to, `doc.spans[spans_key]`.
    threshold: probability from which a span is predicted, in [0, 1]; null is 0.5, or with `labels`
        what suited the start on its dev sets.
    label_thresholds: the same for single labels; others take `threshold`. A mapping, or for labels
        that cannot be keys in a config a list: [["LOC:City", 0.3]].
    nested: spans may lie in each other; otherwise no two share a token.
    nesting: what may lie in what: "any" span in any other, or "learnt": a span lies in one of the
        same label only if such a pair was among the training data. `fit` measures which is better.
    tiling: spans tile the text, as words do: each token gets exactly one, whatever its probability
        (`tiling`). Thresholds and nesting have no effect then.
    set_ents: also write the best non-overlapping spans to `doc.ents`.
    max_width: widest span in tokens; null takes the widest of the training data.
    type_blind: learn and predict where spans are and not what: all gold labels count as one,
        "entity". For `fewner_cascade` to classify.
    extension_prefix: labels that begin with it are learnt, to help the others, and never
        predicted (KnowFREE).
    labels: what to find without any training: names, names with what they mean, records of {"id",
        "description", "synonyms"}, or a file of labels. For more see `set_labels`.
    start: "open", for what comes with the package, or the folder of another start: training begins
        from what it knows of types; "" for from scratch, or with labels "open".
    scorer: see `spacy-fewner.SpanScorer.v1`.
    """
    from .component import SpanLabeller
    from .open.given import as_schema
    from .open.owner import model_for

    schema = None if labels is None else as_schema("labels", labels)
    start = start or (SHIPPED if schema else "")
    chosen = model_for(model, start)
    labeller = SpanLabeller(
        nlp.vocab,
        chosen,
        name,
        spans_key=spans_key,
        threshold=_threshold(threshold, start if schema else ""),
        label_thresholds=by_label("label_thresholds", label_thresholds),
        nested=nested,
        nesting=nesting,  # type: ignore[arg-type]
        tiling=tiling,
        set_ents=set_ents,
        max_width=max_width,
        type_blind=type_blind,
        extension_prefix=extension_prefix,
        labels=schema,
        start=start,
        scorer=scorer,
        nlp=nlp,
    )
    labeller.of_start = chosen is not model
    return labeller


def _threshold(given: float | None, start: str) -> float:
    """start: of labels without examples, else ""."""
    if given is not None or not start:
        return 0.5 if given is None else given
    from .open.start import read_about

    return read_about(start).threshold
