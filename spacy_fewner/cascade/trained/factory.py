"""The factory `fewner_cascade`: its configuration, its defaults and its checks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spacy.language import Language
from thinc.api import Config, Model

from ...spans.scoring import score_weights

DEFAULT_MODEL: dict[str, Any] = Config().from_disk(Path(__file__).parent / "defaults.cfg")["model"]


@Language.factory(
    "fewner_cascade",
    assigns=["doc.spans"],
    default_config={
        "model": DEFAULT_MODEL,
        "tree": None,
        "candidates_key": "sc",
        "spans_key": "sc",
        "threshold": 0.0,
        "level_thresholds": [],
        "context": True,
        "set_ents": False,
        "max_labels": 64,
        "drop_distractors": 0.0,
        "name_rate": 0.3,
        "seed": 0,
        "open_key": None,
        "scorer": {"@scorers": "spacy-fewner.SpanScorer.v1"},
    },
    default_score_weights=score_weights("sc"),
)
def make_fewner_cascade(
    nlp: Language,
    name: str,
    model: Model,
    tree: str | list[Any] | None,
    candidates_key: str,
    spans_key: str,
    threshold: float,
    level_thresholds: list[float],
    context: bool,
    set_ents: bool,
    max_labels: int,
    drop_distractors: float,
    name_rate: float,
    seed: int,
    open_key: str | None,
    scorer: Callable | None,
):
    """Build a `CascadeClassifier`.

    model: `spacy-fewner.PathClassifier.v1` on any tok2vec.
    tree: a file (.yaml, .yml, .jsonl), a list of paths, or of records with "id", "description",
        "examples", "synonyms", "catch_all". Null: set it by `set_tree` or `add_label`, or
        let `initialize` take it from the gold labels.
    candidates_key: where the spans to classify are, doc.spans[candidates_key], whatever their
        labels; "ents" for doc.ents. The default is where `fewner`, `span_finder` and `spancat`
        write; it may be spans_key, whose spans are then replaced.
    spans_key: where gold is read from in training and results are written to.
    threshold: probability that a label needs; below, a span keeps the parent, or is dropped if it
        has none. A label's is that of its parent times its own among its siblings, and a root's
        begins with the score that the candidate came with.
    level_thresholds: the same for single levels, from the roots down; others take `threshold`.
    context: the encoder reads spans in their text; otherwise each alone (the ablation of
        CascadeNER).
    set_ents: also write the best non-overlapping spans to `doc.ents`.
    max_labels: label texts that a training batch may read; right ones count and always stay.
    drop_distractors: probability in training that a wrong option is left out.
    name_rate: probability in training that of a label only its name, or a synonym, is read.
    seed: of what training draws at random here.
    open_key: where a `fewner` with open labels writes spans of labels of the tree. Those of labels
        that training had no example of stand beside the candidates classified; of two that share a
        token the more probable one. Null: labels without an example come from candidates alone.
    scorer: see `spacy-fewner.SpanScorer.v1`.
    """
    from .component import CascadeClassifier

    return CascadeClassifier(
        nlp,
        model,
        name,
        tree=tree,
        candidates_key=candidates_key,
        spans_key=spans_key,
        threshold=threshold,
        level_thresholds=level_thresholds,
        context=context,
        set_ents=set_ents,
        max_labels=max_labels,
        drop_distractors=drop_distractors,
        name_rate=name_rate,
        seed=seed,
        open_key=open_key,
        scorer=scorer,
    )
