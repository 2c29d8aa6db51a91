"""How many folds there are by default, and that they take no longer than they used to."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.data import read_samples
from spacy_fewner.fitting.measuring.fold_count import MOST_FOLDS, n_folds
from spacy_fewner.fitting.measuring.validation import part_of, splits
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.types import CharSpan, Sample

ORGAN = read_samples(Path(__file__).parents[3] / "assets/organ/train.jsonl")


def earlier(samples: list[Sample], settings: FitSettings) -> int:
    """Updates of three folds, and of a learning curve at a quarter and a half on each."""
    pairs = splits(samples, [], FitSettings(folds=3))
    sizes = [len(part_of(split, part).train) for split in pairs for part in (0.25, 0.5, 1.0)]
    return sum(map(settings.steps, sizes))


def test_the_default_takes_no_more_updates_than_three_folds_and_a_curve_did():
    settings = FitSettings(start="scratch")
    pairs = splits(ORGAN, [], settings)
    assert len(pairs) == 5
    made = sum(settings.steps(len(split.train)) for split in pairs)
    assert made <= earlier(ORGAN, settings)
    assert 6 * settings.steps(37) > earlier(ORGAN, settings)  # what one fold more would take


@given(st.integers(2, 3000), st.integers(1, 100), st.integers(1, 500), st.integers(1, 32))
def test_every_number_of_texts_can_be_split(texts, epochs, min_steps, batch_size):
    settings = FitSettings(epochs=epochs, min_steps=min_steps, batch_size=batch_size)
    assert min(3, texts) <= n_folds(texts, settings) <= min(MOST_FOLDS, texts)


def test_few_texts_get_more_folds_than_many_and_what_is_asked_for_holds():
    counts = [n_folds(texts, FitSettings()) for texts in (12, 44, 100, 2000)]
    assert counts == [9, 5, 4, 4]
    assert n_folds(100, FitSettings(folds=7)) == 7


def test_two_texts_are_two_folds_and_a_dev_set_has_three_seeds():
    texts = [
        Sample("Hartwell came.", (CharSpan(0, 8, "X"),)),
        Sample("Quill.", (CharSpan(0, 5, "X"),)),
    ]
    assert len(splits(texts, [], FitSettings())) == 2
    assert [split.seed for split in splits(texts, texts, FitSettings(seed=4))] == [4, 5, 6]
