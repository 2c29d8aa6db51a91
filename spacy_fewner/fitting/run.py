"""`fit`: from a file of examples to a trained, measured and packaged pipeline."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import FewnerError
from ..evaluation.thresholds import Thresholds
from ..types import Sample
from .examples import audited, is_nested, load_samples
from .folder import free_folder, whole_folder
from .settings import FitSettings, training_config

if TYPE_CHECKING:
    from .outcome import FitResult
    from .validation import HeldOut


@dataclass
class _Clock:
    """Wall-clock seconds of each step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[step] = round(time.perf_counter() - begun, 1)


def fit(
    examples: str | Path | Sequence[Sample],
    out: str | Path,
    *,
    dev: str | Path | Sequence[Sample] | None = None,
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
    with whole_folder(out) as folder:
        result, held_out, facts = _fit(
            samples, dev_samples, chosen, nested, folder, package, progress
        )
        result.report = write_outcome(result, out.name, nested, held_out, report, facts)
    return _moved(result, folder, out)


def _settings(given: dict[str, Any]) -> FitSettings:
    unknown = set(given) - set(FitSettings.__dataclass_fields__)
    if unknown:
        known = ", ".join(FitSettings.__dataclass_fields__)
        raise FewnerError("settings", f"must be among {known}", sorted(unknown), "Check the name.")
    return FitSettings(**given)


def _fit(
    samples: list[Sample],
    dev: list[Sample],
    settings: FitSettings,
    nested: bool,
    folder: Path,
    package: str | None,
    progress: bool,
) -> "tuple[FitResult, list[HeldOut], list[tuple[str, str]]]":
    """The pipeline in `folder`, what was held out from its like, and facts for the page."""
    from ..evaluation.aggregate import aggregate_folds, aggregate_seeds
    from . import outcome
    from .packaging import build_wheel
    from .training import train_pipeline, use_device
    from .validation import choose_thresholds, honest_scores

    use_device(settings.gpu_id)
    clock = _Clock()
    label_names = sorted({span.label for sample in samples for span in sample.spans})
    with _progress(samples, dev, settings, progress) as on_step:
        with clock("measure"):
            whole, smaller = _measure(samples, dev, settings, nested, on_step)
        with clock("train"):
            config = training_config(settings, len(samples), settings.seed, nested)
            nlp = train_pipeline(config, samples, on_step)
    thresholds = choose_thresholds(whole, label_names, nested)
    scores = honest_scores(whole, label_names, nested)
    result = outcome.FitResult(
        out=folder,
        model=folder / "model",
        measured_on=_measured_on(samples, dev, settings),
        scores=aggregate_seeds(scores) if dev else aggregate_folds(scores),
        thresholds=thresholds,
        curve=outcome.learning_curve(smaller, whole, scores, thresholds, nested, label_names),
        seconds=clock.seconds,
    )
    _set_thresholds(nlp, thresholds)
    nlp.to_disk(result.model)
    if package:
        with clock("package"):
            result.wheel = build_wheel(result.model, folder, package)
    return result, whole, _facts(settings, samples, dev, nested, nlp, result)


def _measure(
    samples: list[Sample], dev: list[Sample], settings: FitSettings, nested: bool, on_step
) -> "tuple[list[HeldOut], dict[float, list[HeldOut]]]":
    """Held-out predictions of models trained on all of each split, and on parts of it."""
    from .validation import part_of, run_split, splits

    pairs = splits(samples, dev, settings)
    whole = [run_split(split, settings, nested, on_step) for split in pairs]
    smaller = {
        part: [run_split(part_of(split, part), settings, nested, on_step) for split in pairs]
        for part in settings.curve
    }
    return whole, smaller


@contextmanager
def _progress(
    samples: list[Sample], dev: list[Sample], settings: FitSettings, shown: bool
) -> Iterator[Any]:
    """A bar over all updates of all models; yields what counts one update."""
    from tqdm import tqdm

    held_in = len(samples) if dev else round(len(samples) * (1 - 1 / settings.folds))
    parts = [settings.steps(max(2, round(part * held_in))) for part in (1.0, *settings.curve)]
    total = settings.folds * sum(parts) + settings.steps(len(samples))
    hidden = None if shown else True  # None: tqdm hides the bar where there is no terminal
    with tqdm(total=total, desc="training", unit="step", disable=hidden, mininterval=1.0) as bar:
        yield bar.update


def _measured_on(samples: list[Sample], dev: list[Sample], settings: FitSettings) -> str:
    if dev:
        return f"dev set of {len(dev)} texts, {settings.folds} seeds"
    return f"{settings.folds}-fold cross-validation over {len(samples)} texts"


def _set_thresholds(nlp, thresholds: Thresholds) -> None:
    component = nlp.get_pipe("fewner")
    config = nlp.config["components"]["fewner"]
    for settings in (component.cfg, config):
        settings["threshold"] = thresholds.global_threshold
        settings["label_thresholds"] = dict(thresholds.per_label)


def _facts(
    settings: FitSettings, samples: list[Sample], dev: list[Sample], nested: bool, nlp, result
) -> list[tuple[str, str]]:
    from importlib.metadata import version

    component = nlp.get_pipe("fewner")
    tok2vec = nlp.config["components"]["fewner"]["model"]["tok2vec"]
    spans = sum(len(sample.spans) for sample in samples)
    return [
        ("examples", f"{len(samples)} texts, {spans} spans, {len(component.labels)} labels"),
        ("dev", f"{len(dev)} texts" if dev else "none: cross-validation over the examples"),
        ("encoder", str(tok2vec.get("name", tok2vec["@architectures"]))),
        ("spans", f"{'nested' if nested else 'flat'}, up to {component.max_width} tokens"),
        ("threshold", f"{result.thresholds.global_threshold:.2f}"),
        ("updates", str(settings.steps(len(samples)))),
        ("time", ", ".join(f"{step} {value:.0f} s" for step, value in result.seconds.items())),
        ("versions", ", ".join(f"{n} {version(n)}" for n in ("spacy-fewner", "spacy", "torch"))),
    ]


def _moved(result: "FitResult", before: Path, after: Path) -> "FitResult":
    moved = {
        name: after / path.relative_to(before)
        for name in ("model", "wheel", "report")
        if (path := getattr(result, name))
    }
    return replace(result, out=after, **moved)
