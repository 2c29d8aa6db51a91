"""What was trained on what, as the page tells it."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ...data.classes.labels import is_classified
from ...shown import counted
from ..task import Task
from .outcome import FitResult

if TYPE_CHECKING:
    from ..final import Trained


def facts_of(task: Task, trained: "Trained", result: FitResult) -> list[tuple[str, str]]:
    """(name, value) pairs."""
    dev = f"{len(task.dev)} texts" if task.dev else "none: cross-validation over the examples"
    made = f"{len(task.synthetic)} texts" + (", extension spans" if task.extended else "")
    synthetic = f"{made}; {result.synthetic}" if result.synthetic else "none"
    spent = ", ".join(f"{step} {value:.0f} s" for step, value in result.seconds.items())
    versions = ", ".join(f"{n} {version(n)}" for n in ("spacy-fewner", "spacy", "torch"))
    return [
        ("examples", _examples(task)),
        ("dev", dev),
        ("synthetic", synthetic),
        ("encoder", _encoder(trained.nlp)),
        *([("start", result.start)] if result.start else []),
        *(_of_spans(task, trained, result) if "spans" in result.heads else []),
        *([("way of classes", task.way)] if task.way else []),
        ("updates", str(trained.updates)),
        ("time", spent),
        ("versions", versions),
    ]


def _examples(task: Task) -> str:
    said = [f"{len(task.samples)} texts"]
    if task.settings.predicts_spans:
        spans = sum(len(sample.targets) for sample in task.samples)
        said += [counted(spans, "span"), counted(len(task.labels), "label")]
    if classes := task.settings.classes:
        n = sum(map(is_classified, task.samples))
        said.append(f"{n} with one of {len(classes.records)} classes")
    return ", ".join(said)


def _encoder(nlp: Any) -> str:
    """Of a component of its own, or of the one that a component listens to."""
    found = [
        model.get("tok2vec", model)
        for name in nlp.pipe_names
        if (model := nlp.get_pipe_config(name).get("model"))
    ]
    return str(found[0].get("name", found[0]["@architectures"]))


def _of_spans(task: Task, trained: "Trained", result: FitResult) -> list[tuple[str, str]]:
    from ...spans.component import labeller_of

    width = labeller_of(trained.nlp).max_width
    if task.settings.tiling:
        wide = f"of up to {width} tokens" if width > 1 else "of its own"
        return [("spans", f"each token in one span {wide}")]
    threshold = result.heads["spans"].thresholds.global_threshold
    return [
        ("spans", f"{'nested' if task.nested else 'flat'}, up to {width} tokens"),
        ("threshold", f"{threshold:.2f}"),
    ]
