"""How classes are trained: what is surely better on held-out text than the recipe's way."""

from dataclasses import replace

from ...textcat.settings import WAYS
from ..measuring.fold_count import TRIED_ON
from ..measuring.measure import unit
from ..measuring.own_annotation import splits_to_measure
from ..measuring.parallel import SplitRunner
from ..measuring.trial import Trial, best_of, surely_ahead, trial_of
from ..measuring.validation import HeldOut
from ..task import Task
from ..training.settings import MEASURED

RECIPE = WAYS[0]  # what was best on average over the data sets of benchmarks/textcat.py


def way_of_classes(task: Task, run: SplitRunner) -> tuple[Task, list[HeldOut]]:
    """The task with a way of training classes, and what its models say of the first splits.

    Of "measured" all ways are tried on the first splits. Another than the recipe's is taken where
    it is ahead by more than chance (`surely_ahead`); of several such the best. Source: ours.
    """
    classes = task.settings.classes
    if classes is None or classes.way != MEASURED:
        return replace(task, way=f"{classes.way}, as asked" if classes else ""), []
    pairs = splits_to_measure(task)
    first = pairs[:TRIED_ON]
    # The number of splits is held: what is compared takes time, which would go to more of them.
    held = replace(task.settings, folds=len(pairs))
    trials = {
        way: trial_of(task, run([(split, held.with_way(way)) for split in first], f"Trying {way}"))
        for way in WAYS
    }
    base = trials[RECIPE]
    ahead = [one for way, one in trials.items() if way != RECIPE and surely_ahead(task, one, base)]
    best = best_of(ahead) if ahead else base
    chosen = next(way for way, one in trials.items() if one is best)
    said = f"{_said(chosen, trials)} on the same {len(first)} {unit(task)}s"
    return replace(task, settings=held.with_way(chosen), way=said), best.held_out


def _said(chosen: str, trials: dict[str, Trial]) -> str:
    """ "finetune, accuracy 80.0 (contrastive 82.0, which may be chance; probe 60.0)"."""
    metric = trials[chosen].heads[-1].head.metric
    of = {way: trial.heads[-1].mean for way, trial in trials.items()}
    others = [
        f"{way} {100 * mean:.1f}" + (", which may be chance" if mean > of[chosen] else "")
        for way, mean in of.items()
        if way != chosen
    ]
    return f"{chosen}, {metric} {100 * of[chosen]:.1f} ({'; '.join(others)})"
