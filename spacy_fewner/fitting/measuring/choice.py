"""Whether extension spans help, and synthetic examples, how many of them and at which weight:
measured, not assumed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...corpus.checking.decontaminate import HeldOutCheck
from ...corpus.checking.extended_gold import with_extended
from ...shown import counted
from ...types import Sample
from ..task import Task
from ..training.settings import FitSettings
from .fold_count import TRIED_ON
from .mixture import MANY, Mixture
from .own_annotation import own_annotation
from .parallel import Job, SplitRunner
from .trial import Trial, best_of, figures, surely_ahead, trial_of
from .validation import HeldOut, Split, splits

MIXTURES = (Mixture(0.4), Mixture(1.0))
SMALLER = Mixture(0.4, 0.3)


def mixtures_of(n_synthetic: int) -> tuple[Mixture, ...]:
    """What is tried on so many synthetic texts: part of them too where they are many, since the
    same style read thousands of times may cost more than it brings."""
    return (*MIXTURES, SMALLER) if n_synthetic > MANY else MIXTURES


@dataclass(frozen=True)
class Choice:
    """What came out.

    best: gold alone, or the best of what is surely ahead of it; on all splits.
    trials: on the first splits; gold alone, then gold with its extension spans if it has some, then
        mixtures, all with the better one of the two.
    """

    best: Trial
    trials: list[Trial] = field(default_factory=list)

    def message(self) -> str:
        """For people, a sentence for each thing there was to choose; empty if there was none."""
        alone = [trial for trial in self.trials if trial.mixture is None]
        mixed = [trial for trial in self.trials if trial.mixture]
        base = next((one for one in alone if one.extended == self.best.extended), self.best)
        said = [_of_extensions(base is trial, trial, alone[0]) for trial in alone[1:]]
        if mixed:
            taken = [one for one in mixed if one.mixture == self.best.mixture]
            said.append(_of_synthetic(bool(taken), best_of(taken or mixed), base))
        return "; ".join(said)


def _of_extensions(used: bool, tried: Trial, without: Trial) -> str:
    verdict = "used" if used else f"dropped: {_why_not('they', 'do', tried, without)}"
    return f"extension spans {verdict} ({_figures(tried, without)})"


def _of_synthetic(used: bool, tried: Trial, without: Trial) -> str:
    if used:
        return f"synthetic text used: {tried.mixture} ({_figures(tried, without)})"
    why = _why_not("it", "does", tried, without)
    return f"synthetic text dropped: {why} ({tried.mixture}: {_figures(tried, without)})"


def _why_not(what: str, does: str, tried: Trial, without: Trial) -> str:
    if tried.mean > without.mean:
        return "that may be chance"
    return f"{what} {does} not help"


def _figures(tried: Trial, without: Trial) -> str:
    where = f"on the same {counted(len(without.heads[0].parts), 'split')}"
    return f"{figures(tried, without, 'without')}, {where}"


def choose(
    task: Task,
    without: Sequence[HeldOut],
    run: SplitRunner | None = None,
    mixtures: Sequence[Mixture] = (),
) -> Choice:
    """Try extended gold, and each mixture, on the first splits; what is best there is measured on
    the others too.

    without: what models trained on gold alone say of the held-out texts, of all splits.
    run: one split after the other if None. mixtures: `mixtures_of` the synthetic texts if empty.
    Synthetic texts that are nearly the same as a held-out one, or explain one, are left out of its
    split; those that a model annotated have the spans that the split's own model finds.
    """
    trying = _Trying(task, run or SplitRunner(task.nested), without)
    gold = trial_of(task, without[:TRIED_ON])
    trials = [gold, *trying.extended()]
    base = _taken(task, gold, trials[1:])
    tried = (mixtures or mixtures_of(len(task.synthetic))) if task.synthetic else ()
    mixed = [trying.mixed(mixture, base.extended) for mixture in tried]
    best = _taken(task, base, mixed)
    return Choice(trying.on_all(best, without), [*trials, *mixed])


def _taken(task: Task, base: Trial, tried: Sequence[Trial]) -> Trial:
    """The best of those that are surely ahead of the base, else that."""
    return best_of([base, *(one for one in tried if surely_ahead(task, one, base))])


@dataclass
class _Trying:
    """One way of training after the other, on the same splits."""

    task: Task
    run: SplitRunner
    without: Sequence[HeldOut]

    def __post_init__(self) -> None:
        self.pairs = splits(self.task.samples, self.task.dev, self.task.settings)
        self.first, self.rest = slice(TRIED_ON), slice(TRIED_ON, None)
        self._texts: dict[int, list[Sample]] = {}

    def found(self, mixture: Mixture | None, extended: bool, part: slice) -> list[HeldOut]:
        """What models trained in this way say of what that part of the splits holds out."""
        task, pairs = self.task, self.pairs[part]
        given = [_extended(split, task.extended) for split in pairs] if extended else pairs
        if mixture is None:
            return self.run(((one, task.settings) for one in given), "Trying extension spans")
        numbers = range(len(self.pairs))[part]
        texts = [task.mixed_in(self._synthetic(at), extended) for at in numbers]
        jobs = [
            _mixed(split, of_split, mixture, task.settings)
            for split, of_split in zip(given, texts, strict=True)
        ]
        return self.run(jobs, f"Trying {mixture}")

    def _synthetic(self, at: int) -> list[Sample]:
        """The synthetic texts of a split, which tell nothing of what it holds out."""
        if at not in self._texts:
            split, others = self.pairs[at], [*self.without[:at], *self.without[at + 1 :]]
            texts = own_annotation(self.task, split, self.without[at], others)
            self._texts[at] = _unlike(texts, split)
        return self._texts[at]

    def extended(self) -> list[Trial]:
        """Gold with its extension spans, if it has some, on the first splits."""
        if not self.task.extended:
            return []
        return [trial_of(self.task, self.found(None, True, self.first), None, True)]

    def mixed(self, mixture: Mixture, extended: bool) -> Trial:
        """On the first splits."""
        found = self.found(mixture, extended, self.first)
        return trial_of(self.task, found, mixture, extended)

    def on_all(self, best: Trial, without: Sequence[HeldOut]) -> Trial:
        """The trial on all splits, where it was on the first ones."""
        if best.mixture is None and not best.extended:
            return trial_of(self.task, without)
        more = self.found(best.mixture, best.extended, self.rest)
        return trial_of(self.task, [*best.held_out, *more], best.mixture, best.extended)


def n_steps(
    n_gold: int, n_synthetic: int, settings: FitSettings, mixtures: Sequence[Mixture] = ()
) -> int:
    """Updates that `choose` makes on a split with mixtures; n_gold: texts to train on in it."""
    tried = (mixtures or mixtures_of(n_synthetic)) if n_synthetic else ()
    return sum(steps_of(mixture, n_gold, n_synthetic, settings) for mixture in tried)


def steps_of(mixture: Mixture, n_gold: int, n_synthetic: int, settings: FitSettings) -> int:
    """Updates of one training on a mixture."""
    blank = Sample("")
    size = len(mixture.training_set([blank] * n_gold, [blank] * n_synthetic, 0))
    return mixture.settings(settings, size).steps(size)


def _unlike(synthetic: Sequence[Sample], split: Split) -> list[Sample]:
    """The synthetic texts that are not near any that the split holds out."""
    check = HeldOutCheck({"held-out": split.held_out})
    return [one for one in check(synthetic) if isinstance(one, Sample)]


def _extended(split: Split, extended: Sequence[Sample]) -> Split:
    return replace(split, train=with_extended(split.train, extended)[0])


def _mixed(
    split: Split, synthetic: Sequence[Sample], mixture: Mixture, settings: FitSettings
) -> Job:
    train = mixture.training_set(split.train, synthetic, split.seed)
    own = mixture.settings(settings, len(train))
    return Split(split.seed, train, split.held_out), own
