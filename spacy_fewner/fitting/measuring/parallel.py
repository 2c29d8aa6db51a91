"""Splits run one after the other, or several at once in processes of their own."""

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from typing import TypeAlias

from ...errors import FewnerError
from ..training.settings import FitSettings
from ..training.training import OnStep, use_device
from .validation import HeldOut, Split, run_split

Job: TypeAlias = tuple[Split, FitSettings]
"""What to train on and hold out, and how to train."""


class SplitRunner:
    """Trains and predicts splits, `workers` of them at once; see `split_runner`."""

    def __init__(self, nested: bool, on_step: OnStep | None, pool: ProcessPoolExecutor | None):
        self._nested, self._on_step, self._pool = nested, on_step, pool

    def __call__(self, jobs: Iterable[Job]) -> list[HeldOut]:
        """What each job's model says of its held-out texts, in the order of the jobs."""
        if self._pool is None:
            return [run_split(*job, self._nested, self._on_step) for job in jobs]
        # The bar moves by a whole training when that is done.
        begun = [self._submitted(self._pool, job) for job in jobs]
        try:
            return [future.result() for future in begun]
        except BrokenProcessPool as err:
            remedy = "Most likely memory ran out: choose fewer workers, or 1."
            raise FewnerError("workers", "must each finish", "one was killed", remedy) from err

    def _submitted(self, pool: ProcessPoolExecutor, job: Job) -> "Future[HeldOut]":
        split, settings = job
        future = pool.submit(run_split, split, settings, self._nested)
        future.add_done_callback(partial(self._count, settings.steps(len(split.train))))
        return future

    def _count(self, steps: int, future: "Future[HeldOut]") -> None:
        if self._on_step and not future.cancelled():
            for _ in range(steps):
                self._on_step()


@contextmanager
def split_runner(
    settings: FitSettings, nested: bool, on_step: OnStep | None = None
) -> Iterator[SplitRunner]:
    """A runner with `settings.workers` processes, which end with the context, however it ends.

    The models are the same whatever the number of workers, as long as each computes with as many
    threads; with several each has one.
    """
    if settings.workers == 1:
        yield SplitRunner(nested, on_step, None)
        return
    # Not forked: torch and its threads do not survive that.
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(settings.workers, context, _begin, (settings.gpu_id,))
    try:
        # All begin now: the pool does not notice the end of one that it started while it waited.
        _await(pool, settings.workers)
        yield SplitRunner(nested, on_step, pool)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _end(child for child in multiprocessing.active_children() if child not in before)
        raise
    pool.shutdown()


def _begin(gpu_id: int) -> None:
    import torch

    torch.set_num_threads(1)
    use_device(gpu_id)


def _await(pool: ProcessPoolExecutor, workers: int) -> None:
    try:
        list(pool.map(_ready, range(workers)))
    except BrokenProcessPool as err:
        remedy = 'In a script, call it under `if __name__ == "__main__":`; or choose 1.'
        raise FewnerError(
            "workers", "must each start", f"{workers}, not all of which did", remedy
        ) from err


def _ready(number: int) -> int:
    return number


def _end(children: Iterable[BaseProcess]) -> None:
    """Trainings under way would go on for minutes."""
    ending: Sequence[BaseProcess] = list(children)
    for child in ending:
        child.terminate()
    for child in ending:
        child.join()
