"""A client by its settings, made when first needed: a pipeline loads without key or journal."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from .budget import Budget
from .client import Client
from .journal.journal import Journal, Mode
from .types import LanguageModel

_journals: "WeakValueDictionary[tuple[Path, Mode], Journal]" = WeakValueDictionary()
_journals_lock = threading.Lock()


@dataclass
class Connection:
    """model: None when a journal is replayed. journal: path, or none. The rest: see Client."""

    model: LanguageModel | None = None
    journal: str | None = None
    mode: Mode = "resume"
    budget: Budget | None = None
    _client: Client | None = field(default=None, init=False, repr=False, compare=False)

    def client(self) -> Client:
        """The same one each time. Raises what Client and Journal raise."""
        if self._client is None:
            journal = shared_journal(self.journal, self.mode) if self.journal else None
            self._client = Client(self.model, journal, self.budget)
        return self._client

    def __getstate__(self) -> dict[str, Any]:
        """Without threads and open files, which cannot go to another process."""
        return {**self.__dict__, "_client": None}


def shared_journal(path: str | Path, mode: Mode) -> Journal:
    """Opened once in a process as long as someone holds it, so that components may share one."""
    key = (Path(path).expanduser().resolve(), mode)
    with _journals_lock:
        journal = _journals.get(key)
        if journal is None:
            journal = _journals[key] = Journal(key[0], mode)
        return journal
