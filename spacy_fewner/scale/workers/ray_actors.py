"""Annotating on a Ray cluster: actors come and go, each chunk comes back once and in order.

A chunk whose actor or node is lost is given to another one. Its result is the same bytes whoever
makes it, and only this process writes: so nothing is written twice (ours).
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import FewnerError
from ..reading.items import Chunk
from ..writing.output import Done
from .annotator import Job
from .local import AHEAD, Results
from .ray_cluster import Worker, connected, packed

TRIES = 3  # workers that a chunk may be given to
PATIENCE = 300.0  # seconds without any worker
_AGAIN = "The same command goes on where it was."


@dataclass(eq=False)
class _Task:
    """A chunk on its way. lost: how many workers were, with it. done: what came back."""

    chunk: Chunk
    lost: int = 0
    done: Done | None = None


@dataclass(eq=False)
class _Actor:
    handle: Any
    tasks: set[_Task] = field(default_factory=set)


def on_ray(
    address: str, folder: Path, job: Job, chunks: Iterable[Chunk], workers: int | None, gpu: bool
) -> Results:
    """Each chunk with what came of it, in order; each worker loads the pipeline once.

    workers: as many as the cluster has CPUs (GPUs with gpu) if None. FewnerError where no cluster
    answers, no worker is left, or a chunk has ended several of them.
    """
    with connected(address) as ray:
        number = workers or max(1, int(ray.cluster_resources().get("GPU" if gpu else "CPU", 1)))
        crew = _Crew(ray, ray.put(packed(folder)), job, number, gpu)
        try:
            yield from crew.results(iter(chunks))
        finally:
            crew.end()


class _Crew:
    """Actors, which of them are still loading, and what each has been given."""

    def __init__(self, ray: Any, pipeline: Any, job: Job, number: int, gpu: bool):
        self._ray, self._number = ray, number
        make = ray.remote(num_cpus=1, num_gpus=int(gpu), max_restarts=0)(Worker)
        self._make = lambda: _Actor(make.remote(pipeline, job, gpu))
        self._loading: dict[Any, _Actor] = {}  # by what tells that they are ready
        self._actors: set[_Actor] = set()
        self._under_way: dict[Any, tuple[_Actor, _Task]] = {}  # by what will be their result
        self._again: deque[_Task] = deque()
        self._stillborn = 0
        for _ in range(number):
            self._hire()

    def results(self, chunks: Iterator[Chunk]) -> Results:
        """Chunks are read only as fast as their results are taken."""
        waiting: deque[_Task] = deque()
        more = True
        while more or waiting:
            while more and len(waiting) < 2 * AHEAD * self._number and self._free():
                if (chunk := next(chunks, None)) is None:
                    more = False
                else:
                    waiting.append(_Task(chunk))
                    self._give(waiting[-1])
            if waiting or self._loading:
                self._wait()
            while waiting and (done := waiting[0].done):
                yield waiting.popleft().chunk, done

    def end(self) -> None:
        """Let the cluster have its CPUs back."""
        for actor in (*self._actors, *self._loading.values()):
            self._ray.kill(actor.handle)

    def _hire(self) -> None:
        actor = self._make()
        self._loading[actor.handle.ready.remote()] = actor

    def _free(self) -> bool:
        return any(len(actor.tasks) < AHEAD for actor in self._actors)

    def _give(self, task: _Task) -> None:
        actor = min(self._actors, key=lambda one: len(one.tasks))
        actor.tasks.add(task)
        self._under_way[actor.handle.annotate.remote(task.chunk.items)] = (actor, task)

    def _wait(self) -> None:
        """Until something comes: a result, a worker that is ready, or the loss of one."""
        refs = [*self._under_way, *self._loading]
        ready, _ = self._ray.wait(refs, num_returns=1, timeout=PATIENCE)
        if not ready and not self._actors:
            value = f"none of {self._number} was ready within {PATIENCE:.0f} seconds"
            remedy = f"Look at the cluster with ray status. {_AGAIN}"
            raise FewnerError("ray", "must have a worker", value, remedy)
        for ref in ready:
            self._take_worker(ref) if ref in self._loading else self._take_result(ref)
        while self._again and self._free():
            self._give(self._again.popleft())

    def _take_worker(self, ref: Any) -> None:
        actor = self._loading.pop(ref)
        try:
            self._ray.get(ref)
            self._actors.add(actor)
        except self._ray.exceptions.RayTaskError as err:
            raise _failed(err) from err
        except self._ray.exceptions.RayError as err:  # it was lost before it was ready
            self._stillborn += 1
            if self._stillborn >= TRIES * self._number:
                raise _failed(err) from err
            self._hire()

    def _take_result(self, ref: Any) -> None:
        actor, task = self._under_way.pop(ref)
        actor.tasks.discard(task)
        try:
            task.done = self._ray.get(ref)
        except self._ray.exceptions.RayTaskError as err:
            raise _failed(err) from err
        except self._ray.exceptions.RayError as err:
            self._lose(actor, task, err)

    def _lose(self, actor: _Actor, task: _Task, err: Exception) -> None:
        """Another worker gets the chunk, and a new one is asked for."""
        task.lost += 1
        if task.lost >= TRIES:
            first = task.chunk.items[0]
            value = f"{task.lost} were lost with the rows from {first.place}:{first.line} on"
            remedy = f"Are there long texts? --max-length leaves them out. {_AGAIN}"
            raise FewnerError("ray", "workers must live", f"{value}: {_line(err)}", remedy)
        self._again.append(task)
        if actor in self._actors:
            self._actors.remove(actor)
            self._hire()


def _failed(err: Exception) -> Exception:
    """The error of the worker itself: ours as it is, another one in one line."""
    cause = getattr(err, "cause", None)
    if isinstance(cause, FewnerError):
        return cause
    remedy = f"Is the same version installed on every node? {_AGAIN}"
    return FewnerError("ray", "workers must be able to annotate", _line(cause or err), remedy)


def _line(err: Exception) -> str:
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    return ": ".join([type(err).__name__, *lines[-1:]])
