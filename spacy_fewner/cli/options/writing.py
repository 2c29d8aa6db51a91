"""Options that say what a language model is to write."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .names import called
from .reading import ColumnOptions

if TYPE_CHECKING:
    from ...fitting.synthesis_loop import SynthesisSettings

Size = Annotated[
    int,
    typer.Option(
        help="Annotated texts to have written; so many for spans, and so many for classes, where "
        "EXAMPLES have both."
    ),
]
PerCall = Annotated[int, typer.Option(help="Texts asked for at once.")]
Domain = Annotated[
    str, typer.Option(help='What the texts are, in a few words ("queries to a film database").')
]
IdeasCount = Annotated[
    int,
    typer.Option(
        help="Topics, and entities of each label, that the model thinks up first; topics of each "
        "class."
    ),
]
Between = Annotated[
    float,
    typer.Option(
        help="Of texts written for classes, the share that is to be close to another class; 0 for "
        "none."
    ),
]
Contrast = Annotated[
    int,
    typer.Option(
        help="Of so many other classes, the nearest, a text is shown as well; small models write "
        "like these instead."
    ),
]
Unlabelled = Annotated[
    Path | None,
    typer.Option(
        help="Your own texts, a line each or any file of examples: those nearest to the examples "
        "are shown to the model for half of what it writes (extra [retrieval]).",
        show_default=False,
    ),
]
Embedder = Annotated[
    str,
    typer.Option(
        help="What finds those nearest, and merges types: a sentence-transformers model by hub "
        "name, folder or pkg:package/folder; auto is all-MiniLM-L6-v2."
    ),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Have the entities explained too; a pipeline trained on EXAMPLES annotates what "
        "comes.",
    ),
]
Extend = Annotated[
    bool,
    typer.Option(
        "--extend",
        help="Have EXAMPLES annotated with entities of any type too, a call each: training on "
        "these as well may help (extra [retrieval], to merge synonymous types).",
    ),
]
ExtendLayer = Annotated[
    list[str] | None,
    typer.Option(
        metavar="<entities|words|tags>",
        help="What to annotate EXAMPLES with besides, a call each: entities (as --extend), words, "
        "tags (parts of speech; without words a call more). Several each with its own "
        "--extend-layer.",
        show_default=False,
    ),
]
ExtendSynthetic = Annotated[
    bool,
    typer.Option(
        "--extend-synthetic",
        help="Have the new texts that are kept annotated with these layers too, a call a text and "
        "layer.",
    ),
]
MergeTypes = Annotated[
    bool, typer.Option("--merge/--no-merge", help="Give synonymous types of entities one name.")
]
Agree = Annotated[
    bool,
    typer.Option(
        "--agree/--no-agree",
        help="Leave out texts that a model of the examples contradicts with confidence; it cost a "
        "point where it was measured.",
    ),
]
Style = Annotated[
    bool,
    typer.Option("--style/--no-style", help="Match case, punctuation, length of EXAMPLES."),
]
RejectLimit = Annotated[
    float, typer.Option(help="Stop a stage of which more than this share is rejected.")
]


@dataclass(frozen=True)
class WritingOptions:
    """Of `synthesize` and `fit`."""

    size: Size = 500
    per_call: PerCall = 10
    domain: Domain = ""
    ideas: IdeasCount = 30
    between: Between = 0.3
    contrast: Contrast = 0
    unlabelled: Unlabelled = None
    embedder: Embedder = "auto"
    explain: Explain = False
    extend: Extend = False
    extend_layer: ExtendLayer = None
    merge: MergeTypes = True
    extend_synthetic: ExtendSynthetic = False
    agree: Agree = False
    style: Style = True
    reject_limit: RejectLimit = 0.5

    def settings(self, seed: int, reading: ColumnOptions) -> "SynthesisSettings":
        """reading: also of the unlabelled texts, but for the format."""
        from ...fitting.synthesis_loop import SynthesisSettings

        given = {name: value for name, value in vars(self).items() if name != "extend_layer"}
        layers = ["entities"] if self.extend else []
        given["extend"] = (*layers, *(self.extend_layer or ()))
        how = ColumnOptions.how(reading, self.unlabelled or "")
        with called(extend="--extend-layer"):
            return SynthesisSettings(**given, unlabelled_as=how, seed=seed)
