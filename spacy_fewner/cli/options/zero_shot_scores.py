"""Options of `evaluate` for labels that a model was given no example of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...data.schema import parse_schema

if TYPE_CHECKING:
    from spacy.language import Language

    from ...evaluation.zero_shot import ZeroShotTable
    from ...types import CharSpan, Sample

AllScorers = Annotated[
    bool,
    typer.Option(
        "--all-scorers",
        help="Score as the literature does too, in four ways: with and without catch-alls such as "
        "misc, and names that the model was trained on apart from others.",
    ),
]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option(
        metavar="<label>",
        help="A catch-all, for --all-scorers; may be repeated.",
        show_default="misc, other and the like",
    ),
]
Seen = Annotated[
    str | None,
    typer.Option(
        help="Labels that the model was trained on, for --all-scorers: names, a file of labels, "
        'or a start, "open" or its folder.',
        show_default="those of the pipeline's own start",
    ),
]
Renamed = Annotated[
    bool,
    typer.Option(
        "--renamed",
        help="With --all-scorers, ask for the same labels under other names too: without what they "
        "mean, by synonyms, and, as a control, each by the name of another. For pipelines of "
        "`zero-shot --save`.",
    ),
]


@dataclass(frozen=True)
class ZeroShotOptions:
    """Any of them asks for the table."""

    all_scorers: AllScorers = False
    leave_out: LeaveOut = None
    seen: Seen = None
    renamed: Renamed = False

    @property
    def wanted(self) -> bool:
        return bool(self.all_scorers or self.leave_out or self.seen is not None or self.renamed)

    def table(
        self,
        nlp: "Language",
        samples: "Sequence[Sample]",
        predicted: "Sequence[Sequence[CharSpan]]",
        key: str,
        labels: str | None,
    ) -> "ZeroShotTable":
        """labels: as --labels of the command."""
        from ...evaluation.zero_shot import zero_shot_table

        schema = parse_schema(labels) if labels is not None else None
        if schema is not None:
            samples = [replace(one, spans=_of(one.spans, schema.ids)) for one in samples]
            predicted = [_of(spans, schema.ids) for spans in predicted]
        return zero_shot_table(
            nlp,
            samples,
            key=key,
            predicted=predicted,
            schema=schema,
            leave_out=self.leave_out or None,
            seen=None if self.seen is None else seen_names(self.seen),
            renamed=self.renamed,
        )


def _of(spans: "Sequence[CharSpan]", labels: Collection[str]) -> "tuple[CharSpan, ...]":
    return tuple(span for span in spans if span.label in labels)


def seen_names(given: str) -> list[str]:
    """What labels were called in training. given: as --seen."""
    from ...spans.open.start import SHIPPED, read_about
    from ...spans.open.texts import names_of

    if given == SHIPPED or Path(given).is_dir():
        return list(read_about(given).about.get("names", ()))
    return [name for label in parse_schema(given) for name in names_of(label)]
