"""`fit`: from a file of examples to a trained, measured and packaged pipeline."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import FewnerError
from ..options import shared as options
from ..options.llm import LlmOptions, spent
from ..options.option_groups import unbundled
from ..options.say import say
from ..options.training import ClassOptions, TrainingOptions
from ..options.writing import WritingOptions

OutFolder = Annotated[
    Path,
    typer.Argument(metavar="OUT", help="Folder to write; must not exist yet.", show_default=False),
]
Dev = Annotated[
    Path | None,
    typer.Option(
        help="Text to measure on and to pick thresholds with; without it, cross-validation "
        "over EXAMPLES does both. Never a test set.",
        show_default=False,
    ),
]
Synthetic = Annotated[
    Path | None,
    typer.Option(
        help="More examples, written by a language model (`synthesize`): used if they help on "
        "held-out text.",
        show_default=False,
    ),
]
Package = Annotated[
    str | None,
    typer.Option(help="Build a wheel of this name (as LANG_NAME).", show_default=False),
]
Folds = Annotated[
    int | None,
    typer.Option(
        help="Parts of the cross-validation; with --dev, how many seeds.",
        show_default="as many as a fixed time allows, 3 to 10; 3 seeds",
    ),
]
Curve = Annotated[
    bool,
    typer.Option(
        "--curve/--no-curve",
        help="Also measure a learning curve, on three folds: half as long again.",
    ),
]
CURVE = (0.25, 0.5)  # parts of the examples
Workers = Annotated[
    int,
    typer.Option(help="Trainings of the cross-validation at once, each in a process of its own."),
]


@unbundled
def fit(
    examples: options.Examples,
    out: OutFolder,
    dev: Dev = None,
    synthetic: Synthetic = None,
    held_out: options.HeldOut = None,
    labels: options.Labels = None,
    package: Package = None,
    folds: Folds = None,
    curve: Curve = False,
    workers: Workers = 1,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    *,
    training: TrainingOptions,
    classes: ClassOptions,
    language_model: LlmOptions,
    writing: WritingOptions,
) -> None:
    """From EXAMPLES to a measured pipeline and a wheel.

    It finds spans where EXAMPLES have spans, and tells classes of whole texts where they have
    classes; where they have both, it reads a text once for both.

    Audits EXAMPLES, trains on them, measures on held-out text, picks thresholds. OUT gets model/
    (for spacy.load), report.html, scores.json, audit.txt and, with --package, a wheel for pip;
    it appears whole or not at all. With --llm a language model writes more examples first, which
    are used if they help; they and what was rejected go to OUT/synthetic.
    """
    from ...data.schema import parse_schema
    from ...fitting.run import fit as run_fit
    from ...fitting.training.settings import FitSettings

    more = {"folds": folds, "curve": CURVE if curve else (), "workers": workers}
    how = training.given(**more, **classes.given())
    FitSettings(**how)  # its errors come before a journal is opened
    training.check_columns(examples, dev, synthetic, writing.unlabelled, *(held_out or []))
    with _writer(language_model, writing, out, training) as writer:
        result = run_fit(
            examples,
            out,
            **writer,
            dev=dev,
            synthetic=synthetic,
            held_out={str(path): path for path in held_out or []},
            labels=None if labels is None else parse_schema(labels),
            classes=classes.schema,
            package=package,
            overwrite=overwrite,
            progress=not quiet,
            **how,
        )
    if not quiet:
        paid = ["", spent(writer["client"].totals)] if writer else []
        say("\n".join([result.summary(), *paid]))


@contextmanager
def _writer(
    language_model: LlmOptions, writing: WritingOptions, out: Path, training: TrainingOptions
) -> Iterator[dict[str, Any]]:
    """The client and what it is to write, as `fit` takes them; nothing without a model."""
    from ...fitting.synthetic import journal_beside

    if language_model == LlmOptions() and writing == WritingOptions():
        yield {}
        return
    synthesis = writing.settings(training.seed, training)
    if not language_model.named:
        remedy = "Name one with --llm, or replay a journal: --llm-mode replay."
        raise FewnerError("--llm", "these options need a language model", "none", remedy)
    with language_model.client(journal_beside(out)) as client:
        yield {"client": client, "synthesis": synthesis}
