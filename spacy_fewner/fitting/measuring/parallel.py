"""Splits run one after the other, or several at once in processes of their own."""

import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from typing import TypeAlias

from ...errors import FewnerError
from ...progress import Count
from ..training.settings import FitSettings
from ..training.training import use_device
from .validation import HeldOut, Split, run_split

Job: TypeAlias = tuple[Split, FitSettings]
"""What to train on and hold out, and how to train."""
_MADE: Synchronized | None = None  # in a worker: updates of all workers
POLL = 1.0  # seconds between looks at what the workers have done


class SplitRunner:
    """Trains and predicts splits, one after the other or those of a pool; see `split_runner`."""

    def __init__(self, nested: bool, count: Count | None = None, workers: "Workers | None" = None):
        self._nested, self._count, self._workers = nested, count or Count(), workers

    def __call__(
        self, jobs: Iterable[Job], stage: str = "", unit: str = "training"
    ) -> list[HeldOut]:
        """What each job's model says of its held-out texts, in the order of the jobs.

        stage: what they are for, for the progress shown. unit: what one of them is called there.
        """
        given = list(jobs)
        if given and stage:
            self._count.begin(stage)
        if self._workers is None:
            return [self._run(job, f"{unit} {n} of {len(given)}") for n, job in enumerate(given, 1)]
        return self._workers.run(given, self._nested, self._count, unit)

    def _run(self, job: Job, name: str) -> HeldOut:
        self._count.note(name)
        return run_split(*job, self._nested, self._count.step)


class Workers:
    """A pool of processes, and how many updates they have made together."""

    def __init__(self, pool: ProcessPoolExecutor, made: Synchronized):
        self._pool, self._made, self._told = pool, made, 0

    def run(self, jobs: Sequence[Job], nested: bool, count: Count, unit: str) -> list[HeldOut]:
        begun = [self._pool.submit(_run_counted, *job, nested) for job in jobs]
        try:
            while not self._ended(begun, count, unit):
                pass
            return [future.result() for future in begun]
        except BrokenProcessPool as err:
            remedy = "Most likely memory ran out: choose fewer workers, or 1."
            raise FewnerError("workers", "must each finish", "one was killed", remedy) from err

    def _ended(self, begun: "Sequence[Future[HeldOut]]", count: Count, unit: str) -> bool:
        """Whether all are done or one has failed, after a moment; tells what came until then."""
        done, not_done = wait(begun, POLL, FIRST_EXCEPTION)
        made = self._made.get_obj().value  # without its lock, which a killed worker may hold
        count.step(made - self._told)
        count.note(f"{len(done)} of {len(begun)} {unit}s done")
        self._told = made
        return not not_done or any(future.exception() for future in done)


@contextmanager
def split_runner(
    settings: FitSettings, nested: bool, count: Count | None = None
) -> Iterator[SplitRunner]:
    """A runner with `settings.workers` processes, which end with the context, however it ends.

    The models are the same whatever the number of workers, as long as each computes with as many
    threads; with several each has one.
    """
    if settings.workers == 1:
        yield SplitRunner(nested, count)
        return
    # Not forked: torch and its threads do not survive that.
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    made = context.Value("q", 0)
    pool = ProcessPoolExecutor(settings.workers, context, _begin, (settings.gpu_id, made))
    try:
        # All begin now: the pool does not notice the end of one that it started while it waited.
        _await(pool, settings.workers)
        yield SplitRunner(nested, count, Workers(pool, made))
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _end(child for child in multiprocessing.active_children() if child not in before)
        raise
    pool.shutdown()


def _begin(gpu_id: int, made: Synchronized) -> None:
    global _MADE
    import torch

    _MADE = made
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    use_device(gpu_id)


def _end_with_parent() -> None:
    """One that is killed ends no worker, and the pool's would then wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)


def _run_counted(split: Split, settings: FitSettings, nested: bool) -> HeldOut:
    return run_split(split, settings, nested, _step)


def _step() -> None:
    assert _MADE
    with _MADE.get_lock():
        _MADE.value += 1


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
