"""All data sets together: batches of texts with the labels they are asked about, and vectors."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from spacy.util import get_lang_class

from ..discovery.negative_types import head_noun
from ..encoders.inputs.pieces import PieceReader
from ..errors import FewnerError
from .batches import Batch, ask, make_batch
from .drawing import Drawing, parts_of
from .forms import Forms, TextTable
from .negatives import Negatives
from .schemes import Scheme
from .settings import PretrainSettings
from .texts import ReadText, read_texts

Vectors = Callable[[Sequence[str]], np.ndarray]  # texts -> (texts, width), each of length 1


class PretrainCorpus:
    """schemes: one or more. reader: of the encoder's word pieces. vectors: reads label texts.
    shares: by scheme, how much more often it is drawn than its size alone says.

    left_out: counts of texts that are too long or empty, and of spans in the others that are too
        wide, or do not fit the tokens.
    """

    def __init__(
        self,
        schemes: Sequence[Scheme],
        settings: PretrainSettings,
        reader: PieceReader,
        vectors: Vectors,
        shares: Mapping[str, float],
        lang: str = "en",
    ):
        _check_names(schemes)
        self.settings, self._pad = settings, reader.rules.pad_id
        self._texts = _read(schemes, settings, reader, lang)
        self.left_out = _left_out(schemes, self._texts, settings.max_width)
        used = [scheme for scheme in schemes if self._texts[scheme.name]]
        self._negatives = {one.name: Negatives(one, settings.negatives) for one in used}
        table = TextTable()
        self._forms: dict[tuple[str, str], Forms] = {
            (scheme.name, label): table.forms(scheme.label(label))
            for scheme in used
            for label in scheme.known
        }
        self._vectors = vectors(table.texts)
        _relate(self._negatives.values(), self._forms, self._vectors)
        sizes = {name: len(texts) for name, texts in self._texts.items() if texts}
        self.drawing = Drawing(sizes, shares, settings.seed)

    @property
    def steps(self) -> int:
        """Updates for as many passes as the settings say."""
        total = sum(self.drawing.sizes.values())
        return max(1, round(self.settings.passes * total / self.settings.batch_size))

    def batch(self, step: int) -> tuple[Batch, np.ndarray]:
        """The texts of a step, and (L, width) vectors of the labels they are asked about."""
        rng = np.random.default_rng([self.settings.seed, step])
        asked = [
            ask(self._texts[name][at], self._negatives[name], rng)
            for size in parts_of(self.settings.batch_size, self.settings.group)
            for name, places in [self.drawing.draw(rng, size)]
            for at in places
        ]
        batch = make_batch(asked, self.settings.max_width, self._pad)
        rows = [self._vectors[self._forms[label].draw(rng)].mean(axis=0) for label in batch.labels]
        width = self._vectors.shape[1]
        return batch, np.asarray(rows, dtype="float32").reshape(len(rows), width)


def _check_names(schemes: Sequence[Scheme]) -> None:
    names = [scheme.name for scheme in schemes]
    for name in names:
        if names.count(name) > 1:
            raise FewnerError("data", "data sets must have different names", name, "Rename one.")


def _read(
    schemes: Sequence[Scheme], settings: PretrainSettings, reader: PieceReader, lang: str
) -> dict[str, list[ReadText]]:
    nlp = get_lang_class(lang)()
    most = settings.most_tokens
    read = {one.name: list(read_texts(one.samples, nlp, reader, most)) for one in schemes}
    if not any(text.spans for texts in read.values() for text in texts):
        rule = f"must have a text with spans of at most most_tokens={most} tokens"
        raise FewnerError("data", rule, ", ".join(read), "Raise most_tokens, or split the texts.")
    return read


def _left_out(
    schemes: Sequence[Scheme], read: Mapping[str, Sequence[ReadText]], width: int
) -> dict[str, int]:
    kept = [text for texts in read.values() for text in texts]
    spans = [end - start for text in kept for start, end, _ in text.spans]
    return {
        "texts_too_long": sum(len(scheme.samples) for scheme in schemes) - len(kept),
        "spans_too_wide": sum(size > width for size in spans),
        "spans_off_tokens": sum(len(text.sample.spans) for text in kept) - len(spans),
    }


ALIKE = 0.5  # cosine from which two labels may both be true of a span


def _relate(
    negatives: Iterable[Negatives],
    forms: Mapping[tuple[str, str], Forms],
    vectors: np.ndarray,
) -> None:
    """Where only some spans are annotated, note which labels are too alike to exclude each other:
    they share their head noun, or their names' vectors are near."""
    for one in negatives:
        if not one.scheme.is_partial:
            continue
        labels = sorted(one.scheme.counts)
        names = np.stack([vectors[forms[one.scheme.name, label].names[0]] for label in labels])
        heads = np.asarray([head_noun(one.scheme.label(label).names[0]) for label in labels])
        for at, label in enumerate(labels):
            near = (names @ names[at] >= ALIKE) | (heads == heads[at])
            one.related[label] = {labels[other] for other in np.flatnonzero(near)}
