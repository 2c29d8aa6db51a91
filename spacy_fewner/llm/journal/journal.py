"""Every reply of a language model on the disk before anyone sees it (ours)."""

import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, get_args

from ...errors import FewnerError
from ..types import Prompt, Reply
from .appending import AppendFile
from .keys import short_id
from .lines import DamagedLine, decode, header, model_line, reply_line, reply_of, schema_line
from .scan import Scan, damaged, scan

Mode = Literal["live", "replay", "resume"]


class Journal:
    """Replies by the key of their request, in a JSONL file (lines.py says what its lines are).

    path: made, with its folders, unless the mode is replay; removed again when it is closed without
        a reply in it.
    mode: "live" asks for everything anew, and what comes supersedes what the file holds; "resume"
        asks for what is missing; "replay" asks for nothing and leaves the file as it is.
    A last line that a kill cut short is dropped. Only offsets are kept in memory, about 150 bytes
    a reply. Threads may share a journal; a second run that would write to it is refused.
    Raises FewnerError for a file that is damaged, foreign, of another version, or in use.
    """

    def __init__(self, path: str | Path, mode: Mode = "resume"):
        if mode not in get_args(Mode):
            raise FewnerError("mode", f"must be one of {get_args(Mode)}", mode, "Choose one.")
        self.path, self.mode = Path(path), mode
        self._lock = threading.Lock()
        self._file = None if mode == "replay" else AppendFile(self.path)
        self._found = _opened(self.path, self._file)
        if mode == "live":
            self._found.replies.clear()
        self._reader = self.path.open("rb")

    @property
    def identities(self) -> tuple[Mapping[str, Any], ...]:
        """Of the models whose replies the file holds, in the order of their first reply."""
        return tuple(self._found.identities.values())

    def __len__(self) -> int:
        """How many requests have a reply here (in mode live: one of this run)."""
        return len(self._found.replies)

    def find(self, key: str) -> Reply | None:
        """The last reply to the request; raises FewnerError if its line is not there any more."""
        offset = self._found.replies.get(bytes.fromhex(key))
        if offset is None:
            return None
        with self._lock:
            self._reader.seek(offset)
            line = self._reader.readline()
        try:
            return reply_of(decode(line))
        except DamagedLine as err:
            raise damaged(self.path, f"byte {offset}", err) from err

    def record(self, identity: Mapping[str, Any], prompt: Prompt, reply: Reply) -> None:
        """Return when the reply, whose key is set, is on the disk.

        Raises FewnerError when that cannot be; what the file held before is then still there.
        """
        if self._file is None:
            raise FewnerError(
                "journal", "must not be opened for replay", str(self.path), "Use mode resume."
            )
        line = reply_line(identity, prompt, reply)
        with self._lock:
            introduced = self._introduced(identity, prompt)
            offset = self._file.write(introduced + line) + len(introduced)
            self._found.identities.setdefault(short_id(identity), identity)
            self._found.schemas.add(short_id(prompt.schema))
        self._file.sync(offset + len(line))
        self._found.replies[bytes.fromhex(reply.key)] = offset

    def _introduced(self, identity: Mapping[str, Any], prompt: Prompt) -> bytes:
        """The lines that must come before the first reply of a model, or to a schema."""
        lines = b""
        if short_id(identity) not in self._found.identities:
            lines += model_line(identity)
        if prompt.schema is not None and short_id(prompt.schema) not in self._found.schemas:
            lines += schema_line(prompt.schema)
        return lines

    def close(self) -> None:
        """Let other runs at the file."""
        self._reader.close()
        if self._file:
            self._file.close(remove=self._file.size <= len(header()))

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _opened(path: Path, file: AppendFile | None) -> Scan:
    """What is there already; the file is then ready to be appended to."""
    try:
        found = scan(path)
        if file:
            _mend(file, found)
        return found
    except BaseException:
        if file:
            file.close()  # not later: as long as the error is looked at, the lock would stay
        raise


def _mend(file: AppendFile, found: Scan) -> None:
    """Cut what a kill left of a last line, close an open one, begin a new file."""
    file.cut(found.end)
    missing = header() if not found.end else b"\n" if found.open_end else b""
    if missing:
        file.sync(file.write(missing) + len(missing))
