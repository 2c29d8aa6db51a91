"""Ways of treating what a language model wrote before anything is trained on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.synthesis_sources import Source
from spacy_fewner.corpus.checking.agreement import AgreementCheck
from spacy_fewner.corpus.checking.chain import Check, Outcome
from spacy_fewner.corpus.checking.clean import Cleaned, clean, standard_checks
from spacy_fewner.corpus.checking.decontaminate import HeldOutCheck
from spacy_fewner.corpus.checking.density import DensityCheck
from spacy_fewner.corpus.checking.duplicates import DuplicateCheck
from spacy_fewner.corpus.checking.sample_checks import FlatCheck, SchemaCheck, SpanCheck, TokenCheck
from spacy_fewner.data.tokens.pipeline import blank_pipeline
from spacy_fewner.fitting.measuring.mixture import Mixture
from spacy_fewner.fitting.measuring.validation import predict_candidates
from spacy_fewner.synthesis.stages.annotate import Annotate
from spacy_fewner.types import Reject, Sample

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass
class Case:
    """A few gold examples, the test set, and who writes. journals: folder of the replies.

    train: trains a pipeline on samples.
    """

    gold: Sequence[Sample]
    test: Sequence[Sample]
    source: Source
    journals: Path
    train: Callable[[Sequence[Sample]], Language]

    @cached_property
    def frozen(self) -> Language:
        """A pipeline trained on gold alone."""
        return self.train(self.gold)


Make = Callable[[Case], Cleaned]


@dataclass(frozen=True)
class Treatment:
    """make: the synthetic text to train on."""

    says: str
    make: Make
    mixture: Mixture = field(default_factory=Mixture)


def _none(case: Case) -> Cleaned:
    return Cleaned()


def _raw(case: Case) -> Cleaned:
    """Only what cannot be trained on is left out: and test texts, without which F1 says nothing."""
    checks: list[Check] = [
        SchemaCheck(case.source.schema, unknown="drop"),
        SpanCheck(),
        FlatCheck("longest"),
        TokenCheck(blank_pipeline("en"), "expand"),
        FlatCheck("longest"),
        HeldOutCheck({"test": case.test}, max_edits=0),
    ]
    return _cleaned(case.source.written(case.gold, case.journals), checks)


def _standard(
    style: bool = True, corrected: bool = True, without: type | None = None, agreement: bool = False
) -> Make:
    """without: the check to leave out."""

    def make(case: Case) -> Cleaned:
        nlp, source = blank_pipeline("en"), case.source
        checks = standard_checks(case.gold, source.schema, nlp, False, {"test": case.test}, style)
        checks = [check for check in checks if without is None or not isinstance(check, without)]
        if agreement:
            checks.append(AgreementCheck(lambda texts: predict_candidates(case.frozen, texts)))
        texts = source.corrected if corrected else source.written
        return _cleaned(texts(case.gold, case.journals), checks)

    return make


def _annotated(case: Case) -> Cleaned:
    """The texts that pass, with the spans of a model of the gold examples alone."""
    cleaned = _standard()(case)
    annotate = Annotate(case.frozen.pipe)
    cleaned.samples[:] = list(annotate(cleaned.samples, case.source.schema))  # type: ignore[arg-type]
    return cleaned


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
        _standard(),
    ),
    "not corrected": Treatment("the standard checks alone", _standard(corrected=False)),
    "not styled": Treatment(
        "as filtered, but in the model's own case and punctuation", _standard(style=False)
    ),
    "any density": Treatment(
        "as filtered, whatever the number of spans", _standard(without=DensityCheck)
    ),
    "duplicates kept": Treatment(
        "as filtered, near duplicates included", _standard(without=DuplicateCheck)
    ),
    "weight 1": Treatment(
        "as filtered, with the loss of synthetic text not weighted down to 0.4",
        _standard(),
        Mixture(1.0),
    ),
    "agreement": Treatment(
        "as filtered, without texts whose spans a model of the gold examples alone contradicts "
        "with confidence",
        _standard(agreement=True),
    ),
    "own spans": Treatment(
        "as filtered, with the spans of a model of the gold examples alone in place of the "
        "language model's",
        _annotated,
    ),
}
