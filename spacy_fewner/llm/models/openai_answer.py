"""What an answer in the OpenAI chat protocol says: a reply, or what went wrong."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from ..types import Reply, token_count
from .retry import Transient

Clean: TypeAlias = Callable[[str], str]
_FINISHES = ("stop", "length", "content_filter", "tool_calls")  # which a key of "t" leaves whole
_LONGEST_FINISH = 40  # characters of any other
_LONGEST_SAID = 200  # characters of what went wrong
_LONGEST_NUMBER = 18  # digits; Python refuses to read more than some thousand


def reply_of(body: bytes, clean: Clean = str) -> Reply:
    """The reply in the body of a chat completion; raises Transient where it is not one.

    clean: takes out what must not be shown; applied before anything is cut short.
    """
    try:
        content = _read(body)
        choice = content["choices"][0]
        message = choice["message"]
        text = _text(message.get("content"))
        finish = choice.get("finish_reason")
    except (ValueError, RecursionError) as err:
        raise Transient(f"an answer that is not JSON: {_start(body, clean)}") from err
    except (LookupError, TypeError, AttributeError) as err:
        raise Transient(f"an answer without choices: {said_in(body, clean)}") from err
    if not text and message.get("refusal"):
        finish = "refusal"
    usage = content.get("usage")
    return Reply(
        text=text,
        finish=_finish(finish, clean),
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
    )


def _finish(reason: Any, clean: Clean) -> str:
    if not isinstance(reason, str):
        return "stop"
    return reason if reason in _FINISHES else clean(reason)[:_LONGEST_FINISH]


def _text(content: Any) -> str:
    """A string, none (as with a refusal), or the list of parts that some servers send."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    if content is None or isinstance(content, str):
        return content or ""
    raise TypeError(type(content).__name__)


def _count(usage: Any, name: str) -> int | None:
    return token_count(usage.get(name)) if isinstance(usage, dict) else None


def _read(body: bytes) -> Any:
    return json.loads(body, parse_int=_whole)


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _error(body: bytes) -> Any:
    try:
        content = _read(body)
    except (ValueError, RecursionError):
        return None
    return content.get("error", content) if isinstance(content, dict) else None


def said_in(body: bytes, clean: Clean = str) -> str:
    """What the server says went wrong, for a person; clean: as of `reply_of`."""
    error = _error(body)
    said = error.get("message") if isinstance(error, dict) else error
    return clean(said)[:_LONGEST_SAID] if isinstance(said, str) else _start(body, clean)


def code_in(body: bytes) -> str:
    error = _error(body)
    return f"{error.get('code')} {error.get('type')}" if isinstance(error, dict) else ""


def _start(body: bytes, clean: Clean) -> str:
    return repr(clean(body.decode("utf8", "replace"))[: _LONGEST_SAID // 2])
