"""A server on loopback that speaks the OpenAI chat protocol, and misbehaves where it is told to.

It counts, for each request, the attempts and the whole good replies it sent, so that a test can
say that nothing was lost and nothing paid twice. In a test: `with Server(...) as server`; as a
process of its own: `python tests/llm/server.py '{"latency": 0.2}'`, see `spawned`.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import hashlib
import json
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Body = dict[str, Any]
Write = Callable[[bytes], None]
HUGE = 10_000_000  # bytes
DRIP_SECONDS = 0.05  # between two bytes
LIKELY = {  # of a first attempt; half as likely in the second, and so on
    "429": 0.03, "500": 0.03, "half": 0.02, "not json": 0.02, "no choices": 0.02,
    "empty": 0.02, "drop": 0.02, "hang": 0.005, "drip": 0.005, "huge": 0.002,
    "huge, said so": 0.002,
}  # fmt: skip
_STATUS = {"400": 400, "401": 401, "403": 403, "404": 404, "500": 500, "503": 503, "no format": 400}
_CODES = {"404": "model_not_found"}


def echo(body: Body) -> str:
    """The default reply: depends on the messages alone."""
    text = body["messages"][-1]["content"]
    return f"reply to {text} {hashlib.sha256(text.encode('utf8', 'replace')).hexdigest()}"


def plan_of(*faults: str) -> Callable[[str, int], str]:
    """The faults one after the other for each request, then good replies."""
    return lambda request, attempt: faults[attempt] if attempt < len(faults) else ""


GOOD = plan_of()


def random_plan(seed: int, likely: Mapping[str, float]) -> Callable[[str, int], str]:
    """Faults at random, but the same for the same request and attempt; none from the fourth on."""

    def plan(request: str, attempt: int) -> str:
        drawn = random.Random(f"{seed} {request} {attempt}").random() * 2**attempt
        for fault, part in likely.items():
            if drawn < part and attempt < 3:
                return fault
            drawn -= part
        return ""

    return plan


class Server:
    """plan: (request, attempt from 0) -> fault, "" for a good reply. reply: body -> text.

    latency: seconds before a good reply. tokens: what each good reply is billed.
    attempts, good: how many of each, by request (a hash of its messages and seed).
    faults: how many of each kind.
    bodies, keys: of the last 1,000 requests, as they came.
    """

    def __init__(
        self,
        plan: Callable[[str, int], str] = GOOD,
        reply: Callable[[Body], str] = echo,
        latency: float = 0.0,
        tokens: tuple[int, int] = (10, 5),
    ):
        self.plan, self.reply, self.latency, self.tokens = plan, reply, latency, tokens
        self.attempts: Counter[str] = Counter()
        self.good: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.bodies: list[Body] = []
        self.keys: list[str] = []
        self.at_once = self.most_at_once = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Server:
        ready = threading.Event()
        self._thread = threading.Thread(target=self.run, args=(ready.set,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: Any) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._listening.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until the loop is stopped."""
        asyncio.set_event_loop(self._loop)
        serving = asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self._listening = self._loop.run_until_complete(serving)
        self.port = self._listening.sockets[0].getsockname()[1]
        ready()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lost = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*lost):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is to be closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
        }
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        if head.startswith("GET"):
            writer.write(_answer(200, json.dumps(self.stats()).encode()))
            return True
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._chat(json.loads(content), headers, reader, writer)
        finally:
            self.at_once -= 1

    async def _chat(
        self,
        body: Body,
        headers: dict[str, str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        request = request_of(body)
        fault = self.plan(request, self.attempts[request])
        self.attempts[request] += 1
        self.bodies, self.keys = self.bodies[-999:], self.keys[-999:]
        self.bodies.append(body)
        self.keys.append(headers.get("authorization", ""))
        if fault in ("", "no format") and not (fault and "response_format" in body):
            return await self._good(request, body, writer)
        self.faults[fault] += 1
        return await misbehave(fault, self._whole(body), reader, writer)

    async def _good(self, request: str, body: Body, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(self.latency)
        if writer.is_closing():
            return False
        writer.write(_answer(200, self._whole(body)))
        await writer.drain()
        self.good[request] += 1
        return True

    def _whole(self, body: Body) -> bytes:
        prompt, completion = self.tokens
        message = {"role": "assistant", "content": self.reply(body)}
        answer = {
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": prompt, "completion_tokens": completion},
        }
        return json.dumps(answer).encode()

    def stats(self) -> dict[str, Any]:
        return {
            "requests": len(self.attempts),
            "attempts": self.attempts.total(),
            "good": sum(self.good.values()),
            "answered": len(self.good),
            "twice": sum(count > 1 for count in self.good.values()),
            "most_at_once": self.most_at_once,
            "faults": dict(self.faults),
        }


def request_of(body: Body) -> str:
    """What makes two requests the same one for the counts."""
    named = json.dumps([body["messages"], body.get("seed")])
    return hashlib.sha256(named.encode()).hexdigest()[:16]


async def misbehave(
    fault: str, good: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Do it; False when the connection is to be closed."""
    if fault == "hang":
        await reader.read()  # until the client has had enough
    elif fault == "half":
        writer.write(_answer(200, good)[: -len(good) // 2])
    elif fault.startswith("drip"):
        await _drip(_answer(200, good), headers_too=fault == "drip headers", writer=writer)
    elif fault == "huge":
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * HUGE)
        await writer.drain()
    elif fault != "drop":
        writer.write(_wrong(fault, good))
        await writer.drain()
        return True
    return False


async def _drip(answer: bytes, headers_too: bool, writer: asyncio.StreamWriter) -> None:
    fast = 20 if headers_too else answer.index(b"\r\n\r\n") + 4
    writer.write(answer[:fast])
    for byte in answer[fast:]:
        await asyncio.sleep(DRIP_SECONDS)
        writer.write(bytes([byte]))
        await writer.drain()


def _wrong(fault: str, good: bytes) -> bytes:
    """A whole answer that is none."""
    if fault in _STATUS:
        return _answer(_STATUS[fault], _error(f"fault {fault}", _CODES.get(fault, "")))
    if fault == "quota":
        return _answer(429, _error("You exceeded your quota", "insufficient_quota"))
    if fault == "429":
        return _answer(429, _error("slow down", "rate_limit"), "Retry-After: 0.05")
    if fault == "429 date":
        date = email.utils.formatdate(time.time() + 1, usegmt=True)
        return _answer(429, _error("slow down", "rate_limit"), f"Retry-After: {date}")
    wrong = {
        "not json": good[:-7] + b"oops",
        "no choices": json.dumps({"id": 1, "choices": []}).encode(),
        "empty": b"",
        "huge, said so": b"x" * HUGE,
        "brackets": b"[" * 1_000_000,
        "error in 200": _error("no worker was free", ""),
    }
    return _answer(200, wrong[fault])


def _error(message: str, code: str) -> bytes:
    return json.dumps({"error": {"message": message, "type": code, "code": code}}).encode()


def _answer(status: int, content: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", "Content-Type: application/json", *headers]
    lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


@contextlib.contextmanager
def spawned(**settings: Any) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """A server in a process of its own: its address, and a function that fetches `stats`.

    settings: JSON; latency, tokens, and "seed" for LIKELY faults.
    """
    command = [sys.executable, str(Path(__file__).resolve()), json.dumps(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            url = process.stdout.readline().strip()

            def stats() -> dict[str, Any]:
                direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with direct.open(url, timeout=10) as answer:
                    return json.load(answer)

            yield url, stats
        finally:
            process.kill()


def main() -> None:
    settings = json.loads(sys.argv[1])
    seed = settings.pop("seed", None)
    plan = plan_of() if seed is None else random_plan(seed, LIKELY)
    server = Server(plan, **settings)
    server.run(lambda: print(server.url, flush=True))


if __name__ == "__main__":
    main()
