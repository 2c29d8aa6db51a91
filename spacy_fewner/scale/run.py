"""`annotate`: any number of texts through a pipeline, each once and in order (ours)."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import check_number
from ..progress import Count, counting, in_words
from .identity import as_json, identity_of
from .loading import load_pipeline
from .reading.chunks import cut_into_chunks
from .reading.items import Chunk, Place
from .reading.read import read_items
from .reading.sources import Source, sources_of
from .starting import begin, read_told
from .workers.annotator import Job
from .workers.local import Results, in_processes, in_this_process
from .writing.formats import seal
from .writing.layers import layers_of
from .writing.output import Output
from .writing.target import Target, target_of

if TYPE_CHECKING:
    from spacy.language import Language

BATCH_SIZE = 256  # texts at most where the pipeline asks for more: a chunk is what a kill may lose
PART_TEXTS = 50_000  # of a folder's file


@dataclass(frozen=True)
class Annotated:
    """What a run left. texts: written; rejected: in the rejects file. out: file or folder.

    rejects: None if every row was annotated. complete_before: nothing was left to do.
    """

    texts: int
    rejected: int
    out: Path
    rejects: Path | None
    complete_before: bool = False


def annotate(
    model: "str | Path | Language",
    inputs: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    fields: Iterable[str] | None = None,
    spans_key: str | None = None,
    into: str | None = None,
    text_column: str | None = None,
    input_format: str | None = None,
    output_format: str | None = None,
    batch_size: int | None = None,
    max_length: int | None = None,
    n_process: int = 1,
    gpu_id: int = -1,
    overwrite: bool = False,
) -> Annotated:
    """Annotate all texts of the inputs, and go on where a run that was cut off has ended.

    model: name or folder of any spaCy pipeline, or a loaded one. inputs: files, folders, globs, "-"
    for stdin. out: a file (.jsonl, .parquet, .spacy), or a folder of parts.
    fields: of "spans", "ents", "cats"; what the pipeline writes if None. spans_key: of doc.spans.
    into: one field for all results, so that none of a row's own is replaced.
    batch_size: texts at once; the pipeline's own, but at most 256, if None. max_length: characters
    of a text, longer ones are rejected; nlp.max_length if None.
    Raises FewnerError for input that is none, and where the disk or memory ends: the same call then
    goes on where it was.
    """
    check_number("n_process", n_process, least=1, whole=True)
    given = [inputs] if isinstance(inputs, (str, Path)) else inputs
    sources, target = sources_of(given, input_format), target_of(out, output_format)
    nlp = load_pipeline(str(model)) if isinstance(model, (str, Path)) else model
    batch = min(nlp.batch_size, BATCH_SIZE) if batch_size is None else batch_size
    longest = nlp.max_length if max_length is None else max_length
    for name, value in (("batch_size", batch), ("max_length", longest)):
        check_number(name, value, least=1, whole=True)
    job = Job(layers_of(nlp, fields, spans_key), target.format, text_column, longest, into)
    identity = identity_of(nlp, sources, job)
    if not begin(target, identity, overwrite):
        return _told_before(target)
    output = Output(target, seal(target.format), PART_TEXTS)
    try:
        if not output.state.ended:
            chunks = cut_into_chunks(read_items(sources, output.state.place), batch)
            _write(output, _results(nlp, model, job, chunks, n_process, gpu_id), sources)
        state = output.state
        told = identity | {"texts": state.texts, "rejected": state.rejected}
        output.finish(as_json(told))
    finally:
        output.close()
    return _annotated(target, state.texts, state.rejected)


def _results(
    nlp: "Language", model: Any, job: Job, chunks: Iterable[Chunk], n_process: int, gpu_id: int
) -> Results:
    if n_process == 1:
        return in_this_process(nlp, job, chunks)
    return in_processes(str(model), job, chunks, n_process, gpu_id)


def _write(output: Output, results: Results, sources: Sequence[Source]) -> None:
    """Append all results; what is whole when something ends them is kept for the next call."""
    with counting(None, "texts", "annotating") as count:
        pace = Pace(count, sources, output.state.place, output.state.texts)
        try:
            for chunk, done in results:
                output.append(done, chunk.end)
                pace.step(done.texts, chunk.end)
        finally:
            output.confirm()


class Pace:
    """How fast texts are annotated, and how long the rest of the input takes at that pace.

    before: where an earlier run ended, texts: how many it wrote.
    """

    def __init__(self, count: Count, sources: Sequence[Source], before: Place, texts: int):
        self._count, self._sizes = count, [source.size or 0 for source in sources]
        self._before, self._begun, self._texts = self._bytes(before), time.monotonic(), 0
        if texts:
            count.resume(texts)

    def step(self, texts: int, place: Place) -> None:
        self._texts += texts
        seconds = max(1e-9, time.monotonic() - self._begun)
        note = f"{self._texts / seconds:,.0f} a second"
        here, total = self._bytes(place), sum(self._sizes)
        if total and here > self._before:
            left = seconds * (total - here) / (here - self._before)
            note += f", {here / total:.0%}, {in_words(left)} left"
        self._count.note(note)
        self._count.step(texts)

    def _bytes(self, place: Place) -> int:
        return sum(self._sizes[: place.source]) + place.offset


def _told_before(target: Target) -> Annotated:
    told = read_told(target.told)
    return _annotated(target, told.get("texts", 0), told.get("rejected", 0), complete_before=True)


def _annotated(
    target: Target, texts: int, rejected: int, complete_before: bool = False
) -> Annotated:
    rejects = target.rejects if rejected else None
    return Annotated(texts, rejected, target.out, rejects, complete_before)
