"""Options of `cascade apply` about language models: two of them, and how they are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from ...options import shared
from ...options.llm import OPENAI_URL, LlmOptions, Temperature, runs_here
from ...options.names import called
from ...options.writing import RejectLimit

if TYPE_CHECKING:
    from ....llm.client import Client

ClassifierLlm = Annotated[
    str | None,
    typer.Option(
        help="Another model for classification, named as --llm is; without --llm the spans are "
        "those that the pipeline MODEL finds.",
        show_default="that of --llm",
    ),
]
ClassifierBase = Annotated[
    str | None,
    typer.Option(
        help="Where its base is now, as with --llm-base.", show_default="that of --llm-base"
    ),
]
ClassifierUrl = Annotated[
    str | None, typer.Option(help="Address of its server.", show_default="that of --llm-url")
]
ClassifierKeyEnv = Annotated[
    str | None,
    typer.Option(
        help="Environment variable with its API key; empty if its server wants none.",
        show_default="that of --llm-key-env",
    ),
]
ClassifierTemperature = Annotated[
    float | None,
    typer.Option(help="Of classification.", show_default="0 with --classifier-llm"),
]
Rounds = Annotated[
    int,
    typer.Option(help="How often each text is marked; above 1, --temperature must be above 0."),
]
Constrained = Annotated[
    bool,
    typer.Option(
        "--constrained",
        help="Let a model that runs here write nothing but the text with marks between its words.",
    ),
]
MinVotes = Annotated[int, typer.Option(help="Rounds that must have found a span.")]
ClassifierRounds = Annotated[
    int, typer.Option(help="How often each question on a label is asked; their share is its score.")
]
ShownExamples = Annotated[
    Path | None,
    typer.Option(
        help="Annotated text, of which the model sees some before it is asked.",
        show_default=False,
    ),
]
Shots = Annotated[
    int | None,
    typer.Option(
        help="So many of --examples before each question of either step.", show_default="4"
    ),
]
Unknown = Annotated[
    bool,
    typer.Option(
        "--unknown/--no-unknown", help='Let "unknown" be an answer: the span keeps the label above.'
    ),
]


@dataclass(frozen=True)
class CascadeLlmOptions(LlmOptions):
    """Of the first model, or of the only one."""

    temperature: Temperature = 0.7


@dataclass(frozen=True)
class ClassifierLlmOptions(LlmOptions):
    """Of the second model."""

    OPTION: ClassVar[str] = "--classifier-llm"


@dataclass(frozen=True)
class AskingOptions:
    """Of the second model, and of what both are asked."""

    classifier_llm: ClassifierLlm = None
    classifier_llm_base: ClassifierBase = None
    classifier_llm_url: ClassifierUrl = None
    classifier_llm_key_env: ClassifierKeyEnv = None
    classifier_temperature: ClassifierTemperature = None
    rounds: Rounds = 3
    min_votes: MinVotes = 1
    constrained: Constrained = False
    classifier_rounds: ClassifierRounds = 1
    examples: ShownExamples = None
    shots: Shots = None
    unknown: Unknown = True
    reject_limit: RejectLimit = 0.5
    tokens: shared.Tokens = "auto"
    seed: shared.Seed = 0

    @contextmanager
    def clients(self, first: LlmOptions, journal: Path) -> "Iterator[tuple[Client, Client]]":
        """For marking and for choosing; both write to one journal and count against one budget."""
        second = self._second(first)
        opened = second if second and not first.named else first
        with opened.client(journal) as client:
            client.check_key()
            choosing = client
            if second and first.named:
                with called(key_env="--classifier-llm-key-env"):
                    choosing = client.beside(second.model())
                    choosing.check_key()
            yield client, choosing

    def _second(self, first: LlmOptions) -> LlmOptions | None:
        """The options of the second model, where there is one to ask."""
        given = {
            "llm": self.classifier_llm,
            "llm_base": self.classifier_llm_base,
            "llm_url": self.classifier_llm_url,
            "llm_key_env": self.classifier_llm_key_env,
            "temperature": self.classifier_temperature,
        }
        own: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if first.llm_mode == "replay" or not own:
            return None
        if runs_here(self.classifier_llm or ""):
            own.setdefault("llm_url", OPENAI_URL)  # not at the first model's server
        return ClassifierLlmOptions(**{**vars(first), "temperature": 0.0, **own})
