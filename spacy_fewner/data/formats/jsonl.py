"""Annotation JSONL, one record a line, and the same records as a JSON array."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from ...errors import FewnerError
from ...types import Sample
from ..files import atomic_write, lines_of, read_text
from ..given import as_samples, warn_of_answers
from .counting import claims_of, remedy
from .record import OffsetsError, record_from_sample, sample_from_record
from .unread import check_fields

_MARK = "\ufeff"  # of byte order; in the middle of files that were put together


def read_jsonl(path: str | Path, *, texts_only: bool = False) -> list[Sample]:
    """Read JSONL of either form (see `record`); only accepted records are kept, and a
    FewnerWarning says how many are not.

    texts_only: leave spans, and what may be annotation in other fields, unread.
    Raises FewnerError naming file and line (`examples.jsonl:12`).
    """
    path = Path(path)
    lines = ((n, line.lstrip(_MARK)) for n, line in enumerate(lines_of(read_text(path)), start=1))
    records = ((f"{path}:{n}", _parse(line, f"{path}:{n}")) for n, line in lines if line.strip())
    return _samples(list(records), path, texts_only)


def read_json(path: str | Path, *, texts_only: bool = False) -> list[Sample]:
    """Read a JSON array of records, or JSONL if the file does not begin with a bracket."""
    path = Path(path)
    text = read_text(path)
    if not text.lstrip().startswith("["):
        _refuse_lone_object(text, path)
        return read_jsonl(path, texts_only=texts_only)
    records = enumerate(_parse(text, str(path)))
    return _samples([(f"{path}[{n}]", record) for n, record in records], path, texts_only)


def write_jsonl(samples: Iterable[Sample], path: str | Path) -> None:
    """Write the Prodigy form, character offsets, one record a line."""
    given = as_samples(samples, "samples")
    lines = [_dump(sample, index) + "\n" for index, sample in enumerate(given)]
    _write("".join(lines), path)


def write_json(samples: Iterable[Sample], path: str | Path) -> None:
    """Write the Prodigy form as one JSON array."""
    lines = [_dump(sample, n) for n, sample in enumerate(as_samples(samples, "samples"))]
    _write("[\n" + ",\n".join(lines) + "\n]\n", path)


def _refuse_lone_object(text: str, path: Path) -> None:
    """One object over several lines is no record a line, whatever its first line looks like."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict) and "\n" in text.strip():
        raise FewnerError(
            str(path),
            "must hold a list of examples, or one a line",
            f"one object with {', '.join(map(repr, value))}",
            'Write [{"text": …, "spans": […]}, …].',
        )


def _samples(records: list[tuple[str, Any]], path: Path, texts_only: bool) -> list[Sample]:
    if texts_only:
        records = [(where, _without_spans(record)) for where, record in records]
    try:
        read = [sample_from_record(record, where) for where, record in records]
    except OffsetsError as err:
        claims = list(claims_of(record for _, record in records))
        what = remedy(err.claim, claims)
        raise FewnerError(err.argument, err.rule, err.value, what) from err
    if not texts_only:
        check_fields(records)
    samples = [sample for sample in read if sample is not None]
    answers = Counter(
        str(record["answer"])
        for (_, record), sample in zip(records, read, strict=True)
        if sample is None
    )
    if not samples:
        total = answers.total()
        found = f"{total} records, none accepted" if total else "nothing but blank lines"
        raise FewnerError(str(path), "must hold examples", found, "Add or accept some examples.")
    warn_of_answers(str(path), answers, len(samples))
    return samples


def _without_spans(record: Any) -> Any:
    return {**record, "spans": []} if isinstance(record, dict) else record


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
    try:
        return json.dumps(record_from_sample(sample), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as err:
        raise FewnerError(
            f"samples[{index}]",
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
