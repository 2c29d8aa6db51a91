"""What was trained on what, as the page tells it."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

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
        ("start", result.start),
        *(_of_spans(task, trained, result) if "spans" in result.heads else []),
        ("updates", str(trained.updates)),
        ("time", spent),
        ("versions", versions),
    ]


def _examples(task: Task) -> str:
    spans = sum(len(sample.targets) for sample in task.samples)
    return f"{len(task.samples)} texts, {spans} spans, {len(task.labels)} labels"


def _encoder(nlp: Any) -> str:
    from ...spans.component import labeller_of

    tok2vec = nlp.get_pipe_config(labeller_of(nlp).name)["model"]["tok2vec"]
    return str(tok2vec.get("name", tok2vec["@architectures"]))


def _of_spans(task: Task, trained: "Trained", result: FitResult) -> list[tuple[str, str]]:
    from ...spans.component import labeller_of

    width = labeller_of(trained.nlp).max_width
    threshold = result.heads["spans"].thresholds.global_threshold
    return [
        ("spans", f"{'nested' if task.nested else 'flat'}, up to {width} tokens"),
        ("threshold", f"{threshold:.2f}"),
    ]
