"""Seeded choices of examples: k-shot, stratified, nested random subsets.

All are deterministic in (samples, seed) and keep no state; folds and splits are in `folds`.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence

from ..errors import FewnerError
from ..types import Sample
from .classes.labels import chosen as classes_held
from .classes.labels import held
from .given import as_samples

_Key = tuple[str, str]
"""A label of spans, or a class of texts, and which of both it is."""


def k_shot(
    samples: Sequence[Sample], k: int, seed: int = 0, *, strict: bool = True
) -> list[Sample]:
    """Greedily choose samples until every label has at least k spans (KnowFREE, k-shot setting),
    and every class k texts, exactly so where each text has one.

    Extension labels do not count: they are never predicted, and come with the samples chosen.
    Labels take turns, the rarest first, one more span a round, from one random order of the
    samples. Hence k_shot(j) is the beginning of k_shot(k) for j < k and the same seed.
    Raises FewnerError if a label has fewer than k spans, or a class fewer than k texts; if not
    strict, takes all of them. A text without classes is none of theirs.
    """
    if k < 1:
        raise FewnerError("k", "must be 1 or more", k, "Ask for one span a label at least.")
    samples = as_samples(samples, "samples")
    counted = [_by_kind(sample) for sample in samples]
    totals = sum(counted, Counter[_Key]())
    _check_enough(totals, k, strict)
    order = _shuffled(len(samples), seed)
    holders = {
        key: [i for i in order if key in counted[i]]
        for key in sorted(totals, key=lambda key: (totals[key], key))
    }
    have: Counter[_Key] = Counter()
    chosen: dict[int, None] = {}  # a set that remembers the order
    for wanted in range(1, k + 1):
        for label, indices in holders.items():
            rest = (i for i in indices if i not in chosen)
            while have[label] < min(wanted, totals[label]):
                index = next(rest)
                chosen[index] = None
                have.update(counted[index])
    return [samples[i] for i in chosen]


def _by_kind(sample: Sample) -> Counter[_Key]:
    """How often a sample has each label of spans, and each class: two may be called the same."""
    spans = Counter((span.label, "spans") for span in sample.targets)
    return spans + Counter((name, "texts") for name in classes_held(sample))


def _check_enough(totals: Counter[_Key], k: int, strict: bool) -> None:
    short = {key: count for key, count in sorted(totals.items()) if count < k}
    if not totals or (short and strict):
        what = " and ".join(sorted({what for _, what in totals})) or "spans"
        named = ", ".join(f"{name} has {count}" for (name, _), count in short.items())
        raise FewnerError(
            "k",
            f"every label needs {k} {what}",
            named or "no spans and no classes",
            "Annotate more, ask for a smaller k, or take what there is: --no-strict (strict=False "
            "in Python).",
        )


def stratified(samples: Sequence[Sample], size: int, seed: int = 0) -> list[Sample]:
    """s_i = min(floor(size / m), n_i) of each of m labels (CascadeNER eq 4), in whole samples.

    n_i counts labels, not samples: spans with label i, of which a sample may have several, and
    the sample itself where i is among its cats (0.5 or more). The rarest label goes first; samples
    that have it are taken, in one random order, until there are s_i of it. A sample brings all its
    labels, so that there are s_i or more of each, in no more than size samples. (The equation, not
    the released code, which cuts every label to the rarest.)
    """
    samples = as_samples(samples, "samples")
    labels = [_counted(sample) for sample in samples]
    totals = sum(labels, Counter[str]())
    if not totals or size < len(totals):
        raise FewnerError(
            "size", f"must be {max(1, len(totals))} or more, one a label", size, "Ask for more."
        )
    order = _shuffled(len(samples), seed)
    have: Counter[str] = Counter()
    chosen: dict[int, None] = {}
    for label in sorted(totals, key=lambda label: (totals[label], label)):
        wanted = min(size // len(totals), totals[label])
        rest = (i for i in order if label in labels[i] and i not in chosen)
        while have[label] < wanted:
            index = next(rest)
            chosen[index] = None
            have.update(labels[index])
    return [samples[i] for i in chosen]


def nested_subsets(
    samples: Sequence[Sample], sizes: Iterable[int], seed: int = 0
) -> dict[int, list[Sample]]:
    """Random subsets by size, each the beginning of every larger one (KnowFREE, many-shot)."""
    samples = as_samples(samples, "samples")
    order = _shuffled(len(samples), seed)
    subsets = {}
    for size in sizes:
        if not 0 < size <= len(samples):
            raise FewnerError(
                "sizes", f"must be from 1 to {len(samples)}", size, "Leave this size out."
            )
        subsets[size] = [samples[i] for i in order[:size]]
    return subsets


def labels_of(sample: Sample) -> set[str]:
    """Labels of the spans but for extensions, and of the cats that hold."""
    return {span.label for span in sample.targets} | {*held(sample)}


def _counted(sample: Sample) -> Counter[str]:
    """How often a sample has each label: once for each span, once for a cat that holds."""
    spans = Counter(span.label for span in sample.targets)
    return spans + Counter(held(sample))


def _shuffled(length: int, seed: int) -> list[int]:
    order = list(range(length))
    random.Random(seed).shuffle(order)
    return order
