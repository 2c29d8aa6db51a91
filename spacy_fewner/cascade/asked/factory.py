"""The factory `fewner_cascade_llm`: its configuration, its defaults and its checks."""

from collections.abc import Callable
from typing import Any

from spacy.language import Language

from ...errors import FewnerError
from ...llm.connect import Connection
from ...spans.scoring import score_weights
from .mark import MarkEntities


@Language.factory(
    "fewner_cascade_llm",
    assigns=["doc.spans", "doc._.synthetic_rejects"],
    default_config={
        "tree": None,
        "client": None,
        "candidates_key": "sc",
        "spans_key": "sc",
        "threshold": 0.0,
        "level_thresholds": [],
        "set_ents": False,
        "rounds": 1,
        "unknown": True,
        "max_chars": 2000,
        "mark": None,
        "extractor_client": None,
        "context": True,
        "demonstrations": [],
        "shots": 4,
        "language": None,
        "seed": 0,
        "scorer": {"@scorers": "spacy-fewner.SpanScorer.v1"},
    },
    default_score_weights=score_weights("sc"),
)
def make_fewner_cascade_llm(
    nlp: Language,
    name: str,
    tree: str | list[Any] | None,
    client: Connection | None,
    candidates_key: str,
    spans_key: str,
    threshold: float,
    level_thresholds: list[float],
    set_ents: bool,
    rounds: int,
    unknown: bool,
    max_chars: int,
    mark: MarkEntities | None,
    extractor_client: Connection | None,
    context: bool,
    demonstrations: list[Any],
    shots: int,
    language: str | None,
    seed: int,
    scorer: Callable | None,
):
    """Build an `LLMCascade`.

    tree: as of `fewner_cascade`: a file, a list of paths or of records. Null: set it by `set_tree`
        or `add_label`.
    client: `spacy-fewner.Client.v1`. extractor_client: the same for `mark`, where another model
        finds the spans; null for `client`.
    candidates_key: where the spans to classify are, doc.spans[candidates_key], whatever their
        labels; "ents" for doc.ents. It may be spans_key, whose spans are then replaced.
    spans_key: where results are written to.
    threshold: probability that a label needs; below, a span keeps the parent, or is dropped if it
        has none. A label's is that of its parent times its share of the votes, and a root's begins
        with the score that the candidate came with. level_thresholds: the same for single levels,
        from the roots down.
    set_ents: also write the best non-overlapping spans to `doc.ents`.
    rounds, unknown, max_chars, context, demonstrations, shots, seed: see `ChooseLabels`;
        demonstrations are records, {"text": ..., "spans": [{"start", "end", "label"}]}.
    language: of the texts; null for that of the pipeline. Chinese is asked about in Chinese, all
        others in English, which names the language; xx stands for any. It holds for `mark` too,
        unless that names its own.
    mark: `spacy-fewner.MarkEntities.v1`, by which the model finds the candidates itself; they are
        left under candidates_key, in the place of what is there.
    scorer: see `spacy-fewner.SpanScorer.v1`.
    """
    from ...synthesis.spacy_pipes.processes import refuse_processes
    from .. import spans_in
    from .component import LLMCascade

    if mark is not None and candidates_key == spans_in.ENTS:
        remedy = "Name a key of doc.spans; set_ents writes the result to doc.ents."
        rule = "must be of doc.spans where the model finds the candidates"
        raise FewnerError("candidates_key", rule, candidates_key, remedy)
    refuse_processes(nlp)
    return LLMCascade(
        client,
        name,
        tree=tree,
        candidates_key=candidates_key,
        spans_key=spans_key,
        threshold=threshold,
        level_thresholds=level_thresholds,
        set_ents=set_ents,
        rounds=rounds,
        unknown=unknown,
        max_chars=max_chars,
        mark=mark,
        extractor_client=extractor_client,
        context=context,
        demonstrations=demonstrations,
        shots=shots,
        language=language,
        seed=seed,
        scorer=scorer,
        nlp=nlp,
    )
