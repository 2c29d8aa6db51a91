"""The first two steps of `fit`: reading what was given, and auditing it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..corpus.checking.sample_checks import is_nested
from ..data.edge_space import without_edge_space
from ..errors import FewnerError, warn
from ..types import LabelSpec, Sample, Schema
from .start import meanings_of, settled
from .task import Task
from .training.examples import audited, load_samples
from .training.settings import SCRATCH, FitSettings

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from ..data import AuditReport

Source = str | Path | Sequence[Sample]


def settings_of(given: Mapping[str, Any]) -> FitSettings:
    """The settings of these names; FewnerError for a name that there is not."""
    unknown = set(given) - set(FitSettings.__dataclass_fields__)
    if unknown:
        known = ", ".join(FitSettings.__dataclass_fields__)
        raise FewnerError("settings", f"must be among {known}", sorted(unknown), "Check the name.")
    return FitSettings(**given)


def read(
    examples: Source,
    dev: Source | None,
    held_out: Mapping[str, Source] | None,
    labels: Sequence[str] | Schema | None,
    settings: FitSettings,
) -> Task:
    """All files that were named, but for synthetic ones."""
    how = settings.reading
    samples = load_samples(examples, "examples", **how)
    settings = settings.for_samples(samples)
    return Task(
        samples,
        load_samples(dev, "dev", **how),
        [],
        settings,
        is_nested(samples) if settings.nested is None else settings.nested,
        schema=as_schema(labels),
        held_out={
            name: load_samples(one, name, **how, texts_only=True)
            for name, one in (held_out or {}).items()
        },
        notes=_of_given_words(samples, settings),
    )


def _of_given_words(samples: Sequence[Sample], settings: FitSettings) -> tuple[str, ...]:
    """That what tags words was shown others than it cuts by itself."""
    given = [one for one in samples if one.tokens is not None and one.spans_annotated]
    if not settings.tiling or not given:
        return ()
    nlp = settings.blank_pipeline()
    others = sum(_tokens(nlp.make_doc(one.text)) != one.tokens for one in given)
    if not others:
        return ()
    said = f"{others} of {len(given)} texts have other words than this pipeline cuts by itself. "
    said += "Give it words where it is used, or let it learn them too: convert --no-tokens "
    return (said + "(docs/languages.md)",)


def _tokens(doc: "Doc") -> tuple[tuple[int, int], ...]:
    return tuple((token.idx, token.idx + len(token)) for token in doc if not token.is_space)


def as_schema(labels: Sequence[str] | Schema | None) -> Schema | None:
    if labels is None or isinstance(labels, Schema):
        return labels
    return Schema(tuple(map(LabelSpec, labels)))


def audit(task: Task) -> "AuditReport":
    """What may be wrong with the examples and the dev set; FewnerError for what cannot be used."""
    settings, ids = task.settings, task.schema.ids if task.schema else None
    how = settings.blank_pipeline(), settings.alignment, settings.classes
    report = audited(task.samples, task.dev, ids, task.nested, *how)
    _warn_of_leakage(task)
    return report


def with_start(task: Task) -> Task:
    """The task with a start that fits, and what its labels mean; FewnerError if the start that was
    asked for does not fit, or if there is too little to measure on.

    Its errors, as those of `audit`, come before anything is trained and before a language model is
    paid.
    """
    from .measuring.validation import splits

    settings, said = settled(task.settings)
    if task.schema and settings.start != SCRATCH:
        settings = replace(settings, meanings=meanings_of(task.schema, task.labels))
    splits(task.samples, task.dev, settings)
    alone = settings.classes and settings.classes.alone
    return replace(task, settings=settings, start=task.start if alone else task.start or said)


def without_edges(task: Task) -> Task:
    """The task without the white space at the edges of its spans, which no prediction has."""
    samples, dev = without_edge_space(task.samples), without_edge_space(task.dev)
    return replace(task, samples=samples, dev=dev)


def _warn_of_leakage(task: Task) -> None:
    known = {sample.text for sample in task.samples}
    if n := sum(sample.text in known for sample in task.dev):
        warn(
            f"{n} of the {len(task.dev)} dev texts are among the examples too: the scores flatter, "
            "and the thresholds are wrong for new text. Give text that is not trained on, or leave "
            "dev out for cross-validation."
        )
