"""spaCy's transition-based `ner` on the same encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spacy.language import Language

from benchmarks.datasets import Sentence, TokenSpan, joiner_of
from benchmarks.peers.spacy_common import (
    LISTENER,
    annotated,
    fit,
    to_examples,
    transformer_pipeline,
)


def train_and_predict(
    train: Sequence[Sentence],
    test_tokens: Sequence[Sequence[str]],
    encoder_path: str,
    seed: int,
    **training: Any,
) -> list[list[TokenSpan]]:
    """Train transformer and `ner` together on `train`; the entities of each of `test_tokens`.

    training: as of `fit`.
    """
    nlp = pipeline(encoder_path)
    examples = to_examples(nlp, train, lambda doc, spans: doc.set_ents(spans))
    fit(nlp, examples, seed, **training)
    return [
        [TokenSpan(ent.start, ent.end, ent.label_) for ent in doc.ents]
        for doc in annotated(nlp, test_tokens, joiner_of(train))
    ]


def pipeline(encoder_path: str) -> Language:
    """The encoder and an untrained `ner` that listens to it."""
    nlp = transformer_pipeline(encoder_path)
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": False,
        "tok2vec": LISTENER,
    }
    nlp.add_pipe("ner", config={"model": model})
    return nlp
