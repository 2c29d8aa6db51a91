"""Whether synthetic examples help, and how many of them at which weight: measured, not assumed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

from ..corpus.decontaminate import HeldOutCheck
from ..evaluation.scores import SpanScores
from ..types import Sample
from .mixture import MANY, Mixture
from .settings import FitSettings
from .training import OnStep
from .validation import HeldOut, Split, honest_scores, run_split, splits

MIXTURES = (Mixture(0.4), Mixture(1.0))
SMALLER = Mixture(0.4, 0.3)


def mixtures_of(n_synthetic: int) -> tuple[Mixture, ...]:
    """What is tried on so many synthetic texts: part of them too where they are many, since the
    same style read thousands of times may cost more than it brings."""
    return (*MIXTURES, SMALLER) if n_synthetic > MANY else MIXTURES


@dataclass(frozen=True)
class Trial:
    """One way of training and its strict scores by split; mixture: None for gold alone."""

    mixture: Mixture | None
    held_out: list[HeldOut]
    scores: list[SpanScores]

    @property
    def mean(self) -> float:
        """Of F1."""
        return mean(score.micro.f for score in self.scores)


@dataclass(frozen=True)
class Choice:
    """What came out.

    best: gold alone, or the mixture with the best mean if that is ahead of gold alone.
    trials: gold alone first.
    """

    best: Trial
    trials: list[Trial] = field(default_factory=list)

    def message(self) -> str:
        """One line for people; empty if there was nothing to choose."""
        gold, *others = self.trials
        if not others:
            return ""
        ahead = max(others, key=lambda trial: trial.mean)
        figures = f"strict F1 {100 * ahead.mean:.1f} against {100 * gold.mean:.1f} without"
        if self.best.mixture is None:
            return f"synthetic text dropped: it does not help ({ahead.mixture}: {figures})"
        return f"synthetic text used: {ahead.mixture} ({figures})"


def choose(
    gold: Sequence[Sample],
    dev: Sequence[Sample],
    synthetic: Sequence[Sample],
    without: list[HeldOut],
    settings: FitSettings,
    nested: bool,
    labels: Sequence[str],
    mixtures: Sequence[Mixture] = (),
    on_step: OnStep | None = None,
) -> Choice:
    """Try each mixture on the splits that `without` was measured on.

    without: what models trained on gold alone say of the held-out texts.
    mixtures: `mixtures_of` if empty.
    Synthetic texts that are nearly the same as a held-out one are left out of its split.
    """
    trials = [Trial(None, without, honest_scores(without, labels, nested))]
    cleaned = _cleaned(splits(gold, dev, settings), synthetic) if synthetic else []
    for mixture in mixtures or mixtures_of(len(synthetic)) if synthetic else ():
        found = [
            run_split(*_mixed(split, clean, mixture, settings), nested, on_step)
            for split, clean in cleaned
        ]
        trials.append(Trial(mixture, found, honest_scores(found, labels, nested)))
    return Choice(max(trials, key=lambda trial: trial.mean), trials)


def n_steps(
    n_gold: int, n_synthetic: int, settings: FitSettings, mixtures: Sequence[Mixture] = ()
) -> int:
    """Updates that `choose` makes, for a progress bar; n_gold: texts to train on in a split."""
    return settings.folds * sum(
        steps_of(mixture, n_gold, n_synthetic, settings)
        for mixture in mixtures or mixtures_of(n_synthetic)
    )


def steps_of(mixture: Mixture, n_gold: int, n_synthetic: int, settings: FitSettings) -> int:
    """Updates of one training on a mixture."""
    blank = Sample("")
    size = len(mixture.training_set([blank] * n_gold, [blank] * n_synthetic, 0))
    return mixture.settings(settings, size).steps(size)


def _cleaned(
    pairs: Sequence[Split], synthetic: Sequence[Sample]
) -> list[tuple[Split, list[Sample]]]:
    """Each split with the synthetic texts that are not near any that it holds out."""
    checks = [HeldOutCheck({"held-out": split.held_out}) for split in pairs]
    return [
        (split, [outcome for outcome in check(synthetic) if isinstance(outcome, Sample)])
        for split, check in zip(pairs, checks, strict=True)
    ]


def _mixed(
    split: Split, synthetic: Sequence[Sample], mixture: Mixture, settings: FitSettings
) -> tuple[Split, FitSettings]:
    train = mixture.training_set(split.train, synthetic, split.seed)
    own = mixture.settings(settings, len(train))
    return Split(split.seed, train, split.held_out), own
