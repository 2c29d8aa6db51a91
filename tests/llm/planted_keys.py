"""API keys planted in what a server sends, in every form, and the search for what is left."""

import base64
import contextlib
import html
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from spacy_fewner.llm.models.secret import PART


def in_base64(key: str) -> str:
    return base64.b64encode(f"user:{key}".encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "first half": lambda key: key[: max(PART, len(key) // 2)],
    "second half": lambda key: key[-max(PART, len(key) // 2) :],
    "masked": lambda key: key[:PART] + "****" + key[-2:],
    "JSON": lambda key: json.dumps(key)[1:-1],
    "JSON in JSON": lambda key: json.dumps(json.dumps(key)),
    "JSON, all escaped": lambda key: "".join(f"\\u{ord(char):04x}" for char in key),
    "hex escapes": lambda key: "".join(f"\\x{ord(char):02x}" for char in key),
    "repr": repr,
    "URL": lambda key: quote(key, safe=""),
    "URL, all escaped": lambda key: "".join(f"%{ord(char):02X}" for char in key),
    "URL in URL": lambda key: quote(quote(key, safe=""), safe=""),
    "HTML": lambda key: html.escape(key),
    "HTML, all escaped": lambda key: "".join(f"&#{ord(char)};" for char in key),
    "Bearer": lambda key: base64.b64encode(f"Bearer {key}".encode()).decode(),
    "Basic": in_base64,
    "Basic, its last alphabet": lambda key: base64.urlsafe_b64encode(key.encode()).decode(),
    "address": lambda key: f"https://user:{quote(key, safe='')}@host/v1",
    "twice": lambda key: key + key,
}


def parts(key: str) -> set[str]:
    return {key[at : at + PART] for at in range(len(key) - PART + 1)}


def holds(text: str, key: str) -> bool:
    """Whether a part of the key stands in a text, whatever was done to it."""
    seen = [text]
    for _ in range(4):
        seen += [html.unescape(one) for one in seen[-1:]]
        with contextlib.suppress(ValueError):
            seen.append(seen[-1].encode("latin1", "ignore").decode("unicode_escape", "ignore"))
        seen.append(unquote(seen[-1]))
    wanted = [key, *(base64.b64encode(b" " * at + key.encode()).decode()[4:-4] for at in range(3))]
    wanted += [code.translate({43: "-", 47: "_"}) for code in wanted[1:]]
    return any(part in one for one in seen for form in wanted for part in parts(form))


def files_with(folder: Path, key: str) -> list[str]:
    """Files in a folder, hidden ones and those in archives included, that hold a part of a key."""
    return [name for name, content in _contents(folder) if holds(content.decode("latin1"), key)]


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield str(path), path.read_bytes() + path.name.encode()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield f"{path}/{name}", archive.read(name) + name.encode()
