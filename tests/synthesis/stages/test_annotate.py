"""Annotation by a pipeline."""

from collections.abc import Iterable, Iterator

import pytest
import spacy
from spacy.tokens import Doc
from synthesis_helpers import SCHEMA, SEEDS, sample, split, surfaces

from spacy_fewner.errors import FewnerError
from spacy_fewner.synthesis.stages.annotate import Annotate
from spacy_fewner.types import Sample


@pytest.fixture
def nlp() -> spacy.Language:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": "sc"})
    patterns = [{"label": "FAULT", "pattern": "cipher"}, {"label": "COLOUR", "pattern": "red"}]
    ruler.add_patterns(patterns)
    return nlp


def test_the_models_spans_take_the_place_of_the_samples_own(nlp: spacy.Language):
    given = sample("A cipher at noon.", ("noon", "PART"), ("noon", "ext/time"), id="a")
    found, _ = split(Annotate(nlp.pipe)([given, Sample("Nothing.")], SCHEMA))
    assert [surfaces(one) for one in found] == [[("cipher", "FAULT"), ("noon", "ext/time")], []]
    assert found[0].meta == {"id": "a", "stage": "annotate", "calls": [], "parents": ["a"]}


def test_a_label_that_is_not_in_the_schema_is_rejected(nlp: spacy.Language):
    found, rejects = split(Annotate(nlp.pipe)([Sample("A red cipher.")], SCHEMA))
    assert (found, rejects[0].reason, rejects[0].detail) == ([], "unknown label", "'COLOUR'")


def test_spans_scored_low_are_left_out(nlp: spacy.Language):
    def scored(texts: Iterable[str]) -> Iterator[Doc]:
        for doc in nlp.pipe(texts):
            doc.spans["sc"].attrs["scores"] = [0.4 + 0.3 * n for n in range(len(doc.spans["sc"]))]
            yield doc

    given = [Sample("One cipher, another cipher.")]
    (found,) = Annotate(scored, min_score=0.5)(given, SCHEMA)
    assert [(s.start, round(s.score, 3)) for s in found.spans] == [(20, 0.7)]


def test_it_streams(nlp: spacy.Language):
    read = []

    def samples() -> Iterator[Sample]:
        for n in range(100_000):
            read.append(n)
            yield Sample(f"Text {n}.")

    def one_by_one(texts: Iterable[str]) -> Iterator[Doc]:
        return map(nlp, texts)

    outcomes = Annotate(one_by_one)(samples(), SCHEMA)
    assert next(outcomes).text == "Text 0."
    assert len(read) < 10


@pytest.mark.parametrize(
    "annotator",
    [
        lambda texts: iter([]),
        lambda texts: (spacy.blank("en")(text.upper()) for text in texts),
    ],
)
def test_an_annotator_that_loses_or_changes_texts_is_told(annotator):
    with pytest.raises(FewnerError, match="one Doc a text"):
        list(Annotate(annotator)(SEEDS, SCHEMA))


def test_an_annotator_is_needed():
    with pytest.raises(FewnerError, match="must be callable"):
        Annotate(None)
