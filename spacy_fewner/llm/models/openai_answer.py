"""What an answer in the OpenAI chat protocol says: a reply, or what went wrong."""

import json
from typing import Any

from ..types import Reply
from .retry import Transient


def reply_of(body: bytes) -> Reply:
    """The reply in the body of a chat completion; raises Transient where it is not one."""
    try:
        content = json.loads(body)
        choice = content["choices"][0]
        message = choice["message"]
        text = _text(message.get("content"))
        finish = choice.get("finish_reason")
    except (ValueError, RecursionError) as err:
        raise Transient(f"an answer that is not JSON: {_start(body)}") from err
    except (LookupError, TypeError, AttributeError) as err:
        raise Transient(f"an answer without choices: {said_in(body)}") from err
    if not text and message.get("refusal"):
        finish = "refusal"
    usage = content.get("usage")
    return Reply(
        text=text,
        finish=finish if isinstance(finish, str) else "stop",
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
    )


def _text(content: Any) -> str:
    """A string, none (as with a refusal), or the list of parts that some servers send."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    if content is None or isinstance(content, str):
        return content or ""
    raise TypeError(type(content).__name__)


def _count(usage: Any, name: str) -> int | None:
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and value >= 0 else None


def _error(body: bytes) -> Any:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content.get("error", content) if isinstance(content, dict) else None


def said_in(body: bytes) -> str:
    """What the server says went wrong, for a person."""
    error = _error(body)
    said = error.get("message") if isinstance(error, dict) else error
    return said[:200] if isinstance(said, str) else _start(body)


def code_in(body: bytes) -> str:
    error = _error(body)
    return f"{error.get('code')} {error.get('type')}" if isinstance(error, dict) else ""


def _start(body: bytes) -> str:
    return repr(body[:100].decode("utf8", "replace"))
