"""`package`: a trained pipeline as a wheel."""

from pathlib import Path
from typing import Annotated

import typer

from ...errors import FewnerError
from ..options.pipelines import pipeline_folder
from ..options.say import say


def package(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="Folder of a pipeline.", show_default=False)
    ],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="Folder for the wheel.", show_default=False)
    ],
    name: Annotated[
        str, typer.Option(help="Name of the package, without the language.", show_default=False)
    ],
    version: Annotated[str, typer.Option(help="Version of the package.")] = "0.1.0",
) -> None:
    """Build a wheel of a pipeline.

    pip install it, then spacy.load("LANG_NAME"). It requires this library and, for an adapter on
    a packaged encoder, that package.
    """
    from ...fitting.output.packaging import build_wheel

    model = Path(pipeline_folder(str(model)))
    if not (model / "meta.json").is_file() or not (model / "config.cfg").is_file():
        raise FewnerError(
            "model",
            "must be the folder of a pipeline, with meta.json and config.cfg",
            str(model),
            "Name the folder that fit, train or nlp.to_disk wrote.",
        )
    wheel = build_wheel(model, out, name, version)
    say(f"{wheel} ({wheel.stat().st_size / 1e6:.1f} MB)")
