"""spaCy corpus reader over any file of examples: `spacy-fewner.AnnotationCorpus.v1`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.docs import SPANS_KEY, Alignment
from ...data.read import Format, read_samples
from ...errors import FewnerError
from .examples import ExampleMaker

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example


def annotation_corpus(
    path: str | Path | None,
    spans_key: str = SPANS_KEY,
    format: Format | None = None,
    alignment: Alignment = "strict",
    fill_ents: bool = False,
    limit: int = 0,
    shuffle: bool = False,
    swap_mentions: float = 0.0,
    token_column: int | None = None,
    tag_column: int | list[int] | None = None,
    joiner: str | None = None,
) -> "Callable[[Language], Iterable[Example]]":
    """Read any file of examples in training configs; see AnnotationCorpus."""
    columns = {"token_column": token_column, "tag_column": tag_column, "joiner": joiner}
    return AnnotationCorpus(
        corpus_path(path),
        spans_key,
        format,
        alignment,
        fill_ents,
        limit,
        shuffle,
        swap_mentions,
        columns,
    )


def corpus_path(path: str | Path | None) -> Path:
    """FewnerError where a config names no file."""
    if path is None or not str(path):
        raise FewnerError(
            "path", "a corpus needs a file", "no path", "Set it, for instance --paths.train FILE."
        )
    return Path(path)


class AnnotationCorpus:
    """Examples whose reference has spans in `doc.spans[spans_key]`, an empty group if none.

    path: relative to the working directory.
    format: follows the suffix if None.
    alignment: what to do with spans that do not fit the tokens: "strict" drops them with a
        warning, "expand" and "contract" move them.
    fill_ents: set `doc.ents` too, to the longest spans that do not overlap.
    limit: read only the first samples; 0 for all.
    shuffle: in a new order each epoch, from Python's random module, which training seeds.
    swap_mentions: part of the mentions replaced by others of their label, anew at each reading, in
        half of the texts (corpus/readers/mention_swap.py). Set `max_epochs = -1` in training so
        that the corpus is read in each epoch.
    columns: token_column, tag_column and joiner, as in read_samples.

    The predicted doc has the tokens of the reference, which are those of the file where it
    gives tokens. Docs of any length come whole; docs without a token are left out. The weight
    of a sample is in `reference.user_data["fewner_weight"]`.
    """

    def __init__(
        self,
        path: Path,
        spans_key: str = SPANS_KEY,
        format: Format | None = None,
        alignment: Alignment = "strict",
        fill_ents: bool = False,
        limit: int = 0,
        shuffle: bool = False,
        swap_mentions: float = 0.0,
        columns: Mapping[str, Any] | None = None,
    ):
        self.path = path
        self.format = format
        self.columns = dict(columns or {})
        self.limit = limit
        self.examples = ExampleMaker(
            str(path), spans_key, alignment, fill_ents, shuffle, swap_mentions
        )

    def __call__(self, nlp: "Language") -> "Iterator[Example]":
        """Raises FewnerError for a bad file, or if no span fits the tokens."""
        samples = read_samples(self.path, self.format, self.examples.spans_key, **self.columns)
        yield from self.examples(samples[: self.limit or None], nlp)
