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
from .identity import identity_of

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_Key = tuple[str, str, str, str]
_ADAPTER = ("adapter_config.json", "adapter_model.safetensors")


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
            check_fingerprint(folder, card, self.fingerprint, self.base.name)
            name = identity_of(str(folder))["sha256"]  # the folder may hold another one later
            if name not in self._adapters:
                self._load(folder, name)
                self._adapters.append(name)
            return name

    def _load(self, folder: Path, name: str) -> None:
        if self._peft is None:
            self._peft = with_adapter(self.base.model, folder, name)
            return
        with _reading(folder):
            self._peft.load_adapter(str(folder), adapter_name=name, **_how(self.base.model))
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


def check_fingerprint(folder: Path, card: TunedCard, found: str, base: str) -> None:
    """Raises FewnerError for an adapter that was tuned on another base. found: fingerprint of the
    base that is called so."""
    if card.fingerprint != found:
        rule = f"must have been tuned on this base, {base}"
        remedy = "Name the base that it was tuned on, with the same revision."
        raise FewnerError("path", rule, f"{folder}, tuned on {card.base}", remedy)


def with_adapter(model: "PreTrainedModel", folder: Path, name: str = "default") -> Any:
    """peft's model around this one, which gets the adapter put into it. Raises FewnerError for
    files that are no adapter of it."""
    from peft import PeftModel

    with _reading(folder):
        found = PeftModel.from_pretrained(model, str(folder), adapter_name=name, **_how(model))
    return found.eval()


def _how(model: "PreTrainedModel") -> dict[str, Any]:
    """In the precision of the model, and where it is."""
    return {"torch_device": str(model.device), "autocast_adapter_dtype": False}


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Whatever damaged files make their parsers raise is said in one line. For files that are not
    there peft would ask the hub."""
    for name in _ADAPTER:
        if not (folder / name).is_file():
            rule, remedy = f"must have {name}", "Copy the whole folder, or tune it again."
            raise FewnerError("path", rule, f"{folder}, without it", remedy)
    try:
        yield
    except Exception as err:
        rule, remedy = "must have an adapter of this base", "Copy the folder or tune it again."
        raise FewnerError("path", rule, f"{folder}: {err}", remedy) from err


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
