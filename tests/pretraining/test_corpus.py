"""All data sets together."""

from typing import Any

import numpy as np
import pytest
from pretraining_helpers import TINY, marked, small_scheme, text_vectors

from spacy_fewner.errors import FewnerError
from spacy_fewner.pretraining.corpus import PretrainCorpus
from spacy_fewner.pretraining.schemes import OpenLabel, Scheme
from spacy_fewner.pretraining.settings import PretrainSettings
from spacy_fewner.types import CharSpan, Sample


def corpus_of(schemes: list[Scheme], reader, vectors=text_vectors, **settings: Any):
    chosen = PretrainSettings(**{**TINY, **settings})
    return PretrainCorpus(schemes, chosen, reader, vectors, {})


def test_a_step_gives_the_same_batch_whenever_it_comes(reader):
    schemes = [small_scheme(), small_scheme("other")]
    whole = corpus_of(schemes, reader)
    batches = [whole.batch(step) for step in range(6)]
    again = corpus_of(schemes, reader)
    for step in range(3):
        again.batch(step)
    later = corpus_of(schemes, reader)
    later.drawing.drawn.update(again.drawing.drawn)
    for step in range(3, 6):
        batch, vectors = later.batch(step)
        assert batch.labels == batches[step][0].labels
        assert np.array_equal(batch.ids, batches[step][0].ids)
        assert np.array_equal(vectors, batches[step][1])


def test_batches_mix_schemes_in_groups_and_keep_their_labels_apart(reader):
    schemes = [small_scheme(), small_scheme("other")]
    corpus = corpus_of(schemes, reader)
    mixed = 0
    for step in range(8):
        batch, vectors = corpus.batch(step)
        assert vectors.shape == (len(batch.labels), 8)
        firsts = batch.lengths.cumsum() - batch.lengths
        asked = [{batch.labels[at][0] for at in np.flatnonzero(batch.asked[one])} for one in firsts]
        assert len(asked) == 4 and all(len(one) == 1 for one in asked)
        assert asked[0] == asked[1] and asked[2] == asked[3]
        mixed += asked[0] != asked[2]
    assert mixed


def test_a_label_absent_somewhere_and_annotated_nowhere_can_be_asked_about(reader):
    scheme = Scheme("asked", [marked("[Ada:person] went", absent=["ship", "plane"])])
    batch, _ = corpus_of([scheme], reader).batch(0)
    assert {label for _, label in batch.labels} == {"person", "ship", "plane"}


def test_what_is_left_out_is_counted(reader):
    samples = [
        *small_scheme().samples,
        marked("a " * 61),
        marked("[a b c d e:person] went"),
        Sample("Adas house", (CharSpan(0, 3, "person"),)),
    ]
    corpus = corpus_of([Scheme("own", samples)], reader)
    assert corpus.left_out == {"texts_too_long": 1, "spans_too_wide": 1, "spans_off_tokens": 1}


def test_passes_are_counted_over_all_sets(reader):
    schemes = [small_scheme(n=12), small_scheme("other", n=8)]
    assert corpus_of(schemes, reader).steps == 5
    assert corpus_of(schemes, reader, passes=3).steps == 15
    assert corpus_of(schemes, reader, passes=0.001).steps == 1


def test_labels_that_may_be_true_together_are_related_in_partial_schemes_alone(reader):
    """By their last word, or by vectors of their names that are near each other."""
    near = {"singer": 0, "vocalist": 0, "rock band": 1, "band": 2, "city": 3}

    def vectors(texts):
        return np.eye(6, dtype="float32")[[near[text] for text in texts]]

    def seen(**meta: Any) -> dict[str, set[str]]:
        samples = [marked(f"[Ada:{label}] went", **meta) for label in near]
        corpus = corpus_of([Scheme("typed", samples)], reader, vectors)
        return {key: set(known) for key, known in corpus._negatives["typed"].related.items()}

    assert seen(only_these=True) == {
        "singer": {"singer", "vocalist"},
        "vocalist": {"singer", "vocalist"},
        "rock band": {"rock band", "band"},
        "band": {"rock band", "band"},
        "city": {"city"},
    }
    assert seen() == {}


def test_two_sets_of_one_name(reader):
    with pytest.raises(FewnerError, match="must have different names; got small"):
        corpus_of([small_scheme(), small_scheme()], reader)


def test_nothing_to_learn_from(reader):
    for texts in ([marked("nobody")], [marked("[Ada:person] " + "a " * 90)]):
        with pytest.raises(FewnerError, match="must have a text with spans of at most most_tokens"):
            corpus_of([Scheme("own", texts, {"person": OpenLabel(("person",))})], reader)
