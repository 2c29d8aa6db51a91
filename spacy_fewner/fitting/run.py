"""`fit`: from a file of examples to a trained, measured and packaged pipeline."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.installed import needs_training
from ..progress import counting, progress_shown
from ..types import Sample, Schema
from .clock import Clock
from .folder import free_folder, whole_folder
from .predicted import with_predicted
from .reading import as_schema, audit, read, settings_of, with_start, without_edges
from .synthetic import check_sources, obtained
from .task import Task, with_made

if TYPE_CHECKING:
    from ..llm.client import Client
    from .output.outcome import FitResult
    from .output.save import Fitted
    from .synthesis_loop import SynthesisSettings


def fit(
    examples: str | Path | Sequence[Sample],
    out: str | Path,
    *,
    dev: str | Path | Sequence[Sample] | None = None,
    synthetic: str | Path | Sequence[Sample] | None = None,
    client: "Client | None" = None,
    synthesis: "SynthesisSettings | None" = None,
    held_out: Mapping[str, str | Path | Sequence[Sample]] | None = None,
    labels: Sequence[str] | Schema | None = None,
    classes: Sequence[str] | Schema | None = None,
    package: str | None = None,
    overwrite: bool = False,
    progress: bool = True,
    **settings: Any,
) -> "FitResult":
    """Train a pipeline on a few examples, measure it on held-out text and save it.

    It finds spans if the examples have some, and classes of whole texts if they have `cats`; where
    both are there, it reads each text once for both (docs/classes.md).

    examples: JSONL with character offsets, CoNLL, `.spacy`; or a list of `types.Sample`, of dicts
        like a line of the JSONL, or of spaCy Docs or Examples. So are all examples below.
    out: folder to write; holds `model/`, `report.html`, `scores.json`, `audit.txt`, the wheel,
        and with a client `synthetic/`.
    dev: text to measure on and to pick thresholds with; without it, cross-validation over the
        examples does both. Never give a test set here.
    synthetic: more examples, made by a language model (`synthesize`), the examples themselves with
        extension spans among them: used if they help on held-out text, and dropped, with a message,
        if not.
    client: instead of `synthetic`, the language model that is to write them now. Give it a journal
        outside of `out`, so that a run that ends early loses nothing that was paid for.
    synthesis: what it is to write.
    held_out: name -> test set: nothing like its texts is used of what a language model wrote. It is
        read for nothing else.
    labels: the label scheme; other labels in the data are errors. A Schema tells a client, and the
        start of the training, what the labels mean. Of examples without spans it is that of the
        classes.
    classes: the scheme of the classes. One that has a definition needs no example.
    package: build a wheel of this name.
    overwrite: replace `out` if it is there.
    progress: say on stderr what is being done and how long it will take yet.
    settings: how to train, by name, such as epochs=30, folds=5 or encoder="cnn"; all are in
        `fitting.training.settings.FitSettings`.

    Returns where the pipeline, the wheel and the page are, the scores and the thresholds;
    `summary()` puts them in words. Raises FewnerError for data or settings that cannot work; `out`
    appears whole or not at all. Warns (FewnerWarning) of a dev set that was trained on, and where
    nothing was learnt.
    """
    from .output.names import check_package_name
    from .output.save import save

    needs_training("fit", "matplotlib")  # before anything is paid for
    chosen = settings_of(settings)
    check_sources(synthetic, client, synthesis, Path(out))
    out = free_folder(out, overwrite)
    if package is not None:
        check_package_name(package, chosen.lang)
    with progress_shown(progress):
        task = read(examples, dev, held_out, labels, chosen)
        task = with_predicted(task, as_schema(classes), settings)
        audited = audit(task)
        task = with_start(without_edges(task))
        made = obtained(synthetic, client, synthesis, task, out)
        task = with_made(task, made.samples)
        with whole_folder(out) as folder:
            fitted = _fitted(task)
            result = save(fitted, audited, made if client else None, folder, out, package)
    result.warn_if_nothing_was_learnt()
    return result


def _fitted(task: Task) -> "Fitted":
    """Measure, choose, train."""
    from .classes.ways import way_of_classes
    from .final import train
    from .measuring.choice import choose
    from .measuring.measure import updates_to_come
    from .measuring.parallel import split_runner
    from .measuring.starts import measure_from
    from .output.save import Fitted
    from .training.training import use_device

    use_device(task.settings.gpu_id)
    clock = Clock()
    with counting(updates_to_come(task), "updates") as count:
        with split_runner(task.settings, task.nested, count) as run:
            with clock("choose"):
                task, known = way_of_classes(task, run)
            with clock("measure"):
                task, measured = measure_from(task, run, known)
            with clock("mix"):
                choice = choose(task, measured.gold, run)
        with clock("train"):
            trained = train(task, choice.best, count)
    return Fitted(task, measured, choice, trained, clock)
