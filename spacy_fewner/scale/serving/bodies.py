"""What clients send: JSON of these forms, and nothing larger or slower than is allowed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

_READ_IN_VAIN = 100_000_000  # bytes of a body that is too large
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


def _whole(text: str) -> str:
    try:
        text.encode("utf8")
    except UnicodeEncodeError as err:
        rule = "Input should be characters, and no half of a surrogate pair"
        raise PydanticCustomError("half_pair", rule) from err
    return text


Text = Annotated[str, AfterValidator(_whole)]


class OneText(BaseModel):
    """A text to annotate."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: Text = Field(examples=["Ada Lovelace left London."])


class ManyTexts(BaseModel):
    """Texts to annotate, each by itself."""

    model_config = ConfigDict(extra="forbid", strict=True)
    texts: list[Text] = Field(examples=[["Ada Lovelace left London.", "She wrote to Babbage."]])


class _Gone(Exception):
    """The client does not wait for an answer."""


class BodyLimit:
    """ASGI middleware: reads a body before anything else does, up to so many bytes and seconds."""

    def __init__(self, app: Any, most: int, seconds: float):
        """most: bytes. seconds: until all of it must have come."""
        self._app, self._most, self._seconds = app, most, seconds

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            body = await asyncio.wait_for(self._body(scope, receive), self._seconds)
        except _Gone:
            return None
        except asyncio.TimeoutError:
            said = f"The request must arrive within {self._seconds:g} seconds."
            return await _refuse(scope, receive, send, 408, said)
        if body is None:
            said = f"A request may have {self._most} bytes. Send fewer texts at once."
            return await _refuse(scope, receive, send, 413, said)
        await self._app(scope, _replayed(body, receive), send)

    async def _body(self, scope: MutableMapping[str, Any], receive: Receive) -> bytes | None:
        """All of it; None if it is too large, of which no more than allowed is kept."""
        told = dict(scope["headers"]).get(b"content-length", b"0")
        room = self._most if not told.isdigit() or int(told) <= self._most else 0
        kept, size = bytearray(), 0
        # To its end all the same: who is still sending when the connection ends sees no answer.
        async for part in _parts(receive):
            size += len(part)
            if size <= room:
                kept += part
            if size > self._most + _READ_IN_VAIN:
                return None
        return bytes(kept) if size <= room else None


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        yield message.get("body", b"")
        more = message.get("more_body", False)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body once, and then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _refuse(scope: Any, receive: Any, send: Any, status: int, said: str) -> None:
    from starlette.responses import JSONResponse

    # What may be left of the body is not read: the connection must not be used again.
    answer = JSONResponse({"error": said}, status, headers={"connection": "close"})
    await answer(scope, receive, send)
