"""Annotation JSONL, one record a line, and the same records as a JSON array.

A record that was read is written with all its own fields, and as the line it was if nothing in it
has changed.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from ...errors import FewnerError
from ...shown import shown_in_line
from ...types import Sample
from ..classes.names import warn_of_trimmed
from ..files import atomic_write, lines_of, read_text
from ..given import as_samples, warn_of_answers
from .class_fields import class_field, names_given
from .counting import claims_of, remedy
from .record import OffsetsError, record_from_sample, sample_from_record
from .same import FIELDS, check_same
from .sources.own_fields import JsonLine, edited_record
from .unread import check_fields, unread_fields

_logger = logging.getLogger(__name__)

_MARK = "\ufeff"  # of byte order; in the middle of files that were put together


def read_jsonl(path: str | Path, *, texts_only: bool = False) -> list[Sample]:
    """Read JSONL of either form (see `record`); only accepted records are kept, and a
    FewnerWarning says how many are not.

    texts_only: leave spans, and what may be annotation in other fields, unread.
    Raises FewnerError naming file and line (`examples.jsonl:12`).
    """
    path = Path(path)
    lines = ((n, line.lstrip(_MARK)) for n, line in enumerate(lines_of(read_text(path)), start=1))
    filled = [(f"{path}:{n}", line.strip(" \t")) for n, line in lines if line.strip()]
    return _samples(filled, path, texts_only)


def read_json(path: str | Path, *, texts_only: bool = False) -> list[Sample]:
    """Read a JSON array of records, or JSONL if the file does not begin with a bracket."""
    path = Path(path)
    text = read_text(path)
    if not text.lstrip().startswith("["):
        _refuse_lone_object(text, path)
        return read_jsonl(path, texts_only=texts_only)
    lines = (json.dumps(record, ensure_ascii=False) for record in parse_json(text, str(path)))
    return _samples([(f"{path}[{n}]", line) for n, line in enumerate(lines)], path, texts_only)


def write_jsonl(samples: Iterable[Sample], path: str | Path) -> None:
    """Write the Prodigy form, character offsets, one record a line."""
    _write("".join(line + "\n" for line in _lines(samples)), path)


def write_json(samples: Iterable[Sample], path: str | Path) -> None:
    """Write the Prodigy form as one JSON array."""
    _write("[\n" + ",\n".join(_lines(samples)) + "\n]\n", path)


def left_out(samples: Iterable[Sample]) -> Counter[str]:
    """Fields of the samples' own records that cannot be written, since beside no spans they would
    be taken for annotation in another form."""
    records = [_record(sample, index) for index, sample in enumerate(samples)]
    return Counter(name for told in unread_fields(records) for name in told)


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


def _samples(lines: list[tuple[str, str]], path: Path, texts_only: bool) -> list[Sample]:
    if texts_only:
        lines = [(where, _without_spans(line, where)) for where, line in lines]
    records = [(where, parse_json(line, where)) for where, line in lines]
    try:
        read = [sample_from_record(record, where) for where, record in records]
    except OffsetsError as err:
        claims = list(claims_of(record for _, record in records))
        what = remedy(err.claim, claims)
        raise FewnerError(err.argument, err.rule, err.value, what) from err
    if not texts_only:
        check_fields(records)
    samples = [
        replace(sample, source=JsonLine(line))
        for sample, (_, line) in zip(read, lines, strict=True)
        if sample is not None
    ]
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
    _tell_fields(path, [record for _, record in records])
    warn_of_trimmed(str(path), (name for _, record in records for name in names_given(record)))
    return samples


def _tell_fields(path: Path, records: list[Any]) -> None:
    """Log which fields were taken for classes, where they are not called so."""
    fields = Counter(class_field(record) for record in records)
    named = [f"{name} ({fields[name]} texts)" for name in ("label", "labels") if fields[name]]
    if named:
        _logger.info("Classes of %s: %s", shown_in_line(path.name), " and ".join(named))


def _without_spans(line: str, where: str) -> str:
    record = parse_json(line, where)
    if not isinstance(record, dict) or record.get("spans") in (None, []):
        return line
    return json.dumps({**record, "spans": []}, ensure_ascii=False)


def parse_json(text: str, where: str) -> Any:
    """The JSON value; FewnerError for what is none, NaN and halves of surrogate pairs included."""
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


def _lines(samples: Iterable[Sample]) -> list[str]:
    given = as_samples(samples, "samples")
    records = [_record(sample, index) for index, sample in enumerate(given)]
    unread = unread_fields(records)
    return [
        _line(sample, {k: v for k, v in record.items() if k not in told}, index)
        for index, (sample, record, told) in enumerate(zip(given, records, unread, strict=True))
    ]


def _record(sample: Sample, index: int) -> dict[str, Any]:
    """The sample's own record, with what has changed."""
    if isinstance(sample.source, JsonLine):
        where = _name(sample, index)
        return edited_record(parse_json(sample.source.text, where), sample, where)
    return record_from_sample(sample)


def _line(sample: Sample, record: dict[str, Any], index: int) -> str:
    """The sample's own line if the record is the one there, else a new one that is read again as
    the sample."""
    where = _name(sample, index)
    if isinstance(sample.source, JsonLine) and parse_json(sample.source.text, where) == record:
        return sample.source.text
    if sample.tokens and "tokens" not in record:
        record = {**record, "tokens": record_from_sample(sample)["tokens"]}
    line = _encoded(record, where)
    again = sample_from_record(parse_json(line, where), where)
    assert again is not None  # accepted, as the record was
    remedy = "Mend it; in JSON keys are strings."
    check_same(sample, again, where, remedy, (*FIELDS, "tokens"))
    return line


def _name(sample: Sample, index: int) -> str:
    return sample.place or f"samples[{index}]"


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
