"""What models trained on parts of the examples say of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

from ...evaluation.aggregate import Aggregate
from ...evaluation.curve import CurvePoint, LearningCurve
from ...textcat.settings import WAYS
from ..heads import Head, HeadTrial, honest
from ..task import Task
from ..training.settings import MEASURED
from .choice import n_steps
from .fold_count import TRIED_ON
from .own_annotation import splits_to_measure
from .parallel import SplitRunner
from .validation import HeldOut, Split, part_of, splits

CURVE_ON = TRIED_ON  # splits, so that a curve costs what it must


@dataclass(frozen=True)
class Measured:
    """gold: by models of each split's whole training side, trained on gold alone. smaller: part of
    that side -> by models of so much of it, for the first splits; for a learning curve."""

    gold: list[HeldOut]
    smaller: dict[float, list[HeldOut]] = field(default_factory=dict)


def measure(task: Task, run: SplitRunner, known: Sequence[HeldOut] = ()) -> Measured:
    """Train on one side of each split, and predict the other.

    known: what models of the first splits say, where they have been trained already.
    """
    settings, pairs = task.settings, splits_to_measure(task)
    to_come = ((split, settings) for split in pairs[len(known) :])
    gold = [*known, *run(to_come, "Measuring", unit(task))]
    if not settings.curve:
        return Measured(gold)
    parts = [part_of(split, part) for part in settings.curve for split in pairs[:CURVE_ON]]
    found = run(((split, settings) for split in parts), "Measuring the learning curve")
    size = len(found) // len(settings.curve)
    of_parts = [found[at : at + size] for at in range(0, len(found), size)]
    return Measured(gold, dict(zip(settings.curve, of_parts, strict=True)))


def unit(task: Task) -> str:
    """What one split is called."""
    return "seed" if task.dev else "fold"


def measured_on(task: Task, held_out: Sequence[HeldOut]) -> str:
    """On which text, and how much the models had seen that were measured there."""
    if task.dev:
        return f"dev set of {len(task.dev)} texts, {len(held_out)} seeds"
    everything = len(task.samples)
    seen = round(mean(everything - len(one.samples) for one in held_out))
    return (
        f"{len(held_out)}-fold cross-validation over {everything} texts; "
        f"measured models saw {seen} of them"
    )


def aggregate(task: Task, trial: HeadTrial) -> Aggregate:
    return trial.head.aggregate([one for one in trial.scores if one.docs], folds=not task.dev)


def learning_curve(head: Head, measured: Measured) -> LearningCurve | None:
    """F1 of the models trained on parts of the examples, and of those of the same splits trained
    on all of them."""
    if not measured.smaller:
        return None
    decision = head.decide(measured.gold)
    points = [
        _point(head, results, [head.scored(one, decision).scores.micro.f for one in results])
        for results in measured.smaller.values()
    ]
    whole = [score.micro.f for score in honest(head, measured.gold).scores[:CURVE_ON]]
    points.append(_point(head, measured.gold[:CURVE_ON], whole))
    return LearningCurve(tuple(points))


def _point(head: Head, results: Sequence[HeldOut], scores: list[float]) -> CurvePoint:
    texts = mean(result.n_train for result in results)
    examples = mean(map(head.examples, results))
    return CurvePoint(round(examples / len(head.labels)), texts, tuple(scores))


def updates_to_come(task: Task) -> int:
    """Of all models, for the time left; about, as it is not chosen yet how the last is trained."""
    settings, pairs = task.settings, splits(task.samples, task.dev, task.settings)
    tried = pairs[:TRIED_ON]
    whole = [settings.steps(len(split.train)) for split in pairs]
    smaller = [_steps(split, part, task) for part in settings.curve for split in pairs[:CURVE_ON]]
    compared = whole[: len(tried)] if settings.start == MEASURED else []
    compared += _of_ways(task, tried)
    extended = whole[: len(tried)] if task.extended else []
    mixed = [n_steps(len(s.train), len(task.synthetic), settings) for s in tried]
    final = settings.steps(len(task.samples))
    return sum([*whole, *compared, *smaller, *extended, *mixed, final])


def _of_ways(task: Task, tried: Sequence[Split]) -> list[int]:
    """Of the ways of training classes beside one that is counted as the measured one."""
    if not task.settings.classes or task.settings.classes.way != MEASURED:
        return []
    others = [task.settings.with_way(way) for way in WAYS[1:]]
    return [way.steps(len(split.train)) for way in others for split in tried]


def _steps(split: Split, part: float, task: Task) -> int:
    return task.settings.steps(len(part_of(split, part).train))
