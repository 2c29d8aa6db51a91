"""`fit`: from a file of examples to a trained, measured and packaged pipeline."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import FewnerError
from ..types import Sample
from .build import Task, build
from .examples import audited, is_nested, load_samples, load_synthetic
from .folder import free_folder, whole_folder
from .settings import FitSettings

if TYPE_CHECKING:
    from .outcome import FitResult


def fit(
    examples: str | Path | Sequence[Sample],
    out: str | Path,
    *,
    dev: str | Path | Sequence[Sample] | None = None,
    synthetic: str | Path | Sequence[Sample] | None = None,
    labels: Sequence[str] | None = None,
    package: str | None = None,
    overwrite: bool = False,
    progress: bool = True,
    **settings: Any,
) -> "FitResult":
    """Train a span model on a few examples, measure it on held-out text and save it.

    examples: JSONL with character offsets, CoNLL, `.spacy`, or samples.
    out: folder to write; holds `model/`, `report.html`, `scores.json`, `audit.txt`, the wheel.
    dev: text to measure on and to pick thresholds with; without it, cross-validation over the
        examples does both. Never give a test set here.
    synthetic: more examples, made by a language model (`synthesize`): used if they help on held-out
        text, and dropped, with a message, if not.
    labels: the label scheme; other labels in the data are errors.
    package: build a wheel of this name.
    overwrite: replace `out` if it is there.
    settings: see `FitSettings`.

    Raises FewnerError for data or settings that cannot work; `out` appears whole or not at all.
    """
    from .outcome import write_outcome
    from .packaging import check_package_name

    chosen = _settings(settings)
    out = free_folder(out, overwrite)
    if package:
        check_package_name(package)
    samples = load_samples(examples, "examples", chosen.spans_key)
    dev_samples = load_samples(dev, "dev", chosen.spans_key)
    nested = is_nested(samples) if chosen.nested is None else chosen.nested
    report = audited(samples, dev_samples, labels, nested, chosen.lang, chosen.alignment)
    more = load_synthetic(synthetic, samples, dev_samples, chosen, nested)
    task = Task(samples, dev_samples, more, chosen, nested)
    with whole_folder(out) as folder:
        result, held_out, facts = build(task, folder, package, progress)
        result.report = write_outcome(result, out.name, nested, held_out, report, facts)
    return _moved(result, folder, out)


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
