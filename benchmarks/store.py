"""Measured cells in an append-only JSONL file: what is finished is never run again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "spacy",
    "thinc",
    "spacy-transformers",
    "peft",
    "span-marker",
    "numpy",
)


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a cell: two runs with equal keys would give the same numbers."""

    dataset: str
    encoder: str
    system: str
    seed: int
    recipe: str  # recipe_hash of the recipe in the row


def recipe_hash(recipe: dict[str, Any]) -> str:
    """12 hex digits that depend on the recipe's content alone, not on its order."""
    canonical = json.dumps(recipe, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf8")).hexdigest()[:12]


def versions() -> dict[str, str]:
    """Python and the installed ones of the packages that can move a number."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


class Store:
    """Rows {"key": Key, **measured} of one JSONL file, in the order they were finished."""

    def __init__(self, path: Path):
        self.path = path

    def rows(self) -> Iterator[dict[str, Any]]:
        """Whole rows; a last line cut short by a kill is passed over."""
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf8").split("\n"):
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue
            yield {**row, "key": Key(**row["key"])}

    def __contains__(self, key: Key) -> bool:
        return any(row["key"] == key for row in self.rows())

    def append(self, key: Key, measured: dict[str, Any]) -> None:
        """Write one row and see it on the disk before returning."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"key": asdict(key), **measured}, ensure_ascii=False, sort_keys=True)
        # The leading newline ends a line that a kill may have cut short; readers skip blank lines.
        with self.path.open("a", encoding="utf8") as file:
            file.write(("\n" if self._is_cut() else "") + line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _is_cut(self) -> bool:
        content = self.path.read_bytes() if self.path.exists() else b""
        return bool(content) and not content.endswith(b"\n")
