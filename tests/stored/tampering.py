"""Every field of a stored pipeline, however deep in its files; files with one of them changed."""

import copy
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import srsly
from thinc.api import Config

Place = tuple[str | int, ...]
GONE = object()  # in the place of a value: leave it out
OUTSIDE = "tampered-outside"  # a name that no file may get
HUGE = 10**12
STRANGE = [
    *(GONE, None, True, -1, HUGE, 1_000_000, 2**63, 0.5, 1e300, float("nan")),
    *("", "x", f"../{OUTSIDE}", f"/{OUTSIDE}", "\x00", "spacy.Tok2Vec.v2", "os.system"),
    *("spacy-fewner.LoraTok2Vec.v1", "nobody/no-such-encoder", "pkg:antigravity.x/model"),
    *([], {}, ["x"], {"x": 1}, {"trust_remote_code": True}, b"", b"\x80\x04x"),
]


class Packed:
    """Bytes in a file that hold something themselves. kind: how."""

    def __init__(self, kind: str, held: Any, rest: bytes = b""):
        self.kind, self.held, self.rest = kind, held, rest

    def bytes(self) -> bytes:
        if self.kind == "zlib":
            return zlib.compress(_bytes(self.held))
        if self.kind == "tensors":
            head = json.dumps(_plain(self.held)).encode()
            return struct.pack("<Q", len(head)) + head + self.rest
        if self.kind == "json":
            return json.dumps(_plain(self.held)).encode()
        return srsly.msgpack_dumps(_plain(self.held))


def opened(data: bytes) -> Any:
    """What bytes hold, if they are of a kind that is known; else themselves."""
    if len(data) > 8 and (size := struct.unpack("<Q", data[:8])[0]) <= len(data) - 8:
        try:
            head = json.loads(data[8 : 8 + size])
            return Packed("tensors", head, data[8 + size :])
        except ValueError:
            pass
    if data[:1] == b"\x78":
        try:
            return Packed("zlib", opened(zlib.decompress(data)))
        except zlib.error:
            pass
    if data[:1] in b"{[":
        try:
            return Packed("json", json.loads(data))
        except ValueError:
            pass
    try:
        held = srsly.msgpack_loads(data)
    except Exception:
        return data
    return Packed("msgpack", _open_all(held)) if srsly.msgpack_dumps(held) == data else data


def _open_all(value: Any) -> Any:
    if isinstance(value, bytes):
        return opened(value)
    if isinstance(value, dict):
        return {name: _open_all(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_open_all(one) for one in value]
    return value


def _bytes(value: Any) -> bytes:
    return value.bytes() if isinstance(value, Packed) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Packed):
        return value.bytes()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def read(file: Path) -> Any:
    """A file of a pipeline, opened to the last field."""
    if file.suffix == ".cfg":
        return Config().from_disk(file, interpolate=False)
    return opened(file.read_bytes())


def write(file: Path, held: Any) -> None:
    if isinstance(held, Config):
        held.to_disk(file, interpolate=False)
    else:
        file.write_bytes(_bytes(held))


def places(held: Any, here: Place = ()) -> Iterator[Place]:
    """Of all the fields, the inner ones too."""
    if here:
        yield here
    inner = held.held if isinstance(held, Packed) else held
    if isinstance(inner, Packed):
        yield from places(inner, (*here, "unpacked"))
    elif isinstance(inner, dict):
        for name, one in inner.items():
            yield from places(one, (*here, name))
    elif isinstance(inner, list):
        for number, one in enumerate(inner[:20]):
            yield from places(one, (*here, number))


def changed(held: Any, place: Place, value: Any) -> Any:
    """A copy with one field changed. value: what takes its place, or GONE."""
    made = copy.deepcopy(held)
    parent = made
    for step in place[:-1]:
        parent = _inside(parent, step)
    last = place[-1]
    if isinstance(parent, Packed) and last != "unpacked":
        parent = parent.held
    if isinstance(parent, Packed):
        parent.held = b"" if value is GONE else copy.deepcopy(value)
    elif value is GONE:
        del parent[last]
    else:
        parent[last] = copy.deepcopy(value)
    return made


def renamed(held: Any, place: Place, name: str) -> Any:
    """A copy in which the field itself has another name; where it has none, without it."""
    made = copy.deepcopy(held)
    parent = made
    for step in place[:-1]:
        parent = _inside(parent, step)
    parent = parent.held if isinstance(parent, Packed) else parent
    if isinstance(parent, dict):
        parent[name] = parent.pop(place[-1])
    return made


def _inside(parent: Any, step: str | int) -> Any:
    if isinstance(parent, Packed):
        return parent.held if step == "unpacked" else parent.held[step]
    return parent[step]
