"""Who wrote the synthetic text of benchmarks/synthesis.py, and for which data set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import live, proggen
from spacy_fewner.corpus.checking.chain import Outcome
from spacy_fewner.types import Sample, Schema

Texts = Callable[[Sequence[Sample], Path], Iterable[Outcome]]


@dataclass(frozen=True)
class Source:
    """written, corrected: (gold, folder of journals) -> annotated texts and rejects.

    corrected: with the spans as the model changed them when it was asked again; the same as
    `written` where it was not.
    """

    dataset: str
    says: str
    schema: Schema
    written: Texts
    corrected: Texts


def _gpt_written(gold: Sequence[Sample], journals: Path) -> Iterable[Outcome]:
    return proggen.written(journals / "sample.jsonl")


def _gpt_corrected(gold: Sequence[Sample], journals: Path) -> Iterable[Outcome]:
    samples = [one for one in _gpt_written(gold, journals) if isinstance(one, Sample)]
    return proggen.corrected(samples, journals / "correction.jsonl")


def _qwen_written(gold: Sequence[Sample], journals: Path) -> Iterable[Outcome]:
    return live.written(gold, journals / "crossner_ai.jsonl")


SOURCES = {
    "gpt-3.5": Source(
        "mit_movie",
        "published replies of gpt-3.5 (benchmarks/proggen.py)",
        proggen.SCHEMA,
        _gpt_written,
        _gpt_corrected,
    ),
    "qwen-1.5b": Source(
        "crossner_ai",
        f"{live.MODEL}, asked live (benchmarks/live.py)",
        live.SCHEMA,
        _qwen_written,
        _qwen_written,
    ),
}
