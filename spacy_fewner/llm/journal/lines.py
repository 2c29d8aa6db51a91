"""The lines of a journal: JSON objects, each with a check sum, and what they say.

A header {"journal", "version"}; {"model": id, "identity"} and {"schema": id, "json"} before they
are first used; {"key", "model", "messages", "schema"?, "sample"?, "text", ...} for each reply.
"""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..types import Prompt, Reply, token_count
from .keys import short_id

NAME = "spacy-fewner"
VERSION = 1
_SUM = b',"crc":"%08x"}\n'
_SUM_LENGTH = len(_SUM % 0)
_KEY = re.compile(r"[0-9a-f]{64}")


class DamagedLine(ValueError):
    """A line that was not written so."""


def encode(entry: Mapping[str, Any]) -> bytes:
    """One line, its newline included; a check sum comes last in the object."""
    body = _utf8(entry)[:-1]
    return body + _SUM % zlib.crc32(body)


def _utf8(entry: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf8")
    except UnicodeEncodeError:  # half a surrogate pair, which only escapes can write
        return json.dumps(entry, separators=(",", ":")).encode("ascii")


def decode(line: bytes) -> dict[str, Any]:
    """The object of a line with or without its newline; raises DamagedLine."""
    line = line.rstrip(b"\r\n") + b"\n"
    body, end = line[:-_SUM_LENGTH], line[-_SUM_LENGTH:]
    if end != _SUM % zlib.crc32(body):
        raise DamagedLine("its check sum is not that of its content")
    try:
        entry = json.loads(body + b"}")
    except (ValueError, RecursionError) as err:
        raise DamagedLine(str(err)) from err
    if not isinstance(entry, dict):
        raise DamagedLine("it is no object")
    return entry


def header() -> bytes:
    return encode({"journal": NAME, "version": VERSION})


def model_line(identity: Mapping[str, Any]) -> bytes:
    return encode({"model": short_id(identity), "identity": dict(identity)})


def schema_line(schema: Mapping[str, Any]) -> bytes:
    return encode({"schema": short_id(schema), "json": dict(schema)})


def reply_line(identity: Mapping[str, Any], prompt: Prompt, reply: Reply) -> bytes:
    """Request and reply; what is as always is left out."""
    entry: dict[str, Any] = {
        "key": reply.key,
        "model": short_id(identity),
        "messages": [asdict(message) for message in prompt.messages],
    }
    if prompt.schema is not None:
        entry["schema"] = short_id(prompt.schema)
    if prompt.sample:
        entry["sample"] = prompt.sample
    entry["text"] = reply.text
    if reply.finish != "stop":
        entry["finish"] = reply.finish
    counts = {"prompt_tokens": reply.prompt_tokens, "completion_tokens": reply.completion_tokens}
    return encode(entry | {name: n for name, n in counts.items() if n is not None})


def reply_of(entry: Mapping[str, Any]) -> Reply:
    """What `reply_line` was given; raises DamagedLine where a field is missing or wrong.

    Token counts that are none become None: they are not worth a reply that was paid for.
    """
    fields = {"finish": "stop", **entry}
    for name in ("key", "text", "finish"):
        if not isinstance(fields.get(name), str):
            raise DamagedLine(f"its {name!r} is no text")
    if not _KEY.fullmatch(entry["key"]):
        raise DamagedLine("its 'key' is not that of a request")
    return Reply(
        text=entry["text"],
        finish=fields["finish"],
        prompt_tokens=token_count(entry.get("prompt_tokens")),
        completion_tokens=token_count(entry.get("completion_tokens")),
        key=entry["key"],
    )
