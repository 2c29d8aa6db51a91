"""The list of data sets to pretrain on: a YAML file with their places, licences and shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import srsly

from ..errors import FewnerError
from .schemes import Scheme, read_scheme

_REMEDY = "See configs/pretrain.yaml for an example."
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

    def read(self) -> Scheme:
        scheme = read_scheme(self.path, self.labels)
        return Scheme(self.name, scheme.samples, scheme.labels)


@dataclass(frozen=True)
class DataList:
    """train: to learn from. dev: with text and labels to choose the threshold on, and to score.
    held_out: files of test sets, nothing like which is learnt from."""

    train: Sequence[Listed]
    dev: Sequence[Listed]
    held_out: Sequence[Path]


def read_data_list(file: str | Path, root: str | Path | None = None) -> DataList:
    """root: where relative paths of data begin; without it beside the file. Files of labels stand
    relative to the file.

    Raises FewnerError for a file that is none, and for entries with unknown or missing parts.
    """
    file = Path(file)
    if not file.is_file():
        raise FewnerError("data", "must be a YAML file that exists", str(file), _REMEDY)
    try:
        found = srsly.read_yaml(file)
    except Exception as error:  # whatever the parser raises
        shown = str(error).splitlines()[0]
        raise FewnerError(str(file), "must be YAML", shown, _REMEDY) from error
    if not isinstance(found, Mapping) or not found.get("train"):
        raise FewnerError(str(file), "must have a list called train", found, _REMEDY)
    base = Path(root) if root is not None else file.parent
    train, dev = (_listed(file, base, found.get(part) or []) for part in ("train", "dev"))
    return DataList(train, dev, [base / one for one in found.get("held_out") or []])


def _listed(file: Path, base: Path, given: Any) -> list[Listed]:
    if not isinstance(given, list):
        raise FewnerError(str(file), "data sets must be a list", given, _REMEDY)
    return [_entry(file, base, one) for one in given]


def _entry(file: Path, base: Path, given: Any) -> Listed:
    if not isinstance(given, Mapping) or not isinstance(given.get("path"), str):
        raise FewnerError(str(file), "a data set must have a path", given, _REMEDY)
    unknown = sorted(set(given) - KNOWN)
    if unknown:
        rule = f"a data set may have {', '.join(sorted(KNOWN))}"
        raise FewnerError(str(file), rule, ", ".join(map(str, unknown)), _REMEDY)
    path = base / given["path"]
    if not path.exists():
        remedy = "Correct the path, or say with --root where the data lie."
        raise FewnerError(str(file), "a data set must exist", str(path), remedy)
    labels = file.parent / given["labels"] if given.get("labels") else None
    return Listed(
        str(given.get("name") or (path.parent.name if path.name == "train.jsonl" else path.stem)),
        path,
        labels,
        float(given.get("share", 1.0)),
        str(given.get("licence", "not stated")),
        str(given.get("source", "")),
    )
