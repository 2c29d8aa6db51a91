"""Label schemes from the command line."""

import json
from pathlib import Path

from ..data.files import read_text
from ..errors import FewnerError


def parse_labels(value: str | None) -> list[str] | None:
    """Label ids from "A,B,C" or from a JSONL file with an "id" a line; None for None."""
    if value is None:
        return None
    if value.endswith(".jsonl") or Path(value).is_file():
        labels = _from_file(Path(value))
    else:
        labels = [label.strip() for label in value.split(",") if label.strip()]
    if not labels:
        raise FewnerError("labels", "must name a label", value, "For instance --labels PER,LOC.")
    repeated = {label for label in labels if labels.count(label) > 1}
    if repeated:
        raise FewnerError("labels", "must be unique", sorted(repeated), "Remove the repetition.")
    return labels


def _from_file(path: Path) -> list[str]:
    lines = enumerate(read_text(path).splitlines(), start=1)
    return [_id(line, f"{path}:{number}") for number, line in lines if line.strip()]


def _id(line: str, where: str) -> str:
    remedy = 'Write {"id": "PERSON", "description": "…"}, one label a line.'
    try:
        label = json.loads(line)
    except ValueError as err:
        raise FewnerError(where, "a label must be a JSON object", line, remedy) from err
    found = label.get("id") if isinstance(label, dict) else None
    if not isinstance(found, str) or not found.strip():
        raise FewnerError(where, "a label must have an 'id'", line, remedy)
    return found
