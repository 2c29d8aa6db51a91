"""The last step of `fit`: the pipeline, what was measured, and the wheel, in one folder."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...data import AuditReport
from ...progress import counting
from ..clock import Clock
from ..measuring.choice import Choice
from ..measuring.measure import Measured, aggregate, learning_curve, measured_on
from ..measuring.validation import choose_thresholds
from ..synthetic import write_written
from ..task import Task
from ..thresholds import set_thresholds
from .outcome import FitResult, write_outcome
from .packaging import build_wheel

if TYPE_CHECKING:
    from ...corpus.checking.clean import Cleaned
    from ..final import Trained


@dataclass(frozen=True)
class Fitted:
    """What all steps before have brought."""

    task: Task
    measured: Measured
    choice: Choice
    trained: "Trained"
    clock: Clock


def save(
    fitted: Fitted,
    audit: AuditReport,
    written: "Cleaned | None",
    folder: Path,
    out: Path,
    package: str | None,
) -> FitResult:
    """Write everything to `folder`, which will be called `out`; the result names what is there.

    written: what a language model wrote for this run.
    """
    result, nlp = _result(fitted, folder), fitted.trained.nlp
    result.notes = audit.fates()
    set_thresholds(nlp, result.thresholds)
    nlp.to_disk(result.model)
    if package is not None:
        with fitted.clock("package"), counting(None, "") as count:
            count.begin("Building the wheel")
            result.wheel = build_wheel(result.model, folder, package)
    if written:
        write_written(written, folder / "synthetic")
    steps = written.ledger.to_text() if written and written.ledger.rows else ""
    held_out, nested = fitted.choice.best.held_out, fitted.task.nested
    result.report = write_outcome(
        result, out.name, nested, held_out, audit, _facts(fitted, result), steps
    )
    return _moved(result, folder, out)


def _result(fitted: Fitted, folder: Path) -> FitResult:
    task, best = fitted.task, fitted.choice.best
    return FitResult(
        out=folder,
        model=folder / "model",
        measured_on=measured_on(task, best.held_out),
        scores=aggregate(task, best),
        thresholds=choose_thresholds(best.held_out, task.labels, task.nested),
        curve=learning_curve(task, fitted.measured),
        start=task.start,
        synthetic=fitted.choice.message(),
        seconds=fitted.clock.seconds,
    )


def _facts(fitted: Fitted, result: FitResult) -> list[tuple[str, str]]:
    from importlib.metadata import version

    from ...spans.component import labeller_of

    task, nlp = fitted.task, fitted.trained.nlp
    component = labeller_of(nlp)
    tok2vec = nlp.get_pipe_config(component.name)["model"]["tok2vec"]
    spans = sum(len(sample.targets) for sample in task.samples)
    dev = f"{len(task.dev)} texts" if task.dev else "none: cross-validation over the examples"
    made = f"{len(task.synthetic)} texts" + (", extension spans" if task.extended else "")
    synthetic = f"{made}; {result.synthetic}" if result.synthetic else "none"
    return [
        ("examples", f"{len(task.samples)} texts, {spans} spans, {len(task.labels)} labels"),
        ("dev", dev),
        ("synthetic", synthetic),
        ("encoder", str(tok2vec.get("name", tok2vec["@architectures"]))),
        ("start", result.start),
        ("spans", f"{'nested' if task.nested else 'flat'}, up to {component.max_width} tokens"),
        ("threshold", f"{result.thresholds.global_threshold:.2f}"),
        ("updates", str(fitted.trained.updates)),
        ("time", ", ".join(f"{step} {value:.0f} s" for step, value in result.seconds.items())),
        ("versions", ", ".join(f"{n} {version(n)}" for n in ("spacy-fewner", "spacy", "torch"))),
    ]


def _moved(result: FitResult, before: Path, after: Path) -> FitResult:
    moved = {
        name: after / path.relative_to(before)
        for name in ("model", "wheel", "report")
        if (path := getattr(result, name))
    }
    return replace(result, out=after, **moved)
