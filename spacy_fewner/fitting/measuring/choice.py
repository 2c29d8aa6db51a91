"""Whether extension spans help, and synthetic examples, how many of them and at which weight:
measured, not assumed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import mean

from ...corpus.checking.decontaminate import HeldOutCheck
from ...corpus.checking.extended_gold import with_extended
from ...evaluation.scores import SpanScores
from ...synthesis.provenance import ancestors, sample_id, went_through
from ...types import Sample
from ..training.settings import FitSettings
from .mixture import MANY, Mixture
from .parallel import Job, SplitRunner
from .validation import HeldOut, Split, honest_scores, splits

MIXTURES = (Mixture(0.4), Mixture(1.0))
SMALLER = Mixture(0.4, 0.3)


def mixtures_of(n_synthetic: int) -> tuple[Mixture, ...]:
    """What is tried on so many synthetic texts: part of them too where they are many, since the
    same style read thousands of times may cost more than it brings."""
    return (*MIXTURES, SMALLER) if n_synthetic > MANY else MIXTURES


@dataclass(frozen=True)
class Trial:
    """One way of training and its strict scores by split.

    mixture: None for gold alone. extended: whether gold had its extension spans.
    """

    mixture: Mixture | None
    held_out: list[HeldOut]
    scores: list[SpanScores]
    extended: bool = False

    @property
    def mean(self) -> float:
        """Of F1."""
        return mean(score.micro.f for score in self.scores)


@dataclass(frozen=True)
class Choice:
    """What came out.

    best: gold alone, or what has the best mean if that is ahead of gold alone.
    trials: gold alone first, then gold with its extension spans if it has some, then mixtures, all
        with the better one of the two.
    """

    best: Trial
    trials: list[Trial] = field(default_factory=list)

    def message(self) -> str:
        """For people, a sentence for each thing there was to choose; empty if there was none."""
        alone = [trial for trial in self.trials if trial.mixture is None]
        base = max(alone, key=lambda trial: trial.mean)
        said = [_of_extensions(base.extended, trial, alone[0]) for trial in alone[1:]]
        if mixed := [trial for trial in self.trials if trial.mixture]:
            ahead = max(mixed, key=lambda trial: trial.mean)
            said.append(_of_synthetic(self.best.mixture is not None, ahead, base))
        return "; ".join(said)


def _of_extensions(used: bool, tried: Trial, without: Trial) -> str:
    verdict = "used" if used else "dropped: they do not help"
    return f"extension spans {verdict} ({_figures(tried, without)})"


def _of_synthetic(used: bool, tried: Trial, without: Trial) -> str:
    if used:
        return f"synthetic text used: {tried.mixture} ({_figures(tried, without)})"
    figures = f"{tried.mixture}: {_figures(tried, without)}"
    return f"synthetic text dropped: it does not help ({figures})"


def _figures(tried: Trial, without: Trial) -> str:
    return f"strict F1 {100 * tried.mean:.1f} against {100 * without.mean:.1f} without"


def choose(
    gold: Sequence[Sample],
    dev: Sequence[Sample],
    synthetic: Sequence[Sample],
    without: list[HeldOut],
    settings: FitSettings,
    nested: bool,
    labels: Sequence[str],
    mixtures: Sequence[Mixture] = (),
    extended: Sequence[Sample] = (),
    run: SplitRunner | None = None,
) -> Choice:
    """Try extended gold, and each mixture, on the splits that `without` was measured on.

    without: what models trained on gold alone say of the held-out texts.
    mixtures: `mixtures_of` if empty. extended: gold, as far as it could be with extension spans.
    run: one split after the other if None.
    Synthetic texts that are nearly the same as a held-out one, or explain one, are left out of its
    split.
    """
    run = run or SplitRunner(nested, None, None)
    pairs = splits(gold, dev, settings)
    trials = [Trial(None, without, honest_scores(without, labels, nested))]
    if extended:
        longer = [_extended(split, extended) for split in pairs]
        found = run((split, settings) for split in longer)
        trials.append(Trial(None, found, honest_scores(found, labels, nested), True))
    base = max(trials, key=lambda one: one.mean)
    cleaned = _cleaned(longer if base.extended else pairs, synthetic) if synthetic else []
    tried = (mixtures or mixtures_of(len(synthetic))) if synthetic else ()
    jobs = [_mixed(*one, mixture, settings) for mixture in tried for one in cleaned]
    found = run(jobs)
    for number, mixture in enumerate(tried):
        own = found[number * len(pairs) : (number + 1) * len(pairs)]
        trials.append(Trial(mixture, own, honest_scores(own, labels, nested), base.extended))
    return Choice(max(trials, key=lambda one: one.mean), trials)


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
    """Each split with the synthetic texts that are not near any that it holds out, and tell nothing
    of it."""
    checks = [HeldOutCheck({"held-out": split.held_out}) for split in pairs]
    return [
        (split, [one for one in check(_untold(synthetic, split)) if isinstance(one, Sample)])
        for split, check in zip(pairs, checks, strict=True)
    ]


def _untold(synthetic: Sequence[Sample], split: Split) -> list[Sample]:
    """Without texts about a held-out example that a model annotated which was trained on it: they
    would tell its spans. Ours."""
    held_out = set(map(sample_id, split.held_out))
    return [
        sample
        for sample in synthetic
        if not (went_through(sample, "annotate") and ancestors(sample) & held_out)
    ]


def _extended(split: Split, extended: Sequence[Sample]) -> Split:
    return replace(split, train=with_extended(split.train, extended)[0])


def _mixed(
    split: Split, synthetic: Sequence[Sample], mixture: Mixture, settings: FitSettings
) -> Job:
    train = mixture.training_set(split.train, synthetic, split.seed)
    own = mixture.settings(settings, len(train))
    return Split(split.seed, train, split.held_out), own
