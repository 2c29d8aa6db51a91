"""Options that say how to train."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import shared as options
from .reading import ReadingOptions

if TYPE_CHECKING:
    from ...fitting.training.settings import FitSettings


@dataclass(frozen=True)
class TrainingOptions(ReadingOptions):
    """Of `fit`, `train` and `cascade train`; named as in FitSettings."""

    encoder: options.Encoder = "auto"
    revision: options.Revision = ""
    lang: options.Lang = "en"
    seed: options.Seed = 0
    epochs: options.Epochs = None
    min_steps: options.MinSteps = None
    nested: options.Nested = None
    rank: options.Rank = None
    start: options.Start = "measured"
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
