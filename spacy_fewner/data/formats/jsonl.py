"""Annotation JSONL, one record a line, and the same records as a JSON array.

A record that was read is written with all its own fields, and as the line it was if nothing in it
has changed.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from ...errors import FewnerError
from ...types import Sample
from ..files import atomic_write, read_text
from ..same import FIELDS, check_same, differing
from .own_fields import JsonLine, edited_record
from .record import record_from_sample, sample_from_record


def read_jsonl(path: str | Path) -> list[Sample]:
    """Read JSONL of either form (see `record`); only accepted records are kept.

    Raises FewnerError naming file and line (`examples.jsonl:12`).
    """
    path = Path(path)
    # Not splitlines(): it would cut at U+2028 and others that JSON strings may hold.
    lines = enumerate(read_text(path).split("\n"), start=1)
    return _samples(
        ((f"{path}:{n}", line.strip(" \t\r")) for n, line in lines if line.strip()), path
    )


def read_json(path: str | Path) -> list[Sample]:
    """Read a JSON array of records, or JSONL if the file does not begin with a bracket."""
    path = Path(path)
    text = read_text(path)
    if not text.lstrip().startswith("["):
        return read_jsonl(path)
    lines = (json.dumps(record, ensure_ascii=False) for record in _parse(text, str(path)))
    return _samples(((f"{path}[{n}]", line) for n, line in enumerate(lines)), path)


def write_jsonl(samples: Iterable[Sample], path: str | Path) -> None:
    """Write the Prodigy form, character offsets, one record a line."""
    lines = [_dump(sample, index) + "\n" for index, sample in enumerate(samples)]
    _write("".join(lines), path)


def write_json(samples: Iterable[Sample], path: str | Path) -> None:
    """Write the Prodigy form as one JSON array."""
    lines = [_dump(sample, index) for index, sample in enumerate(samples)]
    _write("[\n" + ",\n".join(lines) + "\n]\n", path)


def _samples(lines: Iterable[tuple[str, str]], path: Path) -> list[Sample]:
    read = [_sample(line, where) for where, line in lines]
    samples = [sample for sample in read if sample is not None]
    if not samples:
        found = f"{len(read)} records, none accepted" if read else "nothing but blank lines"
        raise FewnerError(str(path), "must hold examples", found, "Add or accept some examples.")
    return samples


def _sample(line: str, where: str) -> Sample | None:
    sample = sample_from_record(_parse(line, where), where)
    return None if sample is None else replace(sample, source=JsonLine(line))


def _parse(text: str, where: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as err:
        found = f"{err.msg} at column {err.colno} of {text.strip()[:60]!r}"
        raise FewnerError(where, "must be JSON", found, "Write one object a line.") from err
    except UnicodeEncodeError as err:
        raise FewnerError(
            where,
            "must be well-formed Unicode",
            "half of a surrogate pair",
            "Write the character itself, or both halves of its escape.",
        ) from err
    except (ValueError, RecursionError) as err:
        raise FewnerError(where, "must be JSON", str(err), "Write one object a line.") from err
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name}, which JSON does not know")


def _dump(sample: Sample, index: int) -> str:
    """The sample's own line if it still says the same, else a new one that is read again as it."""
    where = f"samples[{index}]"
    if isinstance(sample.source, JsonLine):
        own = sample.source.text
        read = sample_from_record(_parse(own, where), where)
        if read is not None and not differing(sample, read, (*FIELDS, "tokens")):
            return own
        record = edited_record(_parse(own, where), sample, where)
    else:
        record = record_from_sample(sample)
    line = _encoded(record, where)
    again = sample_from_record(_parse(line, where), where)
    assert again is not None  # accepted, as the record was
    remedy = "Mend it; in JSON keys are strings."
    check_same(sample, again, where, remedy, (*FIELDS, "tokens"))
    return line


def _encoded(record: dict[str, Any], where: str) -> str:
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as err:
        raise FewnerError(
            where,
            "must hold only what JSON can",
            str(err),
            "Mend its meta, cats, scores or weight.",
        ) from err


def _write(text: str, path: str | Path) -> None:
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as err:
        raise FewnerError(
            "samples", "must be well-formed Unicode", str(err), "Remove lone surrogates."
        ) from err
    atomic_write(Path(path), content)
