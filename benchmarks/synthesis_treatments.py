"""Ways of treating what gpt-3.5 wrote before training on it, from nothing to everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import proggen
from spacy_fewner.corpus.chain import Check, Outcome
from spacy_fewner.corpus.checks import FlatCheck, SchemaCheck, SpanCheck, TokenCheck
from spacy_fewner.corpus.clean import Cleaned, clean, standard_checks
from spacy_fewner.corpus.decontaminate import HeldOutCheck
from spacy_fewner.fitting.examples import blank_pipeline
from spacy_fewner.fitting.mixture import Mixture
from spacy_fewner.types import Reject, Sample

Make = Callable[[Sequence[Sample], Sequence[Sample], Path], Cleaned]


@dataclass(frozen=True)
class Treatment:
    """make: (gold, test, folder of journals) -> the synthetic text to train on."""

    says: str
    make: Make
    mixture: Mixture = field(default_factory=Mixture)


def _none(gold: Sequence[Sample], test: Sequence[Sample], journals: Path) -> Cleaned:
    return Cleaned()


def _raw(gold: Sequence[Sample], test: Sequence[Sample], journals: Path) -> Cleaned:
    """Only what cannot be trained on is left out: and test texts, without which F1 says nothing."""
    checks: list[Check] = [
        SchemaCheck(proggen.SCHEMA, unknown="drop"),
        SpanCheck(),
        FlatCheck("longest"),
        TokenCheck(blank_pipeline("en"), "expand"),
        FlatCheck("longest"),
        HeldOutCheck({"test": test}, max_edits=0),
    ]
    return _cleaned(_written(journals), checks)


def _standard(style: bool, corrected: bool) -> Make:
    def make(gold: Sequence[Sample], test: Sequence[Sample], journals: Path) -> Cleaned:
        nlp = blank_pipeline("en")
        checks = standard_checks(gold, proggen.SCHEMA, nlp, False, {"test": test}, style)
        written = _corrected(journals) if corrected else _written(journals)
        return _cleaned(written, checks)

    return make


def _written(journals: Path) -> Iterable[Outcome]:
    return proggen.written(journals / "sample.jsonl")


def _corrected(journals: Path) -> Iterable[Outcome]:
    samples = [one for one in _written(journals) if isinstance(one, Sample)]
    return proggen.corrected(samples, journals / "correction.jsonl")


def _cleaned(outcomes: Iterable[Outcome], checks: Sequence[Check]) -> Cleaned:
    cleaned = Cleaned()
    for outcome in clean(cleaned.ledger.count("written", outcomes), checks, cleaned.ledger):
        (cleaned.rejects if isinstance(outcome, Reject) else cleaned.samples).append(outcome)  # type: ignore[arg-type]
    return cleaned


TREATMENTS = {
    "none": Treatment("no synthetic text", _none),
    "raw": Treatment("all that could be read and grounded, as it was written", _raw),
    "filtered": Treatment(
        "the spans as the model corrected them when asked again, then the standard checks: "
        "leftovers, style of the gold text, density, copies, near duplicates, near copies of test "
        "texts",
        _standard(style=True, corrected=True),
    ),
    "not corrected": Treatment("the standard checks alone", _standard(style=True, corrected=False)),
    "not styled": Treatment(
        "as filtered, but in the model's own case and punctuation",
        _standard(style=False, corrected=True),
    ),
    "weight 1": Treatment(
        "as filtered, with the loss of synthetic text not weighted down to 0.4",
        _standard(style=True, corrected=True),
        Mixture(1.0),
    ),
}
