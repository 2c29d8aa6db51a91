"""A text with its mentions, as read from a reply, and the way from there to a Sample."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ..types import Reject, Sample
from .mentions import Mention, Purpose, ground

UNREAD = "unreadable mention"
NO_TEXT = "no text"


@dataclass(frozen=True, slots=True)
class Record:
    """What a reply says of one text.

    mentions: in the order of the reply.
    unread: pieces of the list of mentions that are none (no label, cut short).
    source: the lines of the reply it was read from.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    unread: tuple[str, ...] = ()
    source: str = ""


def to_sample(
    record: Record,
    *,
    ordered: bool,
    purpose: Purpose,
    stage: str,
    meta: dict[str, Any] | None = None,
    propagate: bool | None = None,
) -> Sample | Reject:
    """Ground a record; settings as of `ground`.

    meta: of the Sample or Reject; the Sample's also tells how often each rung was used and the
    flags, under "grounding". For training one mention that fails fails the record.
    """
    meta = dict(meta or {})
    text = record.text.strip()
    if not text:
        return Reject(NO_TEXT, record.source[:200], stage, record.source, meta)
    if record.unread and purpose == "training":
        return Reject(UNREAD, repr(record.unread[0]), stage, text, meta)
    grounding = ground(text, record.mentions, ordered=ordered, purpose=purpose, propagate=propagate)
    if grounding.failures and purpose == "training":
        first = grounding.failures[0]
        detail = f"{first.mention.surface!r} ({first.mention.label})"
        return Reject(first.reason, detail, stage, text, meta)
    meta["grounding"] = {
        "rungs": dict(Counter(grounding.rungs)),
        "flags": sorted(grounding.flags),
        "failed": [[one.mention.surface, one.mention.label] for one in grounding.failures],
    }
    return Sample(text, grounding.spans, meta=meta)
