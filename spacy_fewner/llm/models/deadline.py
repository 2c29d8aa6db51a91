"""A deadline and a size for all of a request, which httpx lacks.

Its time-outs begin anew with every byte, and nobody counts headers, framing and what a server
announces before its answer (status 103).
"""

import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from .retry import Transient

_local = threading.local()
_BESIDES = 100_000  # bytes that headers and framing may take besides the answer itself
# Bytes at once: with httpcore's own 64 KiB, many threads kept more memory resident (73 for 65 MB).
_READ = 8192


def set_deadline(seconds: float, max_bytes: int) -> None:
    """This thread's network calls must be done by then, and may read so many bytes of an answer."""
    _local.end = time.monotonic() + seconds
    _local.max_bytes, _local.bytes_left = max_bytes, max_bytes + _BESIDES


def keep_deadlines(client: httpx.Client) -> None:
    """Make the client's network calls end at their thread's deadline, or size.

    Source: httpcore's network backends. httpx takes none, hence the way through its pools.
    """
    for transport in [client._transport, *client._mounts.values()]:
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)


def _left(timeout: float | None, error: type[Exception]) -> float:
    rest = _local.end - time.monotonic()
    if rest <= 0:
        raise error("the deadline has passed")
    return rest if timeout is None else min(timeout, rest)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream):
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        size = min(max_bytes, _READ)
        read = self._stream.read(size, _left(timeout, httpcore.ReadTimeout))
        _local.bytes_left -= len(read)
        if _local.bytes_left < 0:
            raise Transient(f"an answer of more than {_local.max_bytes:,} bytes")
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        rest = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, rest))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend):
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        rest = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(
            self._backend.connect_tcp(host, port, rest, local_address, list(socket_options or ()))
        )

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)
