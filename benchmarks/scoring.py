"""Strict span micro-F1 of a system's predictions, as a row of the result store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.datasets import Sentence, TokenSpan, to_char_spans
from spacy_fewner.evaluation.scores import PRF, span_strict


def scores(gold: Sequence[Sentence], predicted: Sequence[Sequence[TokenSpan]]) -> dict[str, Any]:
    """Micro p, r and f1 in [0, 1] with their counts, and the same for each label."""
    strict = span_strict(
        [to_char_spans(sentence.tokens, sentence.spans) for sentence in gold],
        [to_char_spans(s.tokens, spans) for s, spans in zip(gold, predicted, strict=True)],
    )
    per_label = {label: _counted(prf) for label, prf in strict.per_label.items()}
    return {**_counted(strict.micro), "per_label": per_label}


def _counted(prf: PRF) -> dict[str, float]:
    return {
        "p": round(prf.p, 5),
        "r": round(prf.r, 5),
        "f1": round(prf.f, 5),
        "tp": prf.tp,
        "fp": prf.fp,
        "fn": prf.fn,
    }
