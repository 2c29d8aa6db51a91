"""What a run is: the same pipeline over the same input with the same options (ours)."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .reading.source import STDIN, Source
from .workers.annotator import Job

if TYPE_CHECKING:
    from spacy.language import Language

_MOST = 100  # input files that are told one by one
_EDGE = 1 << 16  # bytes at both ends of an input file


def identity_of(
    nlp: "Language", stored: Path | None, sources: Sequence[Source], job: Job
) -> dict[str, Any]:
    """JSON that is equal for runs of which one may go on where the other ended.

    stored: the folder that the pipeline was loaded from; None if it may have changed since.

    Of an input file its name, size and both ends are taken; what a run has read of it is compared
    as a whole when it goes on.
    """
    return {
        "pipeline": {"name": nlp.meta.get("name"), "version": nlp.meta.get("version")}
        | {"sha256": _pipeline_sum(nlp, stored)},
        "inputs": _inputs(sources),
        "fields": [*job.layers.names, job.layers.spans_key],
        "format": job.format,
        "text_column": job.text_column,
        "max_length": job.max_length,
        "into": job.into,
    }


def _pipeline_sum(nlp: "Language", folder: Path | None) -> str:
    """Of all its files; of its config and weights where there are none."""
    sum = hashlib.sha256()
    if folder is None or not folder.is_dir():
        sum.update(nlp.to_bytes(exclude=["vocab"]))
        return sum.hexdigest()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        sum.update(f"{path.relative_to(folder).as_posix()}\n".encode())
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                sum.update(block)
    return sum.hexdigest()


def _inputs(sources: Sequence[Source]) -> Any:
    told = [_input(source) for source in sources]
    if len(told) <= _MOST:
        return told
    sum = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    return {"files": len(told), "first": told[0]["name"], "sha256": sum}


def _input(source: Source) -> dict[str, Any]:
    told: dict[str, Any] = {"name": source.name, "format": source.format, "size": source.size}
    if source.name != STDIN:
        told["ends"] = _ends(Path(source.name), source.size or 0)
    return told


def _ends(path: Path, size: int) -> str:
    with path.open("rb") as stream:
        ends = stream.read(_EDGE)
        stream.seek(max(0, size - _EDGE))
        ends += stream.read(_EDGE)
    return hashlib.sha256(ends).hexdigest()


def as_json(identity: dict[str, Any]) -> bytes:
    """To be read by people, too."""
    return (json.dumps(identity, ensure_ascii=False, indent=1) + "\n").encode("utf8", "replace")
