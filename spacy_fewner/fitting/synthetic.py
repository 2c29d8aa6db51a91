"""Synthetic examples for `fit`: from a file, or written now by a language model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..corpus.checking.clean import Cleaned
from ..corpus.synthesis_files import check_kept, rejects_kept, write_kept, write_rejects
from ..data.classes.labels import classified
from ..errors import FewnerError
from ..llm.client import Client
from ..types import Sample
from .synthesis_loop import SynthesisSettings
from .task import Task
from .training.class_config import ClassSettings
from .training.examples import load_synthetic

if TYPE_CHECKING:
    from spacy.language import Language

    from ..corpus.checking.class_checks import Probabilities
    from .classes.kinds import Apart
    from .first_model import FirstModel


def check_sources(
    synthetic: object, client: Client | None, synthesis: SynthesisSettings | None, out: Path
) -> None:
    """Raise FewnerError where both are given, or where the journal would go with `out`."""
    if synthetic is not None and client:
        remedy = "Give a file or a model; what is in a file can be added to the examples."
        raise FewnerError("synthetic, client", "only one may be given", "both", remedy)
    if synthesis and not client:
        remedy = "Give the client that is to write."
        raise FewnerError("synthesis", "needs a client", "none", remedy)
    if client:
        client.check_key()
    journal = client.journal if client else None
    if journal is not None and out.resolve() in journal.path.resolve().parents:
        remedy = f"Put it beside, as {journal_beside(out)}."
        raise FewnerError("journal", "must not lie in `out`, which may go", journal.path, remedy)


def journal_beside(out: Path) -> Path:
    """Where replies are kept unless told otherwise: an interrupted `fit` leaves no `out`."""
    return out.with_name(f"{out.name}.journal.jsonl")


def obtained(
    synthetic: str | Path | Sequence[Sample] | None,
    client: Client | None,
    synthesis: SynthesisSettings | None,
    task: Task,
    out: Path,
) -> Cleaned:
    """What is there to be used if it helps; nothing where no source is given.

    task: without synthetic text; nothing like its dev set and its test sets is used. Rejects go
    beside `out` where nothing comes of it.
    """
    apart = {**({"dev": task.dev} if task.dev else {}), **task.held_out}
    if client is None:
        return load_synthetic(synthetic, task.samples, apart, task.settings, task.nested)
    rejects = out.with_name(f"{out.name}.rejects.jsonl")
    with rejects_kept(rejects):
        cleaned = _write(client, synthesis or SynthesisSettings(), task, apart)
    if not cleaned.samples:
        write_rejects(cleaned.rejects, rejects)
        check_kept(cleaned, rejects)
    return cleaned


def _write(
    client: Client,
    synthesis: SynthesisSettings,
    task: Task,
    apart: Mapping[str, Sequence[Sample]],
) -> Cleaned:
    """The loop; its first model is trained if something is to be annotated or judged."""
    from .classes.both import synthetic_of_both
    from .first_model import FirstModel, trained_with_threshold

    def train(samples: Sequence[Sample]) -> "Language":
        return trained_with_threshold(task, samples)

    first = FirstModel(task.samples, train, task.settings.spans_key)
    classes = task.settings.classes
    return synthetic_of_both(
        _of_each_kind(task),
        client,
        synthesis,
        lang=task.settings.lang,
        tokens=task.settings.tokens,
        nested=task.nested,
        held_out=apart,
        exclusive=classes.exclusive if classes else None,
        first=first,
        judge=_judge(first, classes) if classes and synthesis.agree else None,
    )


def _of_each_kind(task: Task) -> "Apart":
    from .classes.kinds import Apart

    settings = task.settings
    spans = [one for one in task.samples if one.spans_annotated] if settings.predicts_spans else []
    if not settings.classes:
        return Apart(spans, [], task.schema)
    return Apart(spans, classified(task.samples), task.schema, settings.classes.schema)


def _judge(first: "FirstModel", classes: ClassSettings) -> "Probabilities":
    """The first model, trained when it is first asked."""
    from .classes.judge import class_judge

    return lambda samples: class_judge(first.pipeline, classes.schema.ids)(samples)


def write_written(cleaned: Cleaned, folder: Path) -> None:
    """samples.jsonl, rejects.jsonl and ledger.txt."""
    write_kept(cleaned, folder / "samples.jsonl", folder / "rejects.jsonl")
    (folder / "ledger.txt").write_text(cleaned.ledger.to_text() + "\n", encoding="utf8")
