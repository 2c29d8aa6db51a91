"""Settings of a component: attributes that act, and the same in all of a stored pipeline's files.

A component keeps its settings in `cfg`, which is stored in its own folder; config.cfg of the
pipeline says what the component was made with. Here both say what is in use.
"""

import weakref
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Generic, TypeVar

from spacy.language import Language
from thinc.api import Config

from ..data.config_keys import by_label
from ..encoders.stored import reading
from ..errors import FewnerError

IN_CONFIG = "settings_in_config"  # in cfg: config.cfg says the same; not so before 0.2.0

T = TypeVar("T")


class Setting(Generic[T]):
    """An attribute of a component, kept in its `cfg`.

    check: (what to call it, value) -> the value to keep; FewnerError for a bad one.
    """

    def __init__(self, check: Callable[[str, Any], T]):
        self.check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, component: Any, owner: type | None = None) -> T:
        return component.cfg[self.name]

    def __set__(self, component: Any, value: Any) -> None:
        component.cfg[self.name] = self.check(f"{component.name}.{self.name}", value)


class StoredSettings:
    """Mixed into a component, before the class that stores its `cfg`.

    A setting that `spacy.load(config=...)` or an edited config.cfg names otherwise than `cfg` goes
    by the config. Pipelines of 0.1.0 have thresholds in `cfg` alone: there only `config=...` does.
    """

    name: str
    cfg: dict[str, Any]

    def _start_settings(self, nlp: Language | None, **settings: Any) -> None:
        """nlp: the pipeline that makes the component."""
        self._maker = _Maker(nlp)
        self.cfg[IN_CONFIG] = True
        for name, value in settings.items():
            setattr(self, name, value)

    @classmethod
    def setting_names(cls) -> list[str]:
        found = [name for base in cls.__mro__ for name in _settings_of(base)]
        return list(dict.fromkeys(found))

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        super().to_disk(path, exclude=exclude)  # type: ignore[misc]
        used = {name: self._in_config(name) for name in self.setting_names()}
        used |= self._more_in_config()
        _write_in_config(Path(path), used)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Any:
        self.cfg.pop(IN_CONFIG, None)
        with reading(self.name):
            super().from_disk(path, exclude=exclude)  # type: ignore[misc]
            self._check_restored()
            in_file, now = self._maker.said_of(self, Path(path))
            overrides = {key: value for key, value in now.items() if in_file.get(key) != value}
            obeyed = now if self.cfg.get(IN_CONFIG) else overrides
            for name in self.setting_names():
                if name in obeyed:
                    setattr(self, name, obeyed[name])
            self.cfg[IN_CONFIG] = True
            self._restored(overrides)
        return self

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> Any:
        with reading(self.name):
            super().from_bytes(bytes_data, exclude=exclude)  # type: ignore[misc]
            self._check_restored()
            self._restored({})
        return self

    def _check_restored(self) -> None:
        """Raises FewnerError unless what was loaded is what the component can have stored."""
        for name in self.setting_names():
            setattr(self, name, self.cfg[name])

    def _in_config(self, name: str) -> Any:
        """A setting as a config can hold it."""
        return self.cfg[name]

    def _more_in_config(self) -> dict[str, Any]:
        """What else the config is to say of the component as it is."""
        return {}

    def _restored(self, overrides: Mapping[str, Any]) -> None:
        """Called after loading. overrides: what `spacy.load` was told beside the stored config."""


class _Maker:
    """The pipeline that made a component, until the component is loaded; in copies and in other
    processes there is none, and nobody overrides anything."""

    def __init__(self, nlp: Language | None = None):
        self._nlp = None if nlp is None else weakref.ref(nlp)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return _Maker, ()

    def said_of(self, component: Any, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
        """What config.cfg beside the component's folder says of it, and the same with overrides."""
        nlp = self._nlp() if self._nlp else None
        self._nlp = None
        file = folder.parent / "config.cfg"
        if not file.is_file():
            return {}, {}
        in_file = _section(Config().from_disk(file, interpolate=False), folder.name)
        if nlp is None or (folder.name, component) not in nlp.components:
            return in_file, in_file
        # `nlp.from_disk` has just read the file and overrides into it; `nlp.config` makes it anew.
        return in_file, _section(nlp._config, folder.name)


def _section(config: Config, name: str) -> dict[str, Any]:
    return config.interpolate().get("components", {}).get(name, {})


def _settings_of(kind: type) -> list[str]:
    return [name for name, value in vars(kind).items() if isinstance(value, Setting)]


def _write_in_config(folder: Path, used: Mapping[str, Any]) -> None:
    """Make config.cfg beside a component's folder say what the component uses."""
    file = folder.parent / "config.cfg"
    config = Config().from_disk(file, interpolate=False) if file.is_file() else Config()
    section = config.get("components", {}).get(folder.name)
    if section is None:
        return
    said = _section(config, folder.name)
    other = {name: value for name, value in used.items() if name not in said or said[name] != value}
    if other:
        section.update(other)
        # Confection doubles each "$" when it writes, also those that it did not undo in reading.
        text = config.to_str(interpolate=False).replace("$$$$", "$$")
        file.write_text(text, encoding="utf8")


def probability(argument: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise FewnerError(argument, "a threshold must lie in [0, 1]", value, "0.5 is usual.")
    return float(value)


def flag(argument: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise FewnerError(argument, "must be true or false", value, "Set one of the two.")
    return value


def text(argument: str, value: Any) -> str:
    if not isinstance(value, str):
        raise FewnerError(argument, "must be text", value, 'Put it in quotes, "" for none.')
    return value


def at_least(least: int) -> Callable[[str, Any], int]:
    """A check for whole numbers from `least` on."""

    def check(argument: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            rule = f"must be a whole number, {least} or more"
            raise FewnerError(argument, rule, value, f"Set {least} or more.")
        return int(value)

    return check


def width_or_none(argument: str, value: Any) -> int | None:
    return None if value is None else at_least(1)(argument, value)


def probabilities(argument: str, value: Any) -> dict[str, float]:
    """Of labels: any in a mapping made in Python; in a list as configs have it."""
    given = value if isinstance(value, dict) else by_label(argument, value)
    return {label: probability(f"{argument}[{label!r}]", one) for label, one in given.items()}
