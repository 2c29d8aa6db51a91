"""What a server counts, as Prometheus reads it."""

from collections.abc import Callable
from typing import Any

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_TEXTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Counters of one server; calls from any thread."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = CollectorRegistry()
        own: dict[str, Any] = {"namespace": "fewner", "registry": self._registry}
        self._requests = Counter(
            "requests", "Requests by path and status.", ["path", "status"], **own
        )
        self._seconds = Histogram(
            "request_seconds", "From request to answer.", ["path"], buckets=_SECONDS, **own
        )
        self._texts = Counter("texts", "Texts that were predicted.", **own)
        self._batch = Histogram("batch_texts", "Texts a batch.", buckets=_TEXTS, **own)
        self._predict = Histogram(
            "predict_seconds", "The pipeline on one batch.", buckets=_SECONDS, **own
        )
        self._faults = Counter("faults", "Texts on which the pipeline raised.", **own)
        self._queue = Gauge("queue_texts", "Texts that wait.", **own)

    def request(self, path: str, status: int, seconds: float) -> None:
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def batch(self, texts: int, seconds: float) -> None:
        self._texts.inc(texts)
        self._batch.observe(texts)
        self._predict.observe(seconds)

    def faults(self, texts: int) -> None:
        self._faults.inc(texts)

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        self._queue.set_function(waiting)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry)
