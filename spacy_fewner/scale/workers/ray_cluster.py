"""A Ray cluster: found or begun, the pipeline sent to it, actors that hold it (extra `ray`)."""

import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import FewnerError
from ..extras import need
from ..loading import load_pipeline
from ..reading.items import Item
from ..writing.output import Done
from .annotator import Annotator, Job

if TYPE_CHECKING:
    from spacy.language import Language


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Ray, connected; one that somebody has connected before is used as it is.

    address: "local" begins one in this machine, "auto" finds one that runs here; else its address.
    """
    ray = need("ray", "ray")
    if ray.is_initialized():
        yield ray
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    quiet: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False}
    try:
        ray.init(address=address, **quiet)
    except Exception as err:  # connection errors of its own, of grpc and of the system
        value = f"{address}: {str(err).splitlines()[0] if str(err) else type(err).__name__}"
        remedy = 'Begin one with "ray start --head", or give local.'
        raise FewnerError("ray", "must be a cluster that answers", value, remedy) from err
    try:
        yield ray
    finally:
        ray.shutdown()


def packed(folder: Path) -> bytes:
    """The pipeline's files, for machines that do not have them."""
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.add(folder, arcname="pipeline")
    return content.getvalue()


class Worker:
    """What an actor is: the pipeline, loaded once.

    What is wrong with it is told by `ready`: an error of an actor's beginning arrives as text.
    """

    def __init__(self, pipeline: bytes, job: Job, gpu: bool):
        self._annotate: Annotator | None = None
        self._error: Exception | None = None
        try:
            self._annotate = Annotator(_loaded(pipeline, gpu), job)
        except Exception as err:
            self._error = err

    def ready(self) -> bool:
        """Answered when the pipeline is loaded."""
        if self._error:
            raise self._error
        return True

    def annotate(self, items: list[Item]) -> Done:
        """What comes of a chunk's rows."""
        assert self._annotate
        return self._annotate(items)


def _loaded(pipeline: bytes, gpu: bool) -> "Language":
    from ...fitting.training.training import use_device

    use_device(0 if gpu else -1)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(pipeline)) as archive:
            archive.extractall(folder, filter="data")
        return load_pipeline(str(Path(folder, "pipeline")))
