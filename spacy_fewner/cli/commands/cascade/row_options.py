"""Options of `cascade rows` that say what rows are made of."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ....cascade.rows.dynamic import Dynamic

Static = Annotated[
    bool,
    typer.Option(
        "--static", help="Options as they are in the tree: for a model that is to know this tree."
    ),
]
Merge = Annotated[
    float, typer.Option(help="Chance of a question that labels give way to those below them.")
]
Drop = Annotated[float, typer.Option(help="Chance that some wrong options are left out.")]
Synonyms = Annotated[float, typer.Option(help="Chance that options go by synonyms.")]
Replace = Annotated[
    float,
    typer.Option(help='Chance that the true label is left out, so that "unknown" is right.'),
]
Offer = Annotated[
    float, typer.Option(help='Chance that "unknown" is an option where it is not right.')
]
Keep = Annotated[int, typer.Option(help="Options that are left at least.")]


@dataclass(frozen=True)
class DynamicOptions:
    """By which options change from row to row; named as in Dynamic."""

    static: Static = False
    merge: Merge = 0.4
    drop: Drop = 0.3
    synonyms: Synonyms = 0.4
    replace: Replace = 0.25
    offer: Offer = 0.25
    keep: Keep = 3

    def settings(self) -> "Dynamic":
        from ....cascade.rows.dynamic import Dynamic

        given = Dynamic(self.merge, self.drop, self.synonyms, self.replace, self.offer, self.keep)
        return Dynamic(0, 0, 0, 0, 0) if self.static else given
