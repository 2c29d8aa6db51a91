"""What a stronger model was asked and answered, as rows to tune a smaller one on (ours).

Any run with a journal can be distilled so: the tuned model is then asked with the same prompts.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..llm.chat_rows import ChatRow, ChatRows
from ..llm.journal.merging import replies_in
from ..llm.types import Message, Prompt, Reply
from ..prompts.render import as_data
from ..synthesis.provenance import steps
from ..types import Reject, Sample

STAGE = "rows"
TASK = "reply"  # of rows of whose stage nothing is known
NOT_WHOLE = "not a whole reply"
NOT_KEPT = "nothing of it was kept"
TWICE = "there already"
_SHOWN = 60  # characters of a reply in a reject's detail

_Step = Mapping[str, Any]


def journal_rows(journals: Iterable[str | Path], kept: Iterable[Sample] | None = None) -> ChatRows:
    """A row a reply, in the order of the journals.

    kept: what became of the replies after all checks; only replies that one of these names as its
        calls, at whatever step, are taken, and rows say by which stage and prompt. None: all.
    Replies that were cut short or are empty are rejected, and the same reply to the same messages
    once more. Raises FewnerError for a file that is no journal.
    """
    known = None if kept is None else _steps_by_call(kept)
    made = ChatRows()
    seen: set[tuple[Message, ...]] = set()
    for path in map(Path, journals):
        for identity, prompt, reply in replies_in(path):
            row = _row(identity, prompt, reply, known)
            if isinstance(row, ChatRow) and row.messages in seen:
                row = _reject(TWICE, reply)
            if isinstance(row, Reject):
                made.rejects.append(row)
            else:
                seen.add(row.messages)
                made.rows.append(row)
    return made


def _steps_by_call(samples: Iterable[Sample]) -> dict[str, _Step]:
    """By the key of a request; the first step that made use of it."""
    found: dict[str, _Step] = {}
    for sample in samples:
        for step in steps(sample):
            for call in step.get("calls", ()):
                found.setdefault(str(call), step)
    return found


def _row(
    identity: Mapping[str, Any],
    prompt: Prompt,
    reply: Reply,
    known: Mapping[str, _Step] | None,
) -> ChatRow | Reject:
    if reply.finish != "stop" or not reply.text.strip():
        return _reject(NOT_WHOLE, reply)
    if known is not None and reply.key not in known:
        return _reject(NOT_KEPT, reply)
    step = (known or {}).get(reply.key, {})
    meta = {
        "task": str(step.get("stage", TASK)),
        "prompt": str(step.get("prompt", "")),
        "model": str(identity.get("model", "")),
        "calls": [reply.key],
    }
    if "parents" in step:
        meta["parents"] = list(step["parents"])
    return ChatRow((*prompt.messages, Message("assistant", as_data(reply.text))), meta)


def _reject(reason: str, reply: Reply) -> Reject:
    detail = f"{reply.text[:_SHOWN]!r} (finish {reply.finish!r})"
    return Reject(reason, detail, STAGE, reply.text, {"calls": [reply.key]})
