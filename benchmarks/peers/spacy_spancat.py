"""spaCy's span categorizer on the same encoder: `spancat`, or its single-label variant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from benchmarks.datasets import Sentence, TokenSpan
from benchmarks.peers.spacy_common import (
    LISTENER,
    annotated,
    fit,
    to_examples,
    transformer_pipeline,
)

KEY = "sc"
LEAST_WIDTH = 10  # every test set has spans wider than the widest of its few training sentences


def train_and_predict(
    train: Sequence[Sentence],
    test_tokens: Sequence[Sequence[str]],
    encoder_path: str,
    seed: int,
    *,
    factory: str = "spancat",
    threshold: float = 0.5,
    negative_weight: float = 1.0,
    **training: Any,
) -> list[list[TokenSpan]]:
    """Train transformer and span categorizer together; the flat spans of each of `test_tokens`.

    training: as of `fit`.
    factory: "spancat" (threshold applies) or "spancat_singlelabel" (negative_weight applies).
    Suggested are all spans up to the widest of `train`, and at least up to LEAST_WIDTH tokens.
    """
    widest = max(span.end - span.start for sentence in train for span in sentence.spans)
    widest = max(LEAST_WIDTH, widest)
    nlp = pipeline(encoder_path, widest, factory, threshold, negative_weight)

    def annotate(doc: Doc, spans: list) -> None:
        doc.spans[KEY] = spans

    examples = to_examples(nlp, train, annotate)
    fit(nlp, examples, seed, **training)
    return [flat(doc) for doc in annotated(nlp, test_tokens)]


def flat(doc: Doc) -> list[TokenSpan]:
    """The best-scored spans that do not overlap: the gold is flat, so the rest would only cost."""
    group = doc.spans[KEY]
    ranked = sorted(zip(group.attrs["scores"], group, strict=True), key=lambda pair: -pair[0])
    taken: set[int] = set()
    chosen = []
    for _, span in ranked:
        tokens = range(span.start, span.end)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            chosen.append(TokenSpan(span.start, span.end, span.label_))
    return sorted(chosen)


def pipeline(
    encoder_path: str,
    widest: int,
    factory: str = "spancat",
    threshold: float = 0.5,
    negative_weight: float = 1.0,
) -> Language:
    """The encoder and an untrained span categorizer that listens to it."""
    nlp = transformer_pipeline(encoder_path)
    nlp.add_pipe(factory, config=_component(factory, widest, threshold, negative_weight))
    return nlp


def _component(
    factory: str, widest: int, threshold: float, negative_weight: float
) -> dict[str, Any]:
    single = factory == "spancat_singlelabel"
    scorer = {"@layers": "Softmax.v2" if single else "spacy.LinearLogistic.v1"}
    model = {
        "@architectures": "spacy.SpanCategorizer.v1",
        "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128},
        "scorer": scorer,
        "tok2vec": LISTENER,
    }
    own = (
        {"negative_weight": negative_weight, "allow_overlap": False}
        if single
        else {"threshold": threshold, "max_positive": None}
    )
    suggester = {
        "@misc": "spacy.ngram_range_suggester.v1",
        "min_size": 1,
        "max_size": widest,
    }
    return {"model": model, "suggester": suggester, "spans_key": KEY, **own}
