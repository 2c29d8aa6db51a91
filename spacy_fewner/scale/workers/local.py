"""Annotating in this process, or in several of this machine."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeAlias

from ...errors import FewnerError
from ..loading import load_pipeline
from ..reading.items import Chunk, Item
from ..writing.output import Done
from .annotator import Annotator, Job

if TYPE_CHECKING:
    from spacy.language import Language

AHEAD = 2  # chunks for each worker that wait for it, or for the one before them to be written
Results: TypeAlias = Iterator[tuple[Chunk, Done]]
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_worker: Annotator | Exception


def in_this_process(nlp: "Language", job: Job, chunks: Iterable[Chunk]) -> Results:
    """Each chunk with what came of it."""
    annotate = Annotator(nlp, job)
    for chunk in chunks:
        yield chunk, annotate(chunk.items)


def in_processes(
    model: str, job: Job, chunks: Iterable[Chunk], n_process: int, gpu_id: int = -1
) -> Results:
    """The same, in order, from so many processes; each loads the pipeline once.

    FewnerError where one of them is killed.
    """
    with _one_thread_each():
        pool = ProcessPoolExecutor(
            n_process, get_context("spawn"), initializer=_begin, initargs=(model, job, gpu_id)
        )
        try:
            yield from in_order(lambda items: pool.submit(_annotate, items), chunks, n_process)
        except BrokenProcessPool as err:
            raise FewnerError(
                "n_process",
                "every process must live until all is done",
                "one was killed, as the system does when memory ends",
                "Run the same command again, it goes on where it was: with fewer processes, fewer "
                "texts at once (--batch-size), or without long ones (--max-length).",
            ) from err
        finally:
            pool.shutdown(cancel_futures=True)


def in_order(
    submit: Callable[[list[Item]], "Future[Done]"], chunks: Iterable[Chunk], workers: int
) -> Results:
    """Results in the order of the chunks, of which only a few are under way at a time."""
    waiting: deque[tuple[Chunk, Future[Done]]] = deque()
    for chunk in chunks:
        waiting.append((chunk, submit(chunk.items)))
        if len(waiting) > AHEAD * workers:
            first, future = waiting.popleft()
            yield first, future.result()
    for chunk, future in waiting:
        yield chunk, future.result()


def _begin(model: str, job: Job, gpu_id: int) -> None:
    """What is wrong is told with the first chunk: an error from here would only break the pool."""
    from ...fitting.training.training import use_device

    global _worker
    try:
        use_device(gpu_id)
        _worker = Annotator(load_pipeline(model), job)
    except Exception as err:
        _worker = err


def _annotate(items: list[Item]) -> Done:
    if isinstance(_worker, Exception):
        raise _worker
    return _worker(items)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes share the cores already: threads in each would only wait for each other."""
    unset = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(unset, "1"))
    try:
        yield
    finally:
        for name in unset:
            os.environ.pop(name, None)
