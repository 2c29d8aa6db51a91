"""`fit`: from a file of examples to a trained, measured and packaged pipeline."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..corpus.checking.sample_checks import is_nested
from ..data.edge_space import without_edge_space
from ..errors import FewnerError
from ..types import LabelSpec, Sample, Schema
from .build import Task, build, with_made
from .folder import free_folder, whole_folder
from .synthetic import check_sources, obtained, write_written
from .training.examples import audited, load_samples
from .training.settings import FitSettings

if TYPE_CHECKING:
    from ..data import AuditReport
    from ..llm.client import Client
    from .output.outcome import FitResult
    from .synthesis_loop import SynthesisSettings


def fit(
    examples: str | Path | Sequence[Sample],
    out: str | Path,
    *,
    dev: str | Path | Sequence[Sample] | None = None,
    synthetic: str | Path | Sequence[Sample] | None = None,
    client: "Client | None" = None,
    synthesis: "SynthesisSettings | None" = None,
    held_out: Mapping[str, str | Path | Sequence[Sample]] | None = None,
    labels: Sequence[str] | Schema | None = None,
    package: str | None = None,
    overwrite: bool = False,
    progress: bool = True,
    **settings: Any,
) -> "FitResult":
    """Train a span model on a few examples, measure it on held-out text and save it.

    examples: JSONL with character offsets, CoNLL, `.spacy`; or a list of `types.Sample`, of dicts
        like a line of the JSONL, or of spaCy Docs or Examples. So are all examples below.
    out: folder to write; holds `model/`, `report.html`, `scores.json`, `audit.txt`, the wheel,
        and with a client `synthetic/`.
    dev: text to measure on and to pick thresholds with; without it, cross-validation over the
        examples does both. Never give a test set here.
    synthetic: more examples, made by a language model (`synthesize`), the examples themselves with
        extension spans among them: used if they help on held-out text, and dropped, with a message,
        if not.
    client: instead of `synthetic`, the language model that is to write them now. Give it a journal
        outside of `out`, so that a run that ends early loses nothing that was paid for.
    synthesis: what it is to write.
    held_out: name -> test set: nothing like its texts is used of what a language model wrote. It is
        read for nothing else.
    labels: the label scheme; other labels in the data are errors. A Schema tells a client what the
        labels mean.
    package: build a wheel of this name.
    overwrite: replace `out` if it is there.
    settings: how to train, by name, such as epochs=30, folds=3 or encoder="cnn"; all are in
        `fitting.settings.FitSettings`.

    Returns where the pipeline, the wheel and the page are, the scores and the thresholds;
    `summary()` puts them in words. Raises FewnerError for data or settings that cannot work; `out`
    appears whole or not at all.
    """
    from .output.outcome import write_outcome
    from .output.packaging import check_package_name

    chosen = _settings(settings)
    check_sources(synthetic, client, synthesis, Path(out))
    out = free_folder(out, overwrite)
    if package is not None:
        check_package_name(package)
    schema = _schema(labels)
    task, report = _task(examples, dev, schema, chosen)
    apart = {
        name: load_samples(source, name, **chosen.reading, texts_only=True)
        for name, source in (held_out or {}).items()
    }
    made = obtained(
        synthetic,
        client,
        synthesis,
        schema or Schema.from_samples(task.samples),
        task,
        apart,
        out,
        progress,
    )
    task = with_made(task, made.samples)
    with whole_folder(out) as folder:
        result, measured, facts = build(task, folder, package, progress)
        if client:
            write_written(made, folder / "synthetic")
        result.notes = report.fates()
        steps = made.ledger.to_text() if made.ledger.rows else ""
        result.report = write_outcome(result, out.name, task.nested, measured, report, facts, steps)
    return _moved(result, folder, out)


def _schema(labels: Sequence[str] | Schema | None) -> Schema | None:
    if labels is None or isinstance(labels, Schema):
        return labels
    return Schema(tuple(map(LabelSpec, labels)))


def _task(
    examples: str | Path | Sequence[Sample],
    dev: str | Path | Sequence[Sample] | None,
    schema: Schema | None,
    settings: FitSettings,
) -> "tuple[Task, AuditReport]":
    """What was given, read and audited; FewnerError if it cannot be measured on."""
    from .measuring.validation import splits

    samples = load_samples(examples, "examples", **settings.reading)
    dev_samples = load_samples(dev, "dev", **settings.reading)
    nested = is_nested(samples) if settings.nested is None else settings.nested
    labels = None if schema is None else schema.ids
    report = audited(samples, dev_samples, labels, nested, settings.lang, settings.alignment)
    samples, dev_samples = without_edge_space(samples), without_edge_space(dev_samples)
    splits(samples, dev_samples, settings)  # its errors come before a language model is paid
    return Task(samples, dev_samples, [], settings, nested), report


def _settings(given: dict[str, Any]) -> FitSettings:
    unknown = set(given) - set(FitSettings.__dataclass_fields__)
    if unknown:
        known = ", ".join(FitSettings.__dataclass_fields__)
        raise FewnerError("settings", f"must be among {known}", sorted(unknown), "Check the name.")
    return FitSettings(**given)


def _moved(result: "FitResult", before: Path, after: Path) -> "FitResult":
    moved = {
        name: after / path.relative_to(before)
        for name in ("model", "wheel", "report")
        if (path := getattr(result, name))
    }
    return replace(result, out=after, **moved)
