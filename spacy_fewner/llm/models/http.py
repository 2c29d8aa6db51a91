"""One POST: whole within a deadline and a size, or an error that says what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .retry import Transient, Unreachable


@dataclass(frozen=True, slots=True)
class Answer:
    """headers: their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """Connections to one server, kept open and shared by threads.

    connections: how many at once. timeout: seconds for a whole request, connecting and the last
    byte included. max_bytes: of an answer. Proxies are those of the environment.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str], connections: int, timeout: float, max_bytes: int
    ):
        import httpx

        from .deadline import keep_deadlines

        self._url, self._timeout, self._max_bytes = url, timeout, max_bytes
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        fixed = {"Content-Type": "application/json", "Accept-Encoding": "identity", **headers}
        self._client = httpx.Client(limits=limits, timeout=timeout, headers=fixed)
        keep_deadlines(self._client)

    def post(self, body: bytes) -> Answer:
        """Raises Unreachable when there is no connection, Transient when it came to nothing."""
        import httpx

        from .deadline import set_deadline

        set_deadline(self._timeout)
        try:
            return self._post(body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as err:
            raise Unreachable(f"no connection ({err})") from err
        except httpx.TimeoutException as err:
            raise Transient(f"no whole answer within {self._timeout:g} s") from err
        except httpx.HTTPError as err:
            raise Transient(f"the connection broke ({err})") from err

    def _post(self, body: bytes) -> Answer:
        with self._client.stream("POST", self._url, content=body) as response:
            return Answer(response.status_code, response.headers, self._read(response))

    def _read(self, response: Any) -> bytes:
        said = response.headers.get("content-length", "")
        self._check(int(said) if said.isdecimal() else 0)
        held = bytearray()
        for piece in response.iter_bytes():
            held += piece
            self._check(len(held))
        return bytes(held)

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            raise Transient(f"an answer of more than {self._max_bytes:,} bytes")

    def close(self) -> None:
        self._client.close()
