"""What is added to gold is taken where it is ahead by more than chance."""

from spacy_fewner.fitting.measuring.trial import surely_ahead, trial_of
from spacy_fewner.fitting.measuring.validation import HeldOut
from spacy_fewner.fitting.task import Task
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.types import CharSpan, Sample

TEXTS = [Sample(f"word {number:02}", (CharSpan(0, 4, "X"),)) for number in range(12)]
TASK = Task(TEXTS, [], [], FitSettings(), False)


def results(found: int, texts: list[Sample] = TEXTS, splits: int = 3) -> list[HeldOut]:
    """Models that find what the first `found` texts have, and nothing in the others."""
    size = len(texts) // splits
    spans = [[CharSpan(0, 4, "X", 0.9)] if at < found else [] for at in range(len(texts))]
    return [
        HeldOut(at, 8, 8, texts[at : at + size], spans[at : at + size])
        for at in range(0, len(texts), size)
    ]


def test_a_lead_on_one_text_of_a_dozen_may_be_chance():
    without, one_more, many_more = (trial_of(TASK, results(found)) for found in (4, 5, 10))
    assert one_more.mean > without.mean
    assert not surely_ahead(TASK, one_more, without)
    assert surely_ahead(TASK, many_more, without)
    assert not surely_ahead(TASK, without, many_more)
    assert not surely_ahead(TASK, without, without)


def test_the_same_dev_texts_under_several_seeds_are_no_more_texts():
    """A lead on two of four texts, under every seed alike."""
    dev = TEXTS[:4]
    task = Task(TEXTS, dev, [], FitSettings(), False)
    without, with_more = (
        trial_of(task, [one for _ in range(30) for one in results(found, dev, splits=1)])
        for found in (1, 3)
    )
    assert with_more.mean > without.mean
    assert surely_ahead(Task(TEXTS, [], [], FitSettings(), False), with_more, without)
    one_text_more = trial_of(task, [one for _ in range(30) for one in results(2, dev, splits=1)])
    assert not surely_ahead(task, one_text_more, without)
