"""A server on loopback that answers with any bytes at all, in threads; for what no server means."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

Pieces = Iterable[bytes]


class RawServer:
    """answer: the request's bytes -> the pieces to send, which may go on for ever.

    requests: each as it came. sent: bytes that went out before the client had enough.
    """

    def __init__(self, answer: Callable[[bytes], bytes | Pieces]):
        self.answer = answer
        self.requests: list[bytes] = []
        self.sent = 0
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> "RawServer":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        """One request, then the connection is closed."""
        with connection, contextlib.suppress(OSError):
            request = _request(connection)
            self.requests.append(request)
            answer = self.answer(request)
            for piece in [answer] if isinstance(answer, bytes) else answer:
                connection.sendall(piece)
                self.sent += len(piece)


def _request(connection: socket.socket) -> bytes:
    held = b""
    while b"\r\n\r\n" not in held:
        if not (more := connection.recv(65536)):
            return held
        held += more
    head, _, body = held.partition(b"\r\n\r\n")
    named = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    length = int(named.get(b"content-length", b"0"))
    while len(body) < length and (more := connection.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer, its length included."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("latin1") + body


def chat(content: str, **more: Any) -> bytes:
    """The body of a good reply; more: in place of, or beside, what it has."""
    choice = {"message": {"content": content}, "finish_reason": more.pop("finish", "stop")}
    return json.dumps({"choices": [choice], **more}).encode()
