"""The folder of a retrieval index: appended to, and counted last."""

import json
import os
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Any, NoReturn, Protocol

import numpy as np

from ...data.files import atomic_write
from ...errors import FewnerError

_FORMAT, _VERSION = "spacy-fewner retrieval index", 1
_COUNTS = ("texts", "text_bytes", "width")
_INTACT = "Free some room on that disk, or check the folder; what was in the index is intact."


class Files(Protocol):
    """Where an index keeps texts and vectors."""

    def texts(self) -> Iterator[str]: ...

    def vectors(self) -> np.ndarray:
        """(n, d) float32, read only."""

    def append(self, texts: Sequence[str], vectors: np.ndarray) -> None: ...


class InMemory:
    """No folder; what is appended is kept as it is."""

    def __init__(self) -> None:
        self._vectors: list[np.ndarray] = []

    def texts(self) -> Iterator[str]:
        return iter(())

    def vectors(self) -> np.ndarray:
        self._vectors = [np.concatenate(self._vectors)]
        return self._vectors[0]

    def append(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        self._vectors.append(vectors)


class IndexFiles:
    """The folder's three files; see index.py for what they hold."""

    def __init__(self, path: Path, embedder: str):
        self.path = path
        self._texts, self._vectors = path / "texts.jsonl", path / "vectors.f32"
        self._head = path / "index.json"
        self._embedder = embedder
        self._counts = self._read_head() if self._head.exists() else dict.fromkeys(_COUNTS, 0)
        if not self._head.exists() and path.exists() and any(path.iterdir()):
            remedy = "Name an empty or a new folder."
            raise FewnerError("path", "must be an index or empty", str(path), remedy)
        self._check_sizes()

    def texts(self) -> Iterator[str]:
        if not self._counts["texts"]:
            return
        read = lines = 0
        with self._texts.open("rb") as stream:
            while read < self._counts["text_bytes"]:
                line = stream.readline()
                read, lines = read + len(line), lines + 1
                yield self._text(line)
        if lines != self._counts["texts"]:
            self._refuse(f"{self._counts['texts']} lines in texts.jsonl", f"{lines}")

    def vectors(self) -> np.ndarray:
        shape = self._counts["texts"], self._counts["width"]
        return np.memmap(self._vectors, dtype="<f4", mode="r", shape=shape)

    def append(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Both files first, behind what counts; then the counts."""
        counts = self._counts
        width = vectors.shape[1]
        if counts["texts"] and width != counts["width"]:
            self._refuse(f"vectors of width {counts['width']}", f"width {width}")
        if not self._head.exists():
            self._write_head(counts)  # what a kill leaves without it is nobody's index
        lines = b"".join(json.dumps(text).encode() + b"\n" for text in texts)
        try:
            _append(self._texts, counts["text_bytes"], lines)
            rows = vectors.astype("<f4").tobytes()
            _append(self._vectors, 4 * width * counts["texts"], rows)
        except OSError as error:
            place = f"{self.path}: {error}"
            raise FewnerError("path", "must be writable", place, _INTACT) from error
        grown = {
            "texts": counts["texts"] + len(texts),
            "text_bytes": counts["text_bytes"] + len(lines),
            "width": width,
        }
        self._write_head(grown)
        self._counts = grown

    def _write_head(self, counts: dict[str, int]) -> None:
        head = {"format": _FORMAT, "version": _VERSION, "embedder": self._embedder, **counts}
        atomic_write(self._head, json.dumps(head, indent=1, ensure_ascii=False).encode() + b"\n")

    def _read_head(self) -> dict[str, int]:
        try:
            head: Any = json.loads(self._head.read_text("utf8"))
        except ValueError as error:
            self._refuse("a readable index.json", str(error))
        if not isinstance(head, dict) or head.get("format") != _FORMAT:
            self._refuse("an index of this project", "another index.json")
        if head.get("version") != _VERSION:
            self._refuse(f"version {_VERSION}", f"version {head.get('version')}")
        if head.get("embedder") != self._embedder:
            self._refuse(f"embeddings by {self._embedder}", f"those by {head.get('embedder')}")
        counts = {name: head.get(name) for name in _COUNTS}
        if not all(type(value) is int and value >= 0 for value in counts.values()):
            self._refuse("counts of texts and bytes", str(counts))
        return {name: int(value) for name, value in counts.items() if value is not None}

    def _check_sizes(self) -> None:
        counts = self._counts
        expected = {
            self._texts: counts["text_bytes"],
            self._vectors: 4 * counts["width"] * counts["texts"],
        }
        for path, size in expected.items():
            found = path.stat().st_size if path.exists() else 0
            if found < size:
                self._refuse(f"{size} bytes or more in {path.name}", f"{found}")

    def _text(self, line: bytes) -> str:
        try:
            text = json.loads(line)
        except ValueError as error:
            self._refuse("one JSON string a line in texts.jsonl", str(error))
        if not isinstance(text, str):
            self._refuse("one JSON string a line in texts.jsonl", repr(text))
        return text

    def _refuse(self, rule: str, found: str) -> NoReturn:
        remedy = "Delete the folder to have it made anew, or name another."
        raise FewnerError(f"index {self.path}", f"must have {rule}", found, remedy)


def _append(path: Path, position: int, data: bytes) -> None:
    """Write behind the first `position` bytes; what a kill left there is overwritten, and what a
    full disk leaves does not stay to fill it."""
    with path.open("r+b" if path.exists() else "wb", buffering=0) as stream:
        stream.seek(position)
        stream.truncate()
        try:
            _write_through(stream, data)
        except OSError:
            stream.truncate(position)
            raise


def _write_through(stream: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) :]
    os.fsync(stream.fileno())
