"""A client by its settings, made when first needed: a pipeline loads without key or journal."""

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from .budget import Budget
from .client import Client
from .journal.journal import Journal, Mode
from .types import LanguageModel

_journals: "WeakValueDictionary[tuple[int, Path, Mode], Journal]" = WeakValueDictionary()
_opening = threading.RLock()


@dataclass
class Connection:
    """model: None when a journal is replayed. journal: path, or none. The rest: see Client."""

    model: LanguageModel | None = None
    journal: str | None = None
    mode: Mode = "resume"
    budget: Budget | None = None
    _client: Client | None = field(default=None, init=False, repr=False, compare=False)

    def client(self) -> Client:
        """The same one each time, in every thread. Raises what Client and Journal raise."""
        with _opening:
            if self._client is None:
                journal = shared_journal(self.journal, self.mode) if self.journal else None
                self._client = Client(self.model, journal, self.budget)
        return self._client

    def __getstate__(self) -> dict[str, Any]:
        """Without threads and open files, which cannot go to another process."""
        return {**self.__dict__, "_client": None}


def shared_journal(path: str | Path, mode: Mode) -> Journal:
    """Opened once in a process as long as someone holds it, so that components may share one."""
    # A process forked from one that holds it would share its offsets in the file.
    key = (os.getpid(), Path(path).expanduser().resolve(), mode)
    with _opening:
        journal = _journals.get(key)
        if journal is None:
            journal = _journals[key] = Journal(key[1], mode)
        return journal
