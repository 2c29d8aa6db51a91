"""What a run is to do, settled before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import FewnerError, check_number
from .identity import identity_of
from .loading import load_pipeline
from .reading.source import Source
from .workers.annotator import Job
from .writing.layers import Layers, layers_of
from .writing.target import Target

if TYPE_CHECKING:
    from spacy.language import Language

BATCH_SIZE = 256  # texts at most where the pipeline asks for more: a chunk is what a kill may lose


class Asked(NamedTuple):
    """Options of `annotate`; None for what follows from pipeline and input."""

    fields: Iterable[str] | None
    spans_key: str | None
    into: str | None
    text_column: str | None
    batch_size: int | None
    max_length: int | None


@dataclass(frozen=True)
class Plan:
    """model: as it was given. identity: what must be equal for a run to go on."""

    model: "str | Path | Language"
    nlp: "Language"
    sources: Sequence[Source]
    target: Target
    job: Job
    batch_size: int
    identity: dict[str, Any]

    def folder(self) -> Path:
        """What other processes load: of a pipeline that was given as it is, a copy on the disk."""
        if isinstance(self.model, (str, Path)) and self.nlp.path is not None:
            return self.nlp.path
        folder = self.target.work / "pipeline"
        self.nlp.to_disk(folder)
        return folder


def plan_of(
    model: "str | Path | Language", sources: Sequence[Source], target: Target, asked: Asked
) -> Plan:
    """FewnerError for options that do not fit pipeline or input."""
    nlp = load_pipeline(str(model)) if isinstance(model, (str, Path)) else model
    batch = min(nlp.batch_size, BATCH_SIZE) if asked.batch_size is None else asked.batch_size
    longest = nlp.max_length if asked.max_length is None else asked.max_length
    for name, value in (("batch_size", batch), ("max_length", longest)):
        check_number(name, value, least=1, whole=True)
    layers = layers_of(nlp, asked.fields, asked.spans_key)
    schema = _schema(target, sources, layers, asked)
    job = Job(layers, target.format, asked.text_column, longest, asked.into, schema)
    stored = nlp.path if isinstance(model, (str, Path)) else None  # one in memory may be another
    return Plan(model, nlp, sources, target, job, batch, identity_of(nlp, stored, sources, job))


def check_outside(inputs: Iterable[str | Path], target: Target) -> None:
    """Raise FewnerError where the output would be, or lie in, what is read."""
    written = [path.resolve() for path in (target.out, target.rejects, target.told)]
    for one in map(Path, map(str, inputs)):
        place = one.resolve()
        if place in written or (place.is_dir() and written[0].is_relative_to(place)):
            rule, remedy = "must not lie in the input", "Choose another place for it."
            raise FewnerError("out", rule, f"{target.out} in {one}", remedy)


def _schema(target: Target, sources: Sequence[Source], layers: Layers, asked: Asked) -> Any:
    if target.format != "parquet":
        return None
    from .writing.columns import schema_of

    return schema_of(sources, layers, asked.text_column, asked.into)
