"""The examples that training is given: read, and checked before anything is trained."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...corpus.checking.chain import Check
from ...corpus.checking.clean import Cleaned, clean, trainable_checks, trainable_class_checks
from ...corpus.checking.extended_gold import ExtendedGold
from ...data import Alignment, AuditReport, read_samples
from ...data.auditing.audit import audit
from ...data.docs import SPANS_KEY
from ...data.given import as_samples
from ...data.read import if_uncertain
from ...data.tokens.tiles import all_tile
from ...errors import FewnerError, path_given_as
from ...types import LabelSpec, Sample, Schema
from .class_config import ClassSettings
from .settings import FitSettings

if TYPE_CHECKING:
    from spacy.language import Language

MAX_UNUSABLE = 0.1


def load_samples(
    source: str | Path | Sequence[Sample] | None, name: str, **how: Any
) -> list[Sample]:
    """The samples of a file or a list, none of None; FewnerError if there are none.

    how: to read a file, as of read_samples; a format is for files whose suffix leaves a doubt.
    """
    if source is None:
        return []
    if isinstance(source, (str, Path)):
        how["format"] = if_uncertain(source, how.get("format"))
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
    with extension spans is no copy (`with_extended`). Where spans and classes are predicted, a text
    that was annotated for spans counts as one of theirs; unknown classes of it are left out.
    FewnerError if none is left, or if more than a tenth have labels or offsets that gold text could
    not have: then something else is wrong.
    """
    cleaned = Cleaned()
    if source is None:
        return cleaned
    given = load_samples(source, "synthetic", **settings.reading)
    spans, classes = settings.predicts_spans, settings.classes
    of_spans = [one for one in given if one.spans_annotated] if spans else []
    if of_spans or not classes:
        nlp, schema = settings.blank_pipeline(), Schema.from_samples(gold)
        checks = trainable_checks(gold, schema, nlp, nested, held_out, ExtendedGold(gold))
        _take(cleaned, [_of_known(one, classes) for one in of_spans], checks)
    if classes:
        left = [one for one in given if not (spans and one.spans_annotated)]
        checks = trainable_class_checks(gold, classes.schema, classes.exclusive, held_out)
        _take(cleaned, [replace(one, spans=()) for one in left], checks)
    if len(cleaned.samples) < (1 - MAX_UNUSABLE) * len(given):
        raise FewnerError(
            "synthetic",
            f"at most {MAX_UNUSABLE:.0%} of it may be unusable",
            f"{len(cleaned.rejects)} of {len(given)}",
            f"Run it through `synthesize`, or mend it:\n{cleaned.ledger.to_text()}",
        )
    return cleaned


def _of_known(sample: Sample, classes: ClassSettings | None) -> Sample:
    if classes is None or all(name in classes.schema for name in sample.cats):
        return sample
    return replace(sample, cats={})


def _take(cleaned: Cleaned, samples: Sequence[Sample], checks: Sequence[Check]) -> None:
    for outcome in clean(samples, checks, cleaned.ledger):
        cleaned.take(outcome)


def audited(
    samples: Sequence[Sample],
    dev: Sequence[Sample],
    labels: Sequence[str] | None,
    nested: bool,
    nlp: "Language",
    alignment: Alignment = "strict",
    classes: ClassSettings | None = None,
) -> AuditReport:
    """The audit of `samples`, and what is wrong with the dev samples; FewnerError if either cannot
    be used.

    labels: the label scheme; without it, what the samples hold, which must be two or more, since
        one alone is more often a mistake than meant, but for words that tile their texts.
    nlp: cuts texts into tokens.
    alignment: "strict" makes a span with an edge inside a token an error; the others move it.
    classes: what is trained of them.
    """
    schema = Schema(tuple(map(LabelSpec, labels))) if labels else Schema.from_samples(samples)
    against = {"dev": dev} if dev else None
    how: Any = {"labels": schema, "flat": not nested, "alignment": alignment}
    if classes:
        how |= {"classes": classes.schema, "exclusive": classes.exclusive}
    report = audit(samples, nlp, against=against, **how)
    fatal = ["misaligned"] if alignment == "strict" else []
    report.raise_on_errors(also=fatal)
    alone = all_tile(samples) or (classes and classes.alone)
    if labels is None and len(schema) < 2 and not alone:
        raise _single_label(schema)
    if not dev:
        return report
    of_dev = audit(dev, nlp, min_count=0, **how).named("dev")
    of_dev.raise_on_errors(also=fatal, ignore=["single class"])
    return report.with_issues_of(of_dev)


def _single_label(schema: Schema) -> FewnerError:
    (label,) = schema.ids
    return FewnerError(
        "examples",
        "must have two labels or more, unless a label scheme says that there is but one",
        label,
        "Check that no label is missing; if none is, declare it: --labels NAME, or labels=[NAME].",
    )
