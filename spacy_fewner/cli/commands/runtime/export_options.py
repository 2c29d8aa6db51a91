"""Options of the commands that write a pipeline which needs no torch."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....errors import FewnerError
from ....progress import progress_shown
from ...options.reading import ReadingOptions

if TYPE_CHECKING:
    from ....runtime.export.exporting import Export
    from ....runtime.export.trial import Trial
    from ....types import Sample


class Precision(str, Enum):
    """Of the numbers in an exported pipeline."""

    auto = "auto"
    fp32 = "fp32"
    int8 = "int8"


@dataclass(frozen=True)
class ExportOptions(ReadingOptions):
    """How a pipeline is exported."""

    text: Annotated[
        Path | None,
        typer.Option(
            help="Real texts, best not those of the training, annotated or not: they tell how "
            "large numbers get, and what is lost. Without them all stays in full precision.",
            show_default=False,
        ),
    ] = None
    precision: Annotated[
        Precision | None,
        typer.Option(
            help="int8 has 8-bit numbers in most layers; auto has them if what is found in the "
            "texts stays as good. By default auto with --text, else fp32.",
            show_default=False,
        ),
    ] = None
    open_labels: Annotated[
        bool | None,
        typer.Option(
            "--open-labels/--fixed-labels",
            help="Bring the base encoder along, so that new labels can be read by what they mean. "
            "By default for pipelines that take such labels.",
            show_default=False,
        ),
    ] = None

    def check_unused(self) -> None:
        """FewnerError if any of them was given, where nothing is exported."""
        precision = self.precision and self.precision.value
        labels = "--fixed-labels" if self.open_labels is False else "--open-labels"
        given: dict[str, Any] = {
            "--text": self.text,
            "--precision": precision,
            labels: self.open_labels,
        }
        given |= {_option(one.name): getattr(self, one.name) for one in fields(ReadingOptions)}
        for option, value in given.items():
            if value is not None:
                remedy = "Leave it out, or add --runtime onnx."
                raise FewnerError(option, "needs --runtime onnx", f"{option} alone", remedy)

    def export(
        self, model: Path, out: Path, *, overwrite: bool = False, quiet: bool = False
    ) -> "Export":
        from ....runtime.export.exporting import export as export_pipeline

        how: dict[str, Any] = {"open_labels": self.open_labels, "overwrite": overwrite}
        how["precision"] = self.precision and self.precision.value
        try:
            with progress_shown(not quiet):
                return export_pipeline(model, out, samples=self._samples(), **how)
        except FewnerError as err:
            if err.argument != "samples":
                raise
            raise FewnerError("text", err.rule, err.value, err.remedy) from err

    def _samples(self) -> "Sequence[Sample]":
        if self.text is None:
            self.check_columns()
            return ()
        self.check_texts(self.text)
        from ....errors import path_given_as
        from ....runtime.export.texts import read_texts

        with path_given_as("text"):
            return read_texts(self.text, **self.how(self.text))


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def told(export: "Export") -> str:
    """What was measured, as a table; score is strict F1 of spans, or the share of right classes."""
    if not export.trials:
        return ""
    header = ("", "MB", "words per CPU-second", "same results", "largest difference", "score")
    rows = [header, *map(_row, export.trials)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = [
        "  ".join(cell.rjust(size) for cell, size in zip(row, widths, strict=True)) for row in rows
    ]
    return "\n".join([*lines, f"taken: {export.chosen}"])


def _row(trial: "Trial") -> tuple[str, ...]:
    quality = "" if trial.quality is None else f"{trial.quality:.1%}"
    same = f"{trial.same.same:.1%}", f"{trial.same.score:.3f}"
    return trial.name, f"{trial.megabytes:.1f}", f"{trial.speed:,.0f}", *same, quality
