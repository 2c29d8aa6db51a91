"""Whether the open start is better than none: measured on the same splits, not assumed."""

from collections.abc import Sequence
from dataclasses import replace

from ...spans.open import SHIPPED
from ..task import Task
from ..training.settings import MEASURED, SCRATCH
from .fold_count import TRIED_ON
from .measure import Measured, measure, unit
from .own_annotation import splits_to_measure
from .parallel import SplitRunner
from .trial import Trial, trial_of
from .validation import HeldOut


def measure_from(
    task: Task, run: SplitRunner, known: Sequence[HeldOut] = ()
) -> tuple[Task, Measured]:
    """What `measure` finds from the task's start, and the task with that start in its settings.

    Of "measured", which must have been settled (`fitting.start`), the open start and none are tried
    on the first splits, and the better one is measured on the others too; of equal ones it is the
    open one. known: see `measure`.
    """
    if task.settings.start != MEASURED:
        return task, measure(task, run, known)
    pairs = splits_to_measure(task)
    first = pairs[:TRIED_ON]
    # The number of splits is held: what is compared takes time, which would go to more of them.
    ways = [replace(task.settings, start=name, folds=len(pairs)) for name in (SHIPPED, SCRATCH)]
    found = run([(split, way) for way in ways for split in first], "Comparing starts")
    parts = found[: len(first)], found[len(first) :]
    opened, without = (trial_of(task, part) for part in parts)
    best = opened if opened.mean >= without.mean else without
    chosen = ways[0] if best is opened else ways[1]
    where = f"on the same {len(first)} {unit(task)}s"
    task = replace(task, settings=chosen, start=f"{_figures(opened, without)} {where}")
    return task, measure(task, run, best.held_out)


def _figures(opened: Trial, without: Trial) -> str:
    of_open, of_none = (f"{100 * trial.mean:.1f}" for trial in (opened, without))
    if opened.mean >= without.mean:
        return f"open, strict F1 {of_open} against {of_none} from scratch"
    return f"from scratch, strict F1 {of_none} against {of_open} with the open start"
