"""How both steps ask: options of the commands that make rows of the questions or ask them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ....cascade.asked.mark import MarkEntities
    from ....types import Sample

Bare = Annotated[
    bool,
    typer.Option(
        "--bare",
        help="Extraction in CascadeNER's own form, for a model tuned on it: the text and nothing "
        "else, answered by the text with ## before and behind each entity.",
    ),
]
Alone = Annotated[
    bool,
    typer.Option("--alone", help="Classification of the span alone, without the text around it."),
]
NestedMarks = Annotated[
    bool, typer.Option("--nested", help="Spans may lie in each other; else the longest is taken.")
]
Guidance = Annotated[
    str, typer.Option(help="What counts as an entity, in a sentence or two.", show_default=False)
]
MaxChars = Annotated[
    int,
    typer.Option(
        help="Characters of a text that a question shows; a longer one is cut around the span, and "
        "marked in parts, or gives no row of extraction."
    ),
]

Lang = Annotated[
    str | None,
    typer.Option(
        help="spaCy language code of the texts: questions on Chinese are in Chinese, all others in "
        "English, which names the language.",
        show_default="that of the pipeline; en for a tree and for rows",
    ),
]


@dataclass(frozen=True)
class FormOptions:
    """The same options give the same questions, in rows and when they are asked."""

    bare: Bare = False
    alone: Alone = False
    nested: NestedMarks = False
    guidance: Guidance = ""
    max_chars: MaxChars = 2000
    lang: Lang = None

    def marking(
        self, shown: "Sequence[Sample]", shots: int, seed: int, **rounds: Any
    ) -> "MarkEntities":
        """shown: examples of which so many become demonstrations."""
        from ....cascade.asked.demonstrations import marked_demonstrations
        from ....cascade.asked.mark import MarkEntities

        demonstrations = marked_demonstrations(shown, shots, self.max_chars, self.nested, seed)
        return MarkEntities(
            nested=self.nested,
            language=self.lang,
            max_chars=self.max_chars,
            guidance=self.guidance,
            demonstrations=demonstrations if shots else (),
            bare=self.bare,
            **rounds,
        )
