"""Keys of requests: the same request has the same key on every machine, any other another one."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ...errors import FewnerError
from ..types import Prompt

_SHORT = 12  # hex digits: a journal holds a handful of models and schemas


def request_key(identity: Mapping[str, Any], prompt: Prompt) -> str:
    """SHA-256, 64 hex digits, of the full request in canonical JSON (ours).

    Raises FewnerError when the identity or the schema is not JSON.
    """
    messages = [[message.role, message.content] for message in prompt.messages]
    # The schema keeps its order: servers write a reply's properties in the order it gives.
    parts = [canonical(identity), _json(messages), _json(prompt.schema), _json(prompt.sample)]
    if prompt.grammar is not None:  # keys of before there were any stay as they were
        parts.append(_json(prompt.grammar))
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def short_id(value: Mapping[str, Any] | None) -> str:
    """A name for a model's identity or a schema within one journal."""
    return hashlib.sha256(_json(value)).hexdigest()[:_SHORT]


def canonical(value: Any) -> bytes:
    """JSON without spaces, names sorted, all characters ASCII (so that any string has a form)."""
    return _json(value, sort=True)


def _json(value: Any, sort: bool = False) -> bytes:
    try:
        text = json.dumps(value, sort_keys=sort, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as err:
        raise FewnerError(
            "request", "model identity and schema must be JSON", str(err), "Mend them."
        ) from err
    return text.encode("ascii")
