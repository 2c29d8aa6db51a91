"""Several journals of one task into one: what each has that it lacks (ours)."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..types import Message, Prompt, Reply
from .journal import Journal
from .lines import DamagedLine, decode, reply_of
from .scan import damaged, scan

Request = tuple[Mapping[str, Any], Prompt, Reply]


def merge_journals(into: Journal, others: Iterable[str | Path]) -> int:
    """Add the replies of the others to requests that `into` has none to; how many these are.

    Of two others the first one's reply is taken. FewnerError for a file that is no journal or is
    damaged; a last line that a kill cut short is left out.
    """
    added = 0
    for path in map(Path, others):
        for identity, prompt, reply in replies_in(path):
            if into.find(reply.key) is None:
                into.record(identity, prompt, reply)
                added += 1
    return added


def replies_in(path: Path) -> Iterator[Request]:
    """Each request with its last reply, in the order of these.

    FewnerError as of `merge_journals`.
    """
    found = scan(path)
    last = {offset for offset in found.replies.values()}
    schemas: dict[str, Mapping[str, Any]] = {}
    offset = 0
    with path.open("rb") as lines:
        for line in lines:
            if offset >= found.end:
                return
            entry = _entry(line, path, offset) if offset else {}
            if "json" in entry:
                schemas[entry["schema"]] = entry["json"]
            elif offset in last:
                prompt = _prompt(entry, schemas, path, offset)
                yield found.identities[entry["model"]], prompt, reply_of(entry)
            offset += len(line)


def _entry(line: bytes, path: Path, offset: int) -> dict[str, Any]:
    try:
        return decode(line)
    except DamagedLine as err:
        raise damaged(path, f"byte {offset}", err) from err


def _prompt(
    entry: dict[str, Any], schemas: Mapping[str, Mapping[str, Any]], path: Path, offset: int
) -> Prompt:
    try:
        messages = tuple(Message(**message) for message in entry["messages"])
        schema = schemas[entry["schema"]] if "schema" in entry else None
        return Prompt(messages, schema, entry.get("sample", 0))
    except (KeyError, TypeError) as err:
        raise damaged(path, f"byte {offset}", err) from err
