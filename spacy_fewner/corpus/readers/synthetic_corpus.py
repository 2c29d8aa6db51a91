"""spaCy corpus reader of gold and synthetic text: `spacy-fewner.SyntheticCorpus.v1`."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.docs import SPANS_KEY, Alignment
from ...llm.connect import Connection
from ..checking.extended_gold import with_extended
from ..mix import Source, mix
from .annotation_corpus import corpus_path
from .examples import ExampleMaker
from .synthesis_order import Order

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example

BETA = 0.4  # KnowFREE


def synthetic_corpus(
    path: str | Path | None,
    stages: dict[str, Any] = {},  # noqa: B006 (configs show it; nobody changes it)
    client: Connection | None = None,
    labels: str | None = None,
    held_out: list[str] = [],  # noqa: B006
    weight: float = BETA,
    repeat: int = 1,
    style: bool = True,
    nested: bool | None = None,
    spans_key: str = SPANS_KEY,
    alignment: Alignment = "strict",
    fill_ents: bool = False,
    shuffle: bool = False,
    swap_mentions: float = 0.0,
) -> "Callable[[Language], Iterable[Example]]":
    """Seeds and what stages make of them, for training configs; see SyntheticCorpus."""
    seeds = corpus_path(path)
    order = Order(
        seeds, stages, client, labels, tuple(map(Path, held_out)), style, nested, spans_key
    )
    examples = ExampleMaker(str(seeds), spans_key, alignment, fill_ents, shuffle, swap_mentions)
    return SyntheticCorpus(order, examples, weight, repeat)


class SyntheticCorpus:
    """Gold examples, and checked synthetic ones with a weight of their own.

    In a config:

    path: the seeds, which are the gold examples too.
    stages: any names, each a stage that writes text, such as `spacy-fewner.Generate.v1`. The first
        gets the seeds, each other what the one before it made.
    client: `spacy-fewner.Client.v1` with a journal: what it holds is not asked for again.
    labels: "A,B,C", or a JSONL file that says what labels mean; those of the seeds if null.
    held_out: files of every dev and test set there is; nothing like their texts comes out.
    weight: what the loss of a synthetic example is multiplied by (beta of KnowFREE eq 14).
    repeat: how often each gold example is in the corpus.
    style, nested: see `standard_checks`; nested follows the seeds if null.
    The rest: see AnnotationCorpus.

    Seeds that a stage gave extension spans (`spacy-fewner.Extend.v1`) take the place of the plain
    ones, with the weight of gold.

    Synthesis happens once, when a pipeline first reads the corpus; what each step kept then goes to
    spaCy's log. Source of mixing and weights: KnowFREE.
    """

    def __init__(self, order: Order, examples: ExampleMaker, weight: float, repeat: int):
        self.order, self.examples = order, examples
        self.weight, self.repeat = weight, repeat
        self._sources([], [])  # tells of a bad weight before anything is paid for

    def __call__(self, nlp: "Language") -> "Iterator[Example]":
        """Raises FewnerError for bad files, when a stage cannot go on, or if nothing is kept."""
        gold, made = with_extended(self.order.seeds(), self.order.filled(nlp).samples)
        mixed = mix(self._sources(gold, made), shuffle=False)
        yield from self.examples(mixed, nlp)

    def _sources(self, gold: list[Any], synthetic: list[Any]) -> list[Source]:
        return [
            Source("gold", gold, repeat=self.repeat),
            Source("synthetic", synthetic, weight=self.weight),
        ]
