"""`fewner` as the benchmark sees it: the recipe of `spacy-fewner fit`, one model a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.datasets import Sentence, TokenSpan, joiner_of, to_sample

# The defaults of FitSettings, written out so that a stored result says what made it.
RECIPE: dict[str, Any] = {
    "epochs": 30,
    "min_steps": 120,
    "batch_size": 4,
    "threshold": 0.2,
    "rank": 16,
    "learn_rate": 1e-3,
    "head_learn_rate": 1e-3,
    "token_loss": 1.0,
    "train_precision": "bfloat16",
}


def train_and_predict(
    train: Sequence[Sentence],
    test_tokens: Sequence[Sequence[str]],
    encoder_path: str,
    seed: int,
    **recipe: Any,
) -> list[list[TokenSpan]]:
    """Train on the sentences as they are tokenized and label the others."""
    from spacy_fewner.fitting.training.config import training_config
    from spacy_fewner.fitting.training.settings import FitSettings
    from spacy_fewner.fitting.training.training import train_pipeline

    settings = FitSettings(encoder=encoder_path, nested=False, **recipe)
    config = training_config(settings, len(train), seed, nested=False)
    nlp = train_pipeline(config, [to_sample(sentence) for sentence in train])
    return predict(nlp, test_tokens, joiner_of(train))


def predict(
    nlp: Any, test_tokens: Sequence[Sequence[str]], joiner: str = " "
) -> list[list[TokenSpan]]:
    """joiner: what stands between the tokens in the text, " " or ""."""
    from spacy.tokens import Doc

    from spacy_fewner.spans.component import labeller_of

    docs = (
        Doc(nlp.vocab, words=list(tokens), spaces=[bool(joiner)] * len(tokens))
        for tokens in test_tokens
    )
    key = labeller_of(nlp).spans_key
    return [
        [TokenSpan(span.start, span.end, span.label_) for span in doc.spans[key]]
        for doc in nlp.pipe(docs)
    ]
