"""The examples that training is given: read, and checked before anything is trained."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...corpus.checking.clean import Cleaned, clean, trainable_checks
from ...corpus.checking.extended_gold import ExtendedGold
from ...data import Alignment, AuditReport, read_samples
from ...data.auditing.audit import audit
from ...data.docs import SPANS_KEY
from ...data.given import as_samples
from ...errors import FewnerError, path_given_as
from ...types import LabelSpec, Sample, Schema
from .settings import FitSettings

if TYPE_CHECKING:
    from spacy.language import Language

MAX_UNUSABLE = 0.1


def load_samples(
    source: str | Path | Sequence[Sample] | None, name: str, **how: Any
) -> list[Sample]:
    """The samples of a file or a list, none of None; FewnerError if there are none.

    how: to read a file, as of read_samples.
    """
    if source is None:
        return []
    if isinstance(source, (str, Path)):
        with path_given_as(name):
            return read_samples(source, **how)
    key = None if how.get("texts_only") else how.get("spans_key", SPANS_KEY)
    samples = as_samples(source, name, key)
    if not samples:
        raise FewnerError(name, "must hold at least one example", "nothing", "Annotate some text.")
    return samples


def load_synthetic(
    source: str | Path | Sequence[Sample] | None,
    gold: Sequence[Sample],
    held_out: Mapping[str, Sequence[Sample]],
    settings: FitSettings,
    nested: bool,
) -> Cleaned:
    """Synthetic samples that can be trained on, and what was left out; none of None.

    held_out: name -> samples of dev and test sets. Copies of them and of gold are left out; gold
    with extension spans is no copy (`with_extended`).
    FewnerError if none is left, or if more than a tenth have labels or offsets that gold text could
    not have: then something else is wrong.
    """
    cleaned = Cleaned()
    if source is None:
        return cleaned
    given = load_samples(source, "synthetic", **settings.reading)
    nlp, schema = blank_pipeline(settings.lang), Schema.from_samples(gold)
    checks = trainable_checks(gold, schema, nlp, nested, held_out, ExtendedGold(gold))
    for outcome in clean(given, checks, cleaned.ledger):
        cleaned.take(outcome)
    if len(cleaned.samples) < (1 - MAX_UNUSABLE) * len(given):
        raise FewnerError(
            "synthetic",
            f"at most {MAX_UNUSABLE:.0%} of it may be unusable",
            f"{len(cleaned.rejects)} of {len(given)}",
            f"Run it through `synthesize`, or mend it:\n{cleaned.ledger.to_text()}",
        )
    return cleaned


def audited(
    samples: Sequence[Sample],
    dev: Sequence[Sample],
    labels: Sequence[str] | None,
    nested: bool,
    lang: str,
    alignment: Alignment = "strict",
    spans: bool = True,
) -> AuditReport:
    """The audit of `samples`, and what is wrong with the dev samples; FewnerError if either cannot
    be used.

    labels: the label scheme; without it, what the samples hold, which must be two or more, since
        one alone is more often a mistake than meant.
    alignment: "strict" makes a span with an edge inside a token an error; the others move it.
    spans: whether any are predicted.
    """
    schema = Schema(tuple(map(LabelSpec, labels))) if labels else Schema.from_samples(samples)
    nlp = blank_pipeline(lang)
    against = {"dev": dev} if dev else None
    flat = not nested
    report = audit(samples, nlp, labels=schema, flat=flat, against=against, alignment=alignment)
    fatal = ["misaligned"] if alignment == "strict" else []
    ignored = [] if spans else ["no spans"]
    report.raise_on_errors(also=fatal, ignore=ignored)
    if spans and labels is None and len(schema) < 2:
        raise _single_label(schema)
    if not dev:
        return report
    of_dev = audit(dev, nlp, labels=schema, flat=flat, min_count=0, alignment=alignment)
    of_dev = of_dev.named("dev")
    of_dev.raise_on_errors(also=fatal, ignore=ignored)
    return report.with_issues_of(of_dev)


def _single_label(schema: Schema) -> FewnerError:
    (label,) = schema.ids
    return FewnerError(
        "examples",
        "must have two labels or more, unless a label scheme says that there is but one",
        label,
        "Check that no label is missing; if none is, declare it: --labels NAME, or labels=[NAME].",
    )


def blank_pipeline(lang: str) -> "Language":
    """A tokenizer of the language; FewnerError if spaCy has none."""
    import spacy

    try:
        return spacy.blank(lang)
    except ImportError as err:
        raise FewnerError(
            "lang",
            "must be the code of a language that spaCy can tokenize here",
            f"{lang} ({str(err).splitlines()[0]})",
            "Use for instance en, de or xx, or install what the language needs.",
        ) from err
