"""`cascade rows`: examples as rows to tune a language model for each of the two steps."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....errors import FewnerError, check_number
from ...options import shared as options
from ...options.names import called
from ...options.option_groups import unbundled
from ...options.reading import ReadingOptions
from ...options.saving import tell_left_out
from ...options.say import say
from .form_options import FormOptions
from .in_tree import Tree, in_tree
from .row_options import DynamicOptions

if TYPE_CHECKING:
    from ....cascade.rows.dynamic import Dynamic
    from ....data.trees.tree import LabelTree
    from ....llm.chat_rows import ChatRow, ChatRows
    from ....types import Sample

EXTRACTOR, CLASSIFIER = "extractor.jsonl", "classifier.jsonl"
GEIC, DYNAMIC_GEIC = "geic.json", "geic.dynamic.json"
Out = Annotated[
    Path, typer.Argument(metavar="OUT", help="Folder for the rows.", show_default=False)
]
Shots = Annotated[
    int, typer.Option(help="Other examples shown before each question, in either step.")
]
LabelBudget = Annotated[
    int | None,
    typer.Option(
        metavar="S",
        help="Take S entities in all, evenly over the m labels: of each S/m, or all there are "
        "(CascadeNER, equation 4). Rows of extraction are those of the texts that these are in.",
        show_default="all entities",
    ),
]
Geic = Annotated[
    bool,
    typer.Option(
        "--geic",
        help=f"Also write the entities in GEIC's format ({GEIC}), and the questions that they "
        f"were turned into ({DYNAMIC_GEIC}).",
    ),
]
Against = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="<path>",
        help="A dev or test file of annotated text: rows that show one of its texts are left out. "
        "Name each there is, each with its own --against.",
        show_default=False,
    ),
]


@unbundled
def rows(
    examples: options.Examples,
    out: Out,
    tree: Tree = None,
    shots: Shots = 0,
    per_label_budget: LabelBudget = None,
    against: Against = None,
    geic: Geic = False,
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
    *,
    form: FormOptions,
    dynamic: DynamicOptions,
    reading: ReadingOptions,
) -> None:
    """Make rows to tune language models on, for each step.

    They are the questions that `cascade apply --llm` asks with the same options, answered: of
    extraction in OUT/extractor.jsonl, of classification in OUT/classifier.jsonl. Tune one model on
    both files, or one on each: `distill OUT/extractor.jsonl MODEL --base NAME`.
    """
    from ....cascade.rows.chat_rows import classifier_rows, extractor_rows
    from ....data.files import together
    from ....llm.chat_rows import write_rows

    reading.check_columns(examples, *(against or []))
    how = dynamic.settings()
    check_number("shots", shots, least=0, whole=True)
    given, labels = in_tree(reading.samples(examples), tree)
    with called(language="--lang"):
        marking = form.marking(given, shots, seed)
    texts, asked = _drawn(given, per_label_budget, seed)
    made = {
        EXTRACTOR: extractor_rows(texts, labels, marking),
        CLASSIFIER: classifier_rows(
            asked,
            labels,
            how,
            max_chars=form.max_chars,
            context=not form.alone,
            demonstrations=given if shots else (),
            shots=shots,
            language=form.lang or "en",
            seed=seed,
        ),
    }
    others = [sample.text for path in against or [] for sample in _texts(reading, path)]
    rows = {name: _kept(name, one, others) for name, one in made.items()}
    with together():
        for name, kept in rows.items():
            write_rows(out / name, kept)
        if geic:
            _write_geic(texts, asked, out, labels, how, seed)
    if not quiet:
        say("\n".join(f"{out / name}: {_counted(kept)}" for name, kept in rows.items()))


def _drawn(
    samples: "list[Sample]", size: int | None, seed: int
) -> "tuple[list[Sample], list[Sample]]":
    """The samples for extraction, and those whose spans are classified."""
    from ....cascade.rows.label_sampling import sampled_labels

    if size is None:
        return samples, samples
    with called(size="--per-label-budget"):
        drawn = sampled_labels(samples, size, seed)
    pairs = [(one, spans) for one, spans in zip(samples, drawn, strict=True) if spans]
    return [one for one, _ in pairs], [replace(one, spans=tuple(spans)) for one, spans in pairs]


def _texts(reading: ReadingOptions, path: Path) -> "list[Sample]":
    return reading.samples(path, texts_only=True)


def _kept(name: str, made: "ChatRows", held_out: Sequence[str]) -> "list[ChatRow]":
    """The rows to write; what is not written is said."""
    from ....distill.rows.splitting import decontaminated

    kept, leaks = decontaminated(made.rows, held_out)
    tell_left_out([*made.rejects, *leaks])
    if not kept:
        rule, remedy = f"must give a row of {name}", "Give annotated texts with other contents."
        raise FewnerError("EXAMPLES", rule, f"{len(leaks)} of held-out texts", remedy)
    return kept


def _write_geic(
    texts: "Sequence[Sample]",
    asked: "Sequence[Sample]",
    out: Path,
    tree: "LabelTree",
    how: "Dynamic",
    seed: int,
) -> None:
    from ....cascade.rows.dynamic_geic import write_dynamic_geic
    from ....cascade.rows.geic import write_geic

    write_geic(texts, out / GEIC, tree)
    write_dynamic_geic(asked, out / DYNAMIC_GEIC, tree, how, seed)


def _counted(rows: "Sequence[ChatRow]") -> str:
    from ....distill.rows.statistics import row_statistics

    return row_statistics(rows).to_text().replace("\n", "; ")
