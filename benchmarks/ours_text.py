"""`fewner` from text to spans, as a user has it: it cuts the texts into tokens itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from benchmarks.datasets import Sentence, TokenSpan, joiner_of, to_sample
from benchmarks.ours import RECIPE

__all__ = ["RECIPE", "train_and_predict"]


def train_and_predict(
    train: Sequence[Sentence],
    test_tokens: Sequence[Sequence[str]],
    encoder_path: str,
    seed: int,
    **recipe: Any,
) -> list[list[TokenSpan]]:
    """Train on the texts of the sentences, and find spans in those of the others.

    A span that does not begin and end with a token of the data is kept, and wrong.
    """
    from dataclasses import replace

    from spacy_fewner.fitting.training.config import training_config
    from spacy_fewner.fitting.training.settings import FitSettings
    from spacy_fewner.fitting.training.training import train_pipeline
    from spacy_fewner.spans.component import labeller_of

    samples = [replace(to_sample(sentence), tokens=None) for sentence in train]
    settings = FitSettings(encoder=encoder_path, nested=False, start="scratch", **recipe)
    config = training_config(settings.for_samples(samples), len(samples), seed, nested=False)
    nlp = train_pipeline(config, samples)
    key, joiner = labeller_of(nlp).spans_key, joiner_of(train)
    docs = nlp.pipe(joiner.join(tokens) for tokens in test_tokens)
    return [
        [_in_tokens(span, tokens, len(joiner)) for span in doc.spans[key]]
        for doc, tokens in zip(docs, test_tokens, strict=True)
    ]


def _in_tokens(span: Any, tokens: Sequence[str], gap: int) -> TokenSpan:
    starts = list(accumulate((len(token) + gap for token in tokens), initial=0))
    ends = [end - gap for end in starts[1:]]
    fits = span.start_char in starts and span.end_char in ends
    if not fits:
        return TokenSpan(-1, span.end_char, span.label_)
    return TokenSpan(starts.index(span.start_char), ends.index(span.end_char) + 1, span.label_)
