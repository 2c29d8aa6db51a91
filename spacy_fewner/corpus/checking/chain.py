"""What every check of a corpus is, and how they are put one after the other.

A check takes samples and rejects and gives samples and rejects, lazily and in order: rejects that
come in go out as they are, and each sample goes out, perhaps changed, or as one reject. So what
goes in equals what comes out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeAlias, TypeVar

from ...types import Reject, Sample

Outcome: TypeAlias = Sample | Reject
BATCH = 256  # outcomes of which a model judges the samples at once
Said = TypeVar("Said")
Exempt: TypeAlias = Callable[[Sample], bool]
"""Which samples a check lets pass unseen."""


class Check(Protocol):
    """name: what rejects' `stage` and the tables call it."""

    @property
    def name(self) -> str: ...

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]: ...


def chain(outcomes: Iterable[Outcome], checks: Iterable[Check]) -> Iterator[Outcome]:
    """All checks in their order; each sees only what those before it kept."""
    chained = iter(outcomes)
    for check in checks:
        chained = check(chained)
    return chained


def examine_each(
    outcomes: Iterable[Outcome], examine: Callable[[Sample], Outcome]
) -> Iterator[Outcome]:
    """`examine` for each sample; rejects pass."""
    for outcome in outcomes:
        yield outcome if isinstance(outcome, Reject) else examine(outcome)


def examine_with(
    outcomes: Iterable[Outcome],
    judge: Callable[[Sequence[Sample]], Sequence[Said]],
    examine: Callable[[Sample, Said], Outcome],
    batch_size: int = BATCH,
) -> Iterator[Outcome]:
    """`examine` for each sample with what a model says of it; rejects pass.

    judge: given the samples among batch_size outcomes at once.
    """
    flow = iter(outcomes)
    while batch := list(islice(flow, batch_size)):
        found = iter(judge([outcome for outcome in batch if isinstance(outcome, Sample)]))
        for outcome in batch:
            yield outcome if isinstance(outcome, Reject) else examine(outcome, next(found))


def nothing(sample: Sample) -> bool:
    """Exempts no sample."""
    return False


def reject(sample: Sample, reason: str, detail: str, check: str) -> Reject:
    return Reject(reason, detail, check, sample.text, sample.meta)
