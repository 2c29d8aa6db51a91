"""`package`: a trained pipeline as a wheel."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from ...data.disk import scratch_folder
from ..options import shared as options
from ..options.option_groups import unbundled
from ..options.pipelines import trained_folder
from ..options.say import say
from .runtime.export_options import ExportOptions, told


class Runtime(str, Enum):
    """What a packaged pipeline predicts with."""

    torch = "torch"
    onnx = "onnx"


@unbundled
def package(
    model: options.PipelineFolder,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="Folder for the wheel.", show_default=False)
    ],
    name: Annotated[
        str, typer.Option(help="Name of the package, without the language.", show_default=False)
    ],
    version: Annotated[str, typer.Option(help="Version of the package.")] = "0.1.0",
    runtime: Annotated[
        Runtime,
        typer.Option(help="What it runs on: onnx needs no torch, and exports the pipeline first."),
    ] = Runtime.torch,
    *,
    how: ExportOptions,
) -> None:
    """Build a wheel of a pipeline.

    pip install it, then spacy.load("LANG_NAME"). It requires this library and, for an adapter on
    a packaged encoder, that package; with --runtime onnx it requires nothing that trains, and
    --text, --precision and --open-labels say how it is exported (see `export`).
    """
    from ...fitting.output.packaging import build_wheel

    folder = trained_folder(str(model))
    if runtime is Runtime.onnx:
        wheel = _exported(folder, out, name, version, how)
    else:
        how.check_unused()
        wheel = build_wheel(folder, out, name, version)
    say(f"{wheel} ({wheel.stat().st_size / 1e6:.1f} MB)")


def _exported(model: Path, out: Path, name: str, version: str, how: ExportOptions) -> Path:
    from ...fitting.output.packaging import build_wheel, check_package

    check_package(model, out, name, version)  # before minutes of exporting
    with scratch_folder() as scratch:
        export = how.export(model, scratch / "exported")
        if export.trials:
            say(told(export))
        return build_wheel(scratch / "exported", out, name, version)
