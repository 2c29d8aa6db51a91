"""Values of rows as JSON, also such as only tables hold: dates, decimals, bytes."""

import base64
import json
from datetime import date, datetime, time
from typing import Any


def to_json(value: Any) -> str:
    """One line; ValueError for numbers that are none (NaN, infinite)."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, (date, datetime, time)) else str(value)
