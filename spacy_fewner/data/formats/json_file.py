"""Files of one JSON value, in which no key stands twice."""

import json
from pathlib import Path
from typing import Any

from ...errors import FewnerError
from ..files import read_text


def read_json_value(path: Path, rule: str, remedy: str) -> Any:
    """What the file holds.

    rule, remedy: of the error for what is not JSON, or has a key twice in one object.
    Raises FewnerError for that, and for a file that cannot be read.
    """
    try:
        return json.loads(read_text(path), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as err:
        raise FewnerError(str(path), rule, str(err), remedy) from err


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """json.loads would keep the last of two values with one key in silence."""
    found: dict[str, Any] = {}
    for word, value in pairs:
        if word in found:
            raise ValueError(f"{word!r} stands there twice")
        found[word] = value
    return found
