"""The work of `fit`: measure, choose, train, save, package."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..corpus.checking.extended_gold import with_extended
from ..evaluation.thresholds import Thresholds
from ..types import Sample
from .training.settings import FitSettings, training_config

if TYPE_CHECKING:
    from spacy.language import Language

    from .measuring.choice import Choice
    from .measuring.parallel import SplitRunner
    from .measuring.validation import HeldOut
    from .output.outcome import FitResult
    from .training.training import OnStep


@dataclass(frozen=True)
class Task:
    """What is trained on and how.

    samples: gold. dev: empty for cross-validation. synthetic: to be used if it helps.
    extended: gold with extension spans, as far as it has some, to take its place if that helps;
        empty if there are none.
    """

    samples: list[Sample]
    dev: list[Sample]
    synthetic: list[Sample]
    settings: FitSettings
    nested: bool
    extended: list[Sample] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """Those that are predicted."""
        return sorted({span.label for sample in self.samples for span in sample.targets})

    @property
    def measured_on(self) -> str:
        if self.dev:
            return f"dev set of {len(self.dev)} texts, {self.settings.folds} seeds"
        return f"{self.settings.folds}-fold cross-validation over {len(self.samples)} texts"


def with_made(task: Task, made: Sequence[Sample]) -> Task:
    """The task with what a language model made: new texts, and gold texts with extension spans."""
    extended, others = with_extended(task.samples, made)
    changed = len(others) < len(made)
    return replace(task, synthetic=others, extended=extended if changed else [])


@dataclass
class _Clock:
    """Wall-clock seconds of each step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[step] = round(time.perf_counter() - begun, 1)


def build(
    task: Task, folder: Path, package: str | None, progress: bool
) -> "tuple[FitResult, list[HeldOut], list[tuple[str, str]]]":
    """The pipeline in `folder`, what was held out from its like, and facts for the page."""
    from .measuring.parallel import split_runner
    from .output.packaging import build_wheel
    from .training.training import progress_bar, use_device

    use_device(task.settings.gpu_id)
    clock = _Clock()
    with progress_bar(_updates(task), progress) as on_step:
        with split_runner(task.settings, task.nested, on_step) as run:
            with clock("measure"):
                gold_alone, smaller = _measure(task, run)
            with clock("mix"):
                choice = _choose(task, gold_alone, run)
        with clock("train"):
            nlp, updates = _train(task, choice, on_step)
    result = _result(task, choice, smaller, folder, clock.seconds)
    set_thresholds(nlp, result.thresholds)
    nlp.to_disk(result.model)
    if package:
        with clock("package"):
            result.wheel = build_wheel(result.model, folder, package)
    return result, choice.best.held_out, _facts(task, nlp, result, updates)


def _measure(task: Task, run: "SplitRunner") -> "tuple[list[HeldOut], dict[float, list[HeldOut]]]":
    """Held-out predictions of models trained on all of each split, and on parts of it."""
    from .measuring.validation import part_of, splits

    pairs = splits(task.samples, task.dev, task.settings)
    parts = [part_of(split, part) for part in task.settings.curve for split in pairs]
    found = run((split, task.settings) for split in [*pairs, *parts])
    of_parts = [found[at : at + len(pairs)] for at in range(len(pairs), len(found), len(pairs))]
    return found[: len(pairs)], dict(zip(task.settings.curve, of_parts, strict=True))


def _choose(task: Task, gold_alone: "list[HeldOut]", run: "SplitRunner") -> "Choice":
    from .measuring.choice import choose

    return choose(
        task.samples,
        task.dev,
        task.synthetic,
        gold_alone,
        task.settings,
        task.nested,
        task.labels,
        extended=task.extended,
        run=run,
    )


def _train(task: Task, choice: "Choice", on_step: "OnStep") -> "tuple[Language, int]":
    """The pipeline, trained in the way that was chosen, and how many updates that took."""
    from .training.training import train_pipeline

    settings = task.settings
    train = task.extended if choice.best.extended else task.samples
    mixture = choice.best.mixture
    if mixture:
        train = mixture.training_set(train, task.synthetic, settings.seed)
        settings = mixture.settings(settings, len(train))
    config = training_config(settings, len(train), settings.seed, task.nested)
    return train_pipeline(config, train, on_step), settings.steps(len(train))


def _result(
    task: Task,
    choice: "Choice",
    smaller: "dict[float, list[HeldOut]]",
    folder: Path,
    seconds: dict[str, float],
) -> "FitResult":
    from ..evaluation.aggregate import aggregate_folds, aggregate_seeds
    from .measuring.validation import choose_thresholds
    from .output import outcome

    labels, nested = task.labels, task.nested
    best, gold = choice.best, choice.trials[0]
    of_gold = choose_thresholds(gold.held_out, labels, nested)
    return outcome.FitResult(
        out=folder,
        model=folder / "model",
        measured_on=task.measured_on,
        scores=aggregate_seeds(best.scores) if task.dev else aggregate_folds(best.scores),
        thresholds=choose_thresholds(best.held_out, labels, nested),
        curve=outcome.learning_curve(smaller, gold.held_out, gold.scores, of_gold, nested, labels),
        synthetic=choice.message(),
        seconds=seconds,
    )


def _updates(task: Task) -> int:
    """Of all models to come; about, as the last one's way of training is not chosen yet."""
    from .measuring.choice import n_steps

    settings, n_gold = task.settings, len(task.samples)
    held_in = n_gold if task.dev else round(n_gold * (1 - 1 / settings.folds))
    parts = [settings.steps(max(2, round(part * held_in))) for part in (1.0, *settings.curve)]
    if task.extended:
        parts.append(settings.steps(held_in))
    mixed = n_steps(held_in, len(task.synthetic), settings) if task.synthetic else 0
    return settings.folds * sum(parts) + mixed + settings.steps(n_gold)


def set_thresholds(nlp: "Language", thresholds: Thresholds) -> None:
    component: Any = nlp.get_pipe("fewner")
    config = nlp.config["components"]["fewner"]
    for settings in (component.cfg, config):
        settings["threshold"] = thresholds.global_threshold
        settings["label_thresholds"] = dict(thresholds.per_label)


def _facts(task: Task, nlp: "Language", result: "FitResult", updates: int) -> list[tuple[str, str]]:
    from importlib.metadata import version

    component: Any = nlp.get_pipe("fewner")
    tok2vec = nlp.config["components"]["fewner"]["model"]["tok2vec"]
    spans = sum(len(sample.targets) for sample in task.samples)
    dev = f"{len(task.dev)} texts" if task.dev else "none: cross-validation over the examples"
    made = f"{len(task.synthetic)} texts" + (", extension spans" if task.extended else "")
    synthetic = f"{made}; {result.synthetic}" if result.synthetic else "none"
    return [
        ("examples", f"{len(task.samples)} texts, {spans} spans, {len(task.labels)} labels"),
        ("dev", dev),
        ("synthetic", synthetic),
        ("encoder", str(tok2vec.get("name", tok2vec["@architectures"]))),
        ("spans", f"{'nested' if task.nested else 'flat'}, up to {component.max_width} tokens"),
        ("threshold", f"{result.thresholds.global_threshold:.2f}"),
        ("updates", str(updates)),
        ("time", ", ".join(f"{step} {value:.0f} s" for step, value in result.seconds.items())),
        ("versions", ", ".join(f"{n} {version(n)}" for n in ("spacy-fewner", "spacy", "torch"))),
    ]
