"""The output of a run: grows chunk by chunk, and takes its place when all is there (ours).

Everything is appended to files in the run's own folder; the ledger says what of it counts. So a
chunk is in the output once or not at all, whatever ends the process.
"""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ...data.disk import room_at
from ...errors import FewnerError
from ...llm.journal.appending import AppendFile, sync_folder
from ..reading.items import Place
from .ledger import RESUME, Ledger, State
from .target import Target

CONFIRM_EVERY = 1.0  # seconds; what was annotated since is annotated again after a kill
# Texts or bytes from which a part of a folder is full; a DocBin is held in memory as a whole.
PARTS = {
    "jsonl": (100_000, 1 << 30),
    "parquet": (100_000, 1 << 30),
    "spacy": (10_000, 1 << 26),
}
LEDGER, OUT, REJECTS = "ledger.jsonl", "out", "rejects.jsonl"


class Done(NamedTuple):
    """What came of a chunk: the bytes to append to both files, and how many rows each has.

    raised: of the rejected ones, those that the pipeline raised on. error: what it said first.
    """

    out: bytes
    rejects: bytes
    texts: int
    rejected: int
    raised: int = 0
    error: str = ""


class Output:
    """Opened where an earlier run ended. close() leaves the run unfinished, finish() ends it.

    seal: makes the final file of what was appended: (appended, final).
    """

    def __init__(self, target: Target, seal: Callable[[Path, Path], None]):
        self._target, self._seal = target, seal
        self._ledger = Ledger(target.work / LEDGER)
        self.state, self._said = self._ledger.state, time.monotonic()
        self._out: AppendFile | None = None
        self._rejects: AppendFile | None = None
        try:
            if not self.state.ended:
                self._open()
        except BaseException:
            self.close()
            raise

    def append(self, done: Done, end: Place) -> None:
        """Write what came of the rows before `end`."""
        assert self._out and self._rejects
        self._out.write(done.out)
        self._rejects.write(done.rejects)
        self.state = replace(
            self.state,
            place=end,
            out=self._out.size,
            rejects=self._rejects.size,
            texts=self.state.texts + done.texts,
            rejected=self.state.rejected + done.rejected,
            in_part=self.state.in_part + done.texts,
        )
        if self._part_is_full:
            self._next_part()
        elif time.monotonic() - self._said >= CONFIRM_EVERY:
            self.confirm()

    def confirm(self) -> None:
        """Return when all that was appended is on the disk."""
        if self._out and self._rejects and self.state != self._ledger.state:
            self._out.sync(self._out.size)
            self._rejects.sync(self._rejects.size)
            self._ledger.confirm(self.state)
            self._said = time.monotonic()

    def finish(self, told: bytes) -> None:
        """Put everything in its place. told: what the run says of itself. May be done twice."""
        if not self.state.ended:
            self.state = replace(self.state, ended=True)
            self.confirm()
        self._close_growing()
        with room_at(self._target.out, remedy=RESUME):
            if self.state.in_part or not self._target.folder:
                self._place_part()
            self._place_rejects()
            _write(self._target.told, told)
            sync_folder(self._target.told.parent)
        self.close()
        shutil.rmtree(self._target.work)

    def close(self) -> None:
        """Of a run that has written nothing, nothing stays."""
        self._close_growing()
        self._ledger.close()
        if self.state == State():
            shutil.rmtree(self._target.work, ignore_errors=True)

    def _open(self) -> None:
        work = self._target.work
        if self._part_is_full:  # and the kill came before the next one began
            return self._next_part()
        self._out = _grown(work / self._growing, self.state.out)
        self._rejects = _grown(work / REJECTS, self.state.rejects)

    @property
    def _part_is_full(self) -> bool:
        texts, size = PARTS[self._target.format]
        full = self.state.in_part >= texts or self.state.out >= size
        return self._target.folder and full and self.state.in_part > 0

    @property
    def _growing(self) -> str:
        return f"{OUT}-{self.state.part:05}"

    def _next_part(self) -> None:
        """The part is confirmed, put in its place, and only then does the next one count."""
        self.confirm()
        self._close_growing()
        with room_at(self._target.out, remedy=RESUME):
            self._place_part()
            sync_folder(self._target.out)
        self.state = replace(self.state, part=self.state.part + 1, in_part=0, out=0)
        self._ledger.confirm(self.state)
        self._open()

    def _place_part(self) -> None:
        appended = self._target.work / self._growing
        if appended.exists():
            self._seal(appended, self._target.part(self.state.part))
            appended.unlink(missing_ok=True)

    def _place_rejects(self) -> None:
        rejects = self._target.work / REJECTS
        if not rejects.exists():
            return
        if rejects.stat().st_size:
            os.replace(rejects, self._target.rejects)
        else:
            rejects.unlink()

    def _close_growing(self) -> None:
        for file in (self._out, self._rejects):
            if file:
                file.close()
        self._out = self._rejects = None


def _grown(path: Path, size: int) -> AppendFile:
    """The file, without what was appended and never confirmed."""
    file = AppendFile(path, "out", RESUME)
    if file.size < size:
        file.close()
        value = f"{path}: {file.size:,} bytes of {size:,}"
        remedy = "Begin anew with --overwrite."
        raise FewnerError("out", "an unfinished run must be as it was left", value, remedy)
    file.cut(size)
    return file


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)
