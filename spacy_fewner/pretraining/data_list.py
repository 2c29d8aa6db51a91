"""The list of data sets to pretrain on: a YAML file with their places, licences and shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import srsly

from ..errors import FewnerError, check_number
from .schemes import Scheme, read_scheme

_REMEDY = "See configs/pretrain.yaml for an example."
PARTS = {"train", "dev", "held_out"}
KNOWN = {"name", "path", "labels", "share", "licence", "source"}


@dataclass(frozen=True)
class Listed:
    """path: a folder with train.jsonl and schema.jsonl, or a file of samples. labels: a file of
    labels beside that, or None. share: how much more often it is drawn than its size says. licence,
    source: for the card."""

    name: str
    path: Path
    labels: Path | None
    share: float
    licence: str
    source: str

    def read(self, **how: Any) -> Scheme:
        """how: to read a single file of samples, as of read_samples."""
        scheme = read_scheme(self.path, self.labels, **how)
        return Scheme(self.name, scheme.samples, scheme.labels)


@dataclass(frozen=True)
class DataList:
    """train: to learn from. dev: to choose the threshold on, and to score; never learnt from.
    held_out: files of test sets, nothing like which is learnt from."""

    train: Sequence[Listed]
    dev: Sequence[Listed]
    held_out: Sequence[Path]


def read_data_list(file: str | Path, root: str | Path | None = None) -> DataList:
    """root: where relative paths of data begin; without it beside the file. A file of labels is
    looked for beside the file first.

    Raises FewnerError for a file that is none, and for entries with unknown or missing parts.
    """
    file = Path(file)
    found = _read(file)
    base = Path(root) if root is not None else file.parent
    train, dev = (_listed(file, base, found.get(part) or []) for part in ("train", "dev"))
    held_out = [_existing(file, base, one) for one in _list(file, found.get("held_out") or [])]
    return DataList(train, dev, held_out)


def _read(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        raise FewnerError("data", "must be a YAML file that exists", str(file), _REMEDY)
    try:
        found = srsly.read_yaml(file)
    except Exception as error:  # whatever the parser raises
        shown = str(error).splitlines()[0]
        raise FewnerError(str(file), "must be YAML", shown, _REMEDY) from error
    if not isinstance(found, Mapping) or not found.get("train"):
        raise FewnerError(str(file), "must have a list called train", found, _REMEDY)
    _check_known(file, found, PARTS, "a list of data may have")
    return found


def _list(file: Path, given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise FewnerError(str(file), "data sets must be a list", given, _REMEDY)
    return given


def _check_known(file: Path, given: Mapping[Any, Any], known: set[str], rule: str) -> None:
    unknown = sorted(map(str, set(given) - known))
    if unknown:
        rule = f"{rule} {', '.join(sorted(known))}"
        raise FewnerError(str(file), rule, ", ".join(unknown), _REMEDY)


def _existing(file: Path, base: Path, given: Any) -> Path:
    if not isinstance(given, str):
        raise FewnerError(str(file), "the path of a file must be a text", given, _REMEDY)
    path = base / Path(given).expanduser()
    if not path.exists():
        remedy = "Correct the path, or say with --root where the data lie."
        raise FewnerError(str(file), "what it names must exist", str(path), remedy)
    return path


def _listed(file: Path, base: Path, given: Any) -> list[Listed]:
    listed = [_entry(file, base, one) for one in _list(file, given)]
    names = [one.name for one in listed]
    for name in names:
        if names.count(name) > 1:
            remedy = "Give one of them another name: …"
            raise FewnerError(str(file), "data sets must have different names", name, remedy)
    return listed


def _entry(file: Path, base: Path, given: Any) -> Listed:
    if not isinstance(given, Mapping) or not isinstance(given.get("path"), str):
        raise FewnerError(str(file), "a data set must have a path", given, _REMEDY)
    _check_known(file, given, KNOWN, "a data set may have")
    path = _existing(file, base, given["path"])
    share = given.get("share", 1.0)
    check_number(f"{file}: share of {given['path']}", share, least=1e-6)
    return Listed(
        str(given.get("name") or _name(path)),
        path,
        _labels(file, base, given.get("labels")),
        float(share),
        str(given.get("licence") or "not stated"),
        str(given.get("source") or ""),
    )


def _labels(file: Path, base: Path, given: Any) -> Path | None:
    if not given:
        return None
    beside = isinstance(given, str) and (file.parent / given).is_file()
    return _existing(file, file.parent if beside else base, given)


def _name(path: Path) -> str:
    """Of a folder, or of a file, for which the folder speaks if all such files have one name."""
    if path.is_dir():
        return path.name
    return path.parent.name if path.name == "train.jsonl" else path.stem
