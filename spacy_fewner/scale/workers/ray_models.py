"""Many servers of a language model, each asked by an actor of a Ray cluster (extra `ray`).

Each actor keeps a journal of its own, a shard, and answers from it what it was asked before: so a
reply that was paid for and lost on its way is not paid for again. The shards go into the one
journal of the task, where the next run finds all (ours).
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...errors import FewnerError
from ...llm.client import Client
from ...llm.journal.journal import Journal
from ...llm.journal.merging import merge_journals
from ...llm.models.openai import OpenAIModel
from ...llm.models.openai_settings import OpenAISettings
from ...llm.models.spread import Spread
from ...llm.types import Prompt, Reply
from .ray_cluster import connected

_CPUS = 0.01  # an actor waits for its server most of the time


@contextmanager
def models_on_ray(
    address: str, servers: Sequence[OpenAISettings], journal: Journal
) -> Iterator[Spread]:
    """One model that asks all the servers, each from an actor wherever the cluster has room.

    address: as of `annotate`. What shards of an earlier run hold is in the journal first, and what
    these hold at the end, too; then they go. They lie beside the journal, so its folder should be
    one that all nodes see; where it is not, only replies on their way are lost with a node.
    """
    shards = journal.path.with_name(f"{journal.path.name}.shards")
    take_shards(journal, shards)
    with connected(address) as ray:
        remote = ray.remote(num_cpus=_CPUS, max_restarts=-1, max_task_retries=2)(_Server)
        actors = [
            remote.options(
                max_concurrency=server.concurrency + 1, scheduling_strategy="SPREAD"
            ).remote(server, str(shards / f"{number:04}.jsonl"))
            for number, server in enumerate(servers)
        ]
        try:
            pairs = zip(actors, servers, strict=True)
            yield Spread([_Asked(ray, actor, server) for actor, server in pairs])
        finally:
            for actor in actors:
                ray.kill(actor)
    take_shards(journal, shards)


def take_shards(journal: Journal, shards: Path) -> int:
    """Put the replies of all shards into the journal, then remove them; how many were new."""
    paths = sorted(shards.glob("*.jsonl"))
    added = merge_journals(journal, paths)
    for path in paths:
        path.unlink(missing_ok=True)
    if shards.is_dir() and not any(shards.iterdir()):
        shards.rmdir()
    return added


class _Server:
    """What an actor is: a server, and the replies that came from it."""

    def __init__(self, settings: OpenAISettings, shard: str):
        self._settings, self._shard = settings, shard
        self._client: Client | None = None
        self._lock = threading.Lock()

    def ask(self, prompt: Prompt) -> Reply:
        return next(self._opened().complete([prompt]))

    def _opened(self) -> Client:
        """Not opened in __init__: errors from there do not come back as they are."""
        with self._lock:
            if self._client is None:
                self._client = Client(OpenAIModel(self._settings), Journal(self._shard))
            return self._client


class _Asked:
    """An actor as a LanguageModel."""

    def __init__(self, ray: Any, actor: Any, settings: OpenAISettings):
        self._ray, self._actor, self._settings = ray, actor, settings

    @property
    def identity(self) -> Mapping[str, Any]:
        return self._settings.identity

    @property
    def concurrency(self) -> int:
        return self._settings.concurrency

    def check_key(self) -> None:
        """The keys are in the environment of the nodes, and so are missing ones found there."""

    def ask(self, prompt: Prompt) -> Reply:
        try:
            return self._ray.get(self._actor.ask.remote(prompt))
        except self._ray.exceptions.RayTaskError as err:
            cause = getattr(err, "cause", None)
            if isinstance(cause, FewnerError):
                raise cause from err
            raise
        except self._ray.exceptions.RayError as err:
            value = f"{self._settings.base_url}: {type(err).__name__}"
            remedy = "Look at the cluster with ray status, and run the command again."
            raise FewnerError("llm_ray", "an actor must live", value, remedy) from err
