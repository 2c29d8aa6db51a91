"""Options that name a language model, and the client that they stand for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import typer

from ...errors import FewnerError
from .names import called

if TYPE_CHECKING:
    from ...llm.budget import Totals
    from ...llm.client import Client
    from ...llm.models.openai_settings import OpenAISettings
    from ...llm.types import LanguageModel

Mode = Literal["resume", "live", "replay"]

Llm = Annotated[
    str | None,
    typer.Option(
        help="Language model: its name at an OpenAI-compatible server; or to run here, a .gguf "
        "file (extra [local]), a folder that `distill` or save_pretrained wrote, or hf:NAME for "
        "one of the hub.",
        show_default=False,
    ),
]
LlmBase = Annotated[
    str,
    typer.Option(
        help="Where the base of --llm is now, if --llm is a folder that `distill` wrote: a hub "
        "name, folder or .gguf file.",
        show_default="what it was tuned on",
    ),
]
Url = Annotated[
    str,
    typer.Option(
        help="Address of the server, up to /v1; of several with the same model, with commas "
        "between: requests are spread over them. With one --llm is a name there, never a file or "
        "folder here."
    ),
]
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Ask the servers from a Ray cluster (extra [ray]): its address, auto or local.",
        show_default=False,
    ),
]
KeyEnv = Annotated[
    str,
    typer.Option(help="Environment variable with the API key; empty if the server wants none."),
]
LlmRevision = Annotated[
    str,
    typer.Option(
        help="What tells versions of the model apart, a date or a file's hash; for the journal.",
        show_default=False,
    ),
]
LlmMode = Annotated[
    Mode,
    typer.Option(
        help="resume: ask what the journal lacks; live: ask all anew; replay: ask nothing."
    ),
]
JournalFile = Annotated[
    Path | None,
    typer.Option(
        help="Every reply is kept here before it is read; a later run pays only for what is "
        "missing. Default: beside OUT.",
        show_default=False,
    ),
]
Temperature = Annotated[float, typer.Option(help="Of the model's sampling.")]
TopP = Annotated[
    float | None,
    typer.Option(
        help="Share of the likeliest tokens that the model draws from.",
        show_default="the model's own",
    ),
]
MaxTokens = Annotated[int, typer.Option(help="Tokens of a reply at most.")]
Concurrency = Annotated[int, typer.Option(help="Requests at once.")]
Budget = Annotated[
    int | None,
    typer.Option(help="Stop cleanly after so many tokens (prompts included).", show_default=False),
]
PromptPrice = Annotated[float, typer.Option(help="Of a million prompt tokens.")]
CompletionPrice = Annotated[float, typer.Option(help="Of a million tokens of replies.")]
MaxCost = Annotated[
    float | None,
    typer.Option(
        help="Stop cleanly at this cost, in the currency of the prices.", show_default=False
    ),
]
GGUF = ".gguf"
HUB = "hf:"  # before a hub name, which a server's model may be called too
OPENAI_URL = "https://api.openai.com/v1"
OPENAI_KEY = "OPENAI_API_KEY"


@dataclass(frozen=True)
class LlmOptions:
    """Of `synthesize` and `fit`."""

    OPTION: ClassVar[str] = "--llm"  # that names the model; those about it begin with it

    llm: Llm = None
    llm_url: Url = OPENAI_URL
    llm_ray: Ray = None
    llm_base: LlmBase = ""
    llm_key_env: KeyEnv = OPENAI_KEY
    llm_revision: LlmRevision = ""
    llm_mode: LlmMode = "resume"
    journal: JournalFile = None
    temperature: Temperature = 1.0
    top_p: TopP = None
    max_tokens: MaxTokens = 1024
    concurrency: Concurrency = 8
    budget: Budget = None
    prompt_price: PromptPrice = 0.0
    completion_price: CompletionPrice = 0.0
    max_cost: MaxCost = None

    @property
    def named(self) -> bool:
        """Whether they say where replies are to come from."""
        return self.llm is not None or self.llm_mode == "replay"

    @contextmanager
    def client(self, journal: Path) -> Iterator["Client"]:
        """The client around the model that the options name; its journal is closed at the end.

        journal: used where no option names one.
        """
        from ...llm.budget import Budget as Limits
        from ...llm.client import Client
        from ...llm.journal.journal import Journal

        limits = Limits(self.prompt_price, self.completion_price, self.max_cost, self.budget)
        if self.llm_ray is None or self.llm_mode == "replay":
            model = None if self.llm_mode == "replay" else self.model()
            with Journal(self.journal or journal, self.llm_mode) as opened:
                yield Client(model, opened, limits)
            return
        from ...scale.workers.ray_models import models_on_ray

        servers = self._servers()
        with (
            Journal(self.journal or journal, self.llm_mode) as opened,
            models_on_ray(self.llm_ray, servers, opened) as spread,
        ):
            yield Client(spread, opened, limits)

    def model(self) -> "LanguageModel":
        """What the options name, with nothing around it."""
        named, is_here = self._named(), self.llm_url == OPENAI_URL
        if is_here and is_path(named) and not runs_here(named):
            rule = "must name a model of a server, a folder or a .gguf file"
            remedy = "Correct the path, or give --llm-url for a server."
            raise FewnerError(self.OPTION, rule, f"{named}, where nothing is", remedy)
        if is_here and runs_here(named) and not named.lower().endswith(GGUF):
            return self._tuned(named.removeprefix(HUB))
        if self.llm_base:
            from ...llm.tuned.opened import check_no_base

            with called(base=f"{self.OPTION}-base"):
                check_no_base(self.llm_base, named)
        if is_here and named.lower().endswith(GGUF):
            from ...llm.models.local import LocalModel

            with called(path=self.OPTION):
                return LocalModel(named, **self._sampling())
        from ...llm.models.openai import OpenAIModel
        from ...llm.models.spread import Spread

        models = [OpenAIModel(settings) for settings in self._servers()]
        return models[0] if len(models) == 1 else Spread(models)

    def _tuned(self, path: str) -> "LanguageModel":
        from ...llm.tuned.model import TunedModel

        name = self.OPTION
        options = {"path": name, "base": f"{name}-base", "batch": "--concurrency"}

        class Model(TunedModel):
            @property
            def identity(self) -> Mapping[str, Any]:
                with called(**options):
                    return super().identity

            @property
            def opened(self) -> Any:
                with called(**options):
                    return super().opened

        with called(**options):
            return Model(
                path,
                base=self.llm_base,
                revision=self.llm_revision,
                batch=self.concurrency,
                **{**self._sampling(), "top_p": 1.0 if self.top_p is None else self.top_p},
            )

    def _servers(self) -> "list[OpenAISettings]":
        """One for each address."""
        from ...llm.models.openai_settings import OpenAISettings

        return [
            OpenAISettings(
                self._named(),
                base_url=url.strip(),
                key_env=self.llm_key_env or None,
                revision=self.llm_revision,
                concurrency=self.concurrency,
                **self._sampling(),
            )
            for url in self.llm_url.split(",")
        ]

    def _named(self) -> str:
        if not self.llm:
            remedy = "Name one, with --llm-url for your own server, or replay a journal: "
            remedy += "--llm-mode replay."
            raise FewnerError(self.OPTION, "a language model must be named", "none", remedy)
        return self.llm

    def _sampling(self) -> dict[str, Any]:
        return {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": 0,
        }


@dataclass(frozen=True)
class DiscoveryLlmOptions(LlmOptions):
    """Of `discover`: the sampling of GuideX."""

    temperature: Temperature = 0.7
    top_p: Annotated[
        float, typer.Option(help="Share of the likeliest tokens that the model draws from.")
    ] = 0.95


def runs_here(named: str) -> bool:
    """Whether this names a file, a folder or a hub model, and no server's."""
    return named.startswith(HUB) or named.lower().endswith(GGUF) or Path(named).is_dir()


def is_path(named: str) -> bool:
    """Whether no model at a server is called so."""
    return named.startswith(("/", "./", "../", "~"))


def spent(totals: "Totals") -> str:
    """One line for people."""
    return (
        f"{totals.requests} requests ({totals.from_journal} replies from the journal, "
        f"{totals.failed} failed), {totals.tokens:,} tokens"
        + (f", cost {totals.cost:.2f}" if totals.cost else "")
    )
