"""Bases in this process, each loaded once, with the adapters of all who use it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from ...errors import FewnerError
from .base import Base, fingerprint, load_base
from .card import TunedCard

if TYPE_CHECKING:
    import torch

_Key = tuple[str, str, str, str]


@dataclass
class SharedBase:
    """lock: held while the model runs, or changes."""

    base: Base
    lock: threading.RLock = field(default_factory=threading.RLock)
    _peft: Any = None
    _adapters: list[str] = field(default_factory=list)

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.base.model)

    def add(self, folder: Path, card: TunedCard) -> str:
        """Load the adapter of a folder, unless it is there. Returns what it is called here.

        Raises FewnerError if it was tuned on another base, or cannot be loaded.
        """
        with self.lock:
            if card.fingerprint != self.fingerprint:
                rule = f"must have been tuned on this base, {self.base.name}"
                remedy = "Name the base that it was tuned on, with the same revision."
                raise FewnerError("path", rule, f"{folder}, tuned on {card.base}", remedy)
            name = f"at {folder.resolve()}".replace(".", "_")  # torch allows no dot in it
            if name not in self._adapters:
                self._load(folder, name)
                self._adapters.append(name)
            return name

    def _load(self, folder: Path, name: str) -> None:
        from peft import PeftModel

        device = str(self.base.model.device)
        try:
            if self._peft is None:
                self._peft = PeftModel.from_pretrained(
                    self.base.model, str(folder), adapter_name=name, torch_device=device
                )
            else:
                self._peft.load_adapter(str(folder), adapter_name=name, torch_device=device)
        except Exception as err:  # whatever damaged files make their parsers raise
            rule, remedy = "must have an adapter of this base", "Tune it again with `distill`."
            raise FewnerError("path", rule, f"{folder}: {err}", remedy) from err
        self.base.model.eval()

    @contextmanager
    def using(self, adapter: str) -> Iterator[None]:
        """The model with this adapter, or with none for ""; others wait."""
        with self.lock:
            if adapter:
                self._peft.set_adapter(adapter)
            off = self._peft.disable_adapter() if self._peft and not adapter else nullcontext()
            with off:
                yield


_bases: "WeakValueDictionary[_Key, SharedBase]" = WeakValueDictionary()
_loading = threading.Lock()


def shared_base(name: str, revision: str, dtype: "torch.dtype", device: str) -> SharedBase:
    """The same one for the same arguments, as long as someone holds it."""
    path = Path(name).expanduser()
    place = str(path.resolve()) if path.exists() else name
    key = (place, revision, str(dtype), device)
    with _loading:
        found = _bases.get(key)
        if found is None:
            found = _bases[key] = SharedBase(load_base(name, revision, dtype, device))
        return found
