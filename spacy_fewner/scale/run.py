"""`annotate`: any number of texts through a pipeline, each once and in order (ours)."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FewnerError, check_number
from ..progress import counting
from .identity import as_json
from .pace import Pace
from .plan import Asked, Plan, check_outside, plan_of
from .reading.chunks import cut_into_chunks
from .reading.items import Chunk
from .reading.read import read_items
from .reading.sources import sources_of
from .starting import begin, read_told
from .workers.local import Results, in_processes, in_this_process
from .workers.ray_actors import on_ray
from .writing.formats import seal
from .writing.output import Done, Output
from .writing.target import Target, target_of

if TYPE_CHECKING:
    from spacy.language import Language


_logger = logging.getLogger(__name__)
ALL_OF = 10  # texts in the first chunk


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
    whole_files: bool = False,
    output_format: str | None = None,
    batch_size: int | None = None,
    max_length: int | None = None,
    n_process: int | None = None,
    ray: str | None = None,
    gpu_id: int = -1,
    overwrite: bool = False,
) -> Annotated:
    """Annotate all texts of the inputs, and go on where a run that was cut off has ended.

    model: name or folder of any spaCy pipeline, or a loaded one. inputs: files, folders, globs, "-"
    for stdin; .txt holds a text a line, or one text with whole_files. out: a file (.jsonl,
    .parquet, .spacy), or a folder of parts.
    fields: of "spans", "ents", "cats"; what the pipeline writes if None. spans_key: of doc.spans.
    into: one field for all results, so that none of a row's own is replaced.
    batch_size: texts at once; the pipeline's own, but at most 256, if None. max_length: characters
    of a text, longer ones are rejected; nlp.max_length if None.
    n_process: 1 if None; with ray the workers, as many as the cluster has CPUs if None. ray: a Ray
    cluster does the work, "local" for one of this machine, "auto" or its address.
    Raises FewnerError for input that is none, and where the disk or memory ends: the same call then
    goes on where it was.
    """
    if n_process is not None:
        check_number("n_process", n_process, least=1, whole=True)
    given = [inputs] if isinstance(inputs, (str, Path)) else inputs
    target = target_of(out, output_format)
    check_outside(given, target)
    asked = Asked(fields, spans_key, into, text_column, batch_size, max_length)
    plan = plan_of(model, sources_of(given, input_format, whole_files), target, asked)
    if not begin(plan.target, plan.identity, overwrite):
        return _told_before(plan.target)
    output = Output(plan.target, seal(plan.job.format, plan.job.schema))
    try:
        if not output.state.ended:
            _write(output, plan, partial(_results, plan, n_process, ray, gpu_id))
        state = output.state
        output.finish(as_json({**plan.identity, "texts": state.texts, "rejected": state.rejected}))
    finally:
        output.close()
    return _annotated(plan.target, state.texts, state.rejected)


def _results(
    plan: Plan, n_process: int | None, ray: str | None, gpu_id: int, chunks: Iterable[Chunk]
) -> Results:
    if ray is not None:
        return on_ray(ray, plan.folder(), plan.job, chunks, n_process, gpu_id >= 0)
    if n_process in (None, 1):
        return in_this_process(plan.nlp, plan.job, chunks)
    return in_processes(str(plan.folder()), plan.job, chunks, n_process or 1, gpu_id)


def _write(output: Output, plan: Plan, results: Callable[[Iterable[Chunk]], Results]) -> None:
    """Append all results; what is whole when something ends them is kept for the next call."""
    place = output.state.place
    if before := output.state.texts + output.state.rejected:
        _logger.warning("Goes on behind %s rows that were annotated before.", f"{before:,}")
    items = read_items(plan.sources, place, plan.job.text_column)
    with counting(None, "texts", "annotating") as count:
        pace = Pace(count, plan.sources, place, output.state.texts)
        try:
            for chunk, done in results(cut_into_chunks(items, plan.batch_size)):
                _check_works(output, done)
                output.append(done, chunk.end)
                pace.step(done.texts, chunk.end)
        finally:
            output.confirm()


def _check_works(output: Output, done: Done) -> None:
    """A pipeline that raises on each of the first texts would raise on all: better said at once."""
    begun = output.state.texts or output.state.rejected or done.texts
    if not begun and done.raised >= ALL_OF:
        value = f"on each of the first {done.raised}: {done.error}"
        remedy = "Try it on one of them: nlp(text)."
        raise FewnerError("model", "must not raise on every text", value, remedy)


def _told_before(target: Target) -> Annotated:
    told = read_told(target.told)
    return _annotated(target, told.get("texts", 0), told.get("rejected", 0), complete_before=True)


def _annotated(
    target: Target, texts: int, rejected: int, complete_before: bool = False
) -> Annotated:
    rejects = target.rejects if rejected else None
    return Annotated(texts, rejected, target.out, rejects, complete_before)
