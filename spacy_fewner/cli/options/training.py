"""Options that say what to train, and how."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from . import shared as options
from .names import called
from .reading import ReadingOptions

if TYPE_CHECKING:
    from ...fitting.training.settings import FitSettings
    from ...types import Schema

Predict = Annotated[
    Literal["spans", "classes"] | None,
    typer.Option(
        help="Leave out what else EXAMPLES are annotated with.",
        show_default="all that they are annotated with",
    ),
]
Classes = Annotated[
    str | None,
    typer.Option(
        help="The classes: names with commas between, or a JSONL file that also says what they "
        "mean; one that has a description needs no example. Where there are no spans, --labels "
        "does the same.",
        show_default=False,
    ),
]
Exclusive = Annotated[
    bool | None,
    typer.Option(
        "--exclusive/--multi-label",
        help="Whether each text has exactly one class. Without it, the data decide.",
        show_default=False,
    ),
]
ClassWay = Annotated[
    str,
    typer.Option(
        help='How classes are trained: "finetune" (all of it), "contrastive" (the encoder lays '
        'texts of a class together), "probe" (the encoder stays as it is; seconds), or "measured": '
        "what is best on held-out text. `train` holds nothing out and takes finetune."
    ),
]
Other = Annotated[
    str,
    typer.Option(
        help="Name of the class of texts of which no class is sure enough.",
        show_default="none, the most probable one is taken",
    ),
]


@dataclass(frozen=True)
class TrainingOptions(ReadingOptions):
    """Of `fit`, `train` and `cascade train`; named as in FitSettings."""

    encoder: options.Encoder = "auto"
    revision: options.Revision = ""
    lang: options.Lang = "en"
    tokens: options.Tokens = "auto"
    seed: options.Seed = 0
    epochs: options.Epochs = None
    min_steps: options.MinSteps = None
    nested: options.Nested = None
    tiling: options.Tiling = None
    rank: options.Rank = None
    start: options.Start = "measured"
    head_context: options.HeadContext = "attention"
    alignment: options.Alignment = "strict"
    set_ents: options.SetEnts = False
    spans_key: options.SpansKey = "sc"
    save: options.Save = "adapter"
    gpu_id: options.Gpu = -1

    def given(self, **more: Any) -> dict[str, Any]:
        """These and more by name, without those that keep the recipe's value."""
        return options.given(**vars(self), **more)

    def settings(self, **more: Any) -> "FitSettings":
        from ...fitting.training.settings import FitSettings

        return FitSettings(**self.given(**more))


@dataclass(frozen=True)
class ClassOptions:
    """Of `fit` and `train`; named as in FitSettings but for classes, which is the scheme."""

    predict: Predict = None
    classes: Classes = None
    exclusive: Exclusive = None
    class_way: ClassWay = "measured"
    other: Other = ""

    def given(self) -> dict[str, Any]:
        """By name, as FitSettings has them."""
        found = {name: value for name, value in vars(self).items() if name != "classes"}
        return options.given(**found)

    @property
    def schema(self) -> "Schema | None":
        from ...data.schema import parse_schema

        with called(labels="--classes"):
            return None if self.classes is None else parse_schema(self.classes)
