"""What a model's answers depend on, told by the content of its files and not by their place."""

import hashlib
from pathlib import Path
from typing import Any

from .base import GGUF
from .card import FILE, is_tuned, read_card

_CHUNK = 1 << 20  # bytes hashed at a time
_WEIGHTS = (".safetensors", ".bin")
_TEXTS = (".json", ".jinja", ".model", ".txt")
_OTHERS = ("loss.jsonl", "scores.json", FILE)  # of a tuned folder, which answers do not depend on


def identity_of(path: str, revision: str = "") -> dict[str, Any]:
    """JSON. Of a tuned adapter: its files and the fingerprint of its base; of a folder or a GGUF
    file: its files; of a hub name: that and its revision."""
    folder = Path(path).expanduser()
    if path.lower().endswith(GGUF) and folder.is_file():
        return {"sha256": _sha256([folder])}
    if not folder.is_dir():
        return {"model": path, "revision": revision}
    found = {"sha256": _sha256(_files(folder))}
    if is_tuned(folder) and read_card(folder).is_adapter:
        found["base"] = read_card(folder).fingerprint
    return found


def _files(folder: Path) -> list[Path]:
    kinds = (*_WEIGHTS, *_TEXTS)
    files = (path for path in folder.iterdir() if path.name.endswith(kinds) and path.is_file())
    return sorted(path for path in files if path.name not in _OTHERS)


def _sha256(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}|{path.stat().st_size}|".encode())
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
