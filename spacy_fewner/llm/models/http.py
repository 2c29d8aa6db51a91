"""One POST: whole within a deadline and a size, or an error that says what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

from ...errors import FewnerError
from .retry import Transient, Unreachable
from .secret import Secret

_PLAIN = ("", "identity")


@dataclass(frozen=True, slots=True)
class Answer:
    """headers: their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """Connections to one server, kept open and shared by threads.

    connections: how many at once. timeout: seconds for a whole request, connecting and the last
    byte included. max_bytes: of an answer. secret: taken out of what errors say.
    Proxies are those of the environment. No redirect is followed, no cookie kept, and nothing
    decompressed: 7 KB can hold 12 GB.
    Raises FewnerError where the environment names a proxy or certificates that cannot be used.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        connections: int,
        timeout: float,
        max_bytes: int,
        secret: Secret,
    ):
        from .deadline import keep_deadlines

        self._url, self._timeout, self._max_bytes = url, timeout, max_bytes
        self._secret = secret
        fixed = {"Content-Type": "application/json", "Accept-Encoding": "identity", **headers}
        self._client = _client(connections, timeout, fixed, secret)
        keep_deadlines(self._client)

    def post(self, body: bytes) -> Answer:
        """Raises Unreachable when there is no connection, Transient when it came to nothing."""
        import httpx

        from .deadline import set_deadline

        set_deadline(self._timeout, self._max_bytes)
        # From None: what a library quotes of an answer, or of an address, would be shown too.
        try:
            return self._post(body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, UnicodeError) as err:
            raise Unreachable(self._said("no connection", err)) from None
        except httpx.TimeoutException:
            raise Transient(f"no whole answer within {self._timeout:g} s") from None
        except httpx.HTTPError as err:
            raise Transient(self._said("the connection broke", err)) from None

    def _said(self, what: str, err: Exception) -> str:
        return f"{what} ({self._secret.clean(str(err))})"

    def _post(self, body: bytes) -> Answer:
        with self._client.stream("POST", self._url, content=body) as response:
            return Answer(response.status_code, response.headers, self._read(response))

    def _read(self, response: Any) -> bytes:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in _PLAIN:
            if response.status_code == 200:
                raise Transient("an answer in an encoding that was not asked for")
            return b""  # the status says enough
        said = response.headers.get("content-length", "")
        self._check(int(said) if said.isdecimal() else 0)
        held = bytearray()
        for piece in response.iter_raw():
            held += piece
            self._check(len(held))
        return bytes(held)

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            raise Transient(f"an answer of more than {self._max_bytes:,} bytes")

    def close(self) -> None:
        self._client.close()


def _client(connections: int, timeout: float, headers: Mapping[str, str], secret: Secret) -> Any:
    import httpx

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    try:
        return httpx.Client(
            limits=limits, timeout=timeout, headers=headers, cookies=no_cookies,
            follow_redirects=False,
        )  # fmt: skip
    except (httpx.InvalidURL, ImportError, ValueError, OSError) as err:
        raise FewnerError(
            "environment",
            "proxy and certificates that it names must be ones that can be used",
            secret.clean(str(err)),
            "Mend or unset ALL_PROXY, HTTP_PROXY, HTTPS_PROXY, NO_PROXY or SSL_CERT_FILE; proxies "
            "by socks5 need `pip install httpx[socks]`.",
        ) from None
