"""What stages are built with, as configs name it (`@misc`)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc

from ...errors import FewnerError
from ..retrieval.index import EXACT_UP_TO, Index


def index(embed: Callable, path: str, exact_up_to: int = EXACT_UP_TO) -> Index:
    """`spacy-fewner.Index.v1`: an index made before, to retrieve from; see Index."""
    return Index(embed, path, exact_up_to)


def annotator(model: str) -> "PipelineAnnotator":
    """`spacy-fewner.Annotator.v1`: see PipelineAnnotator."""
    return PipelineAnnotator(model)


@dataclass
class PipelineAnnotator:
    """A trained pipeline for `Annotate`, loaded when first asked.

    model: package or folder, as for `spacy.load`.
    """

    model: str
    _nlp: Language | None = field(default=None, init=False, repr=False, compare=False)

    def __call__(self, texts: Iterable[str]) -> Iterator[Doc]:
        """Raises FewnerError when there is no such pipeline."""
        if self._nlp is None:
            self._nlp = _loaded(self.model)
        return self._nlp.pipe(texts)


def _loaded(model: str) -> Language:
    from spacy.util import load_model

    try:
        return load_model(model)
    except OSError as err:
        remedy = "Give the folder of a trained pipeline, or install its package."
        raise FewnerError("model", "must be a spaCy pipeline", model, remedy) from err
