"""What a journal on the disk holds, read once from its start to its end, kept as offsets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import FewnerError
from .lines import NAME, VERSION, DamagedLine, decode, header, reply_of


@dataclass
class Scan:
    """identities, schemas: by their id. replies: offset of each key's last line, by the key's 32
    bytes. end: of the last whole line. open_end: that line still needs its newline."""

    identities: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    schemas: set[str] = field(default_factory=set)
    replies: dict[bytes, int] = field(default_factory=dict)
    end: int = 0
    open_end: bool = False


def scan(path: Path) -> Scan:
    """Read and check all lines; a last one that a kill cut short is left out.

    Raises FewnerError for a missing or foreign file, another version, and damage before the end.
    """
    found = Scan()
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not _take(line, number, found, path):
                    break
    except OSError as err:
        raise FewnerError(
            "journal",
            "must be a file that can be read",
            f"{path}: {err.strerror}",
            "Check its name; a new one is begun with mode live or resume.",
        ) from err
    return found


def _take(line: bytes, number: int, found: Scan, path: Path) -> bool:
    """Add what the line says; False when it was cut short."""
    whole = line.endswith(b"\n")
    try:
        if number > 1:
            _add(decode(line), found)
        elif header().startswith(line) and not whole:
            return False
        else:
            _check_header(line, path)
    except DamagedLine as err:
        if not whole:
            return False
        raise damaged(path, number, err) from err
    found.end += len(line)
    found.open_end = not whole
    return True


def _add(entry: dict[str, Any], found: Scan) -> None:
    """Raises DamagedLine for an object that no journal has."""
    if "key" in entry:
        if _text(entry, "model") not in found.identities:
            raise DamagedLine("its model was never introduced")
        found.replies[bytes.fromhex(reply_of(entry).key)] = found.end
    elif "identity" in entry:
        if not isinstance(entry["identity"], dict):
            raise DamagedLine("its 'identity' is no object")
        found.identities[_text(entry, "model")] = entry["identity"]
    else:
        found.schemas.add(_text(entry, "schema"))


def _text(entry: Mapping[str, Any], name: str) -> str:
    if not isinstance(entry.get(name), str):
        raise DamagedLine(f"its {name!r} is no text")
    return entry[name]


def _check_header(line: bytes, path: Path) -> None:
    try:
        entry = json.loads(line)
        named = entry["journal"] == NAME
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise _foreign(path, line) from err
    if not named:
        raise _foreign(path, line)
    if entry.get("version") != VERSION:
        raise FewnerError(
            str(path),
            f"must be a journal of version {VERSION}",
            f"version {entry.get('version')}",
            "Use the spacy-fewner that wrote it, or begin a new journal; it was left as it is.",
        )


def _foreign(path: Path, line: bytes) -> FewnerError:
    return FewnerError(
        str(path),
        "must begin as a journal of spacy-fewner",
        line[:60].decode("utf8", "replace"),
        "Name another file; this one was left as it is.",
    )


def damaged(path: Path, number: int | str, err: Exception) -> FewnerError:
    return FewnerError(
        f"{path}:{number}",
        "a line of a journal must be as it was written",
        f"a damaged one ({err})",
        "Restore the file from a copy, or delete this line: its request is then asked again.",
    )
