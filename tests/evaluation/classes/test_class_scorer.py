"""The spaCy scorer of classes: on docs, beside spaCy's own."""

import pickle

import pytest
import spacy
from spacy.scorer import Scorer
from spacy.training import Example
from spacy.util import registry

from spacy_fewner.evaluation.classes.scorer import score_classes

NLP = spacy.blank("en")


def example(gold, predicted):
    eg = Example(NLP.make_doc("a text"), NLP.make_doc("a text"))
    eg.reference.cats, eg.predicted.cats = gold, predicted
    return eg


EXAMPLES = [
    example({"A": 1.0, "B": 0.0, "C": 0.0}, {"A": 0.7, "B": 0.2, "C": 0.1}),
    example({"A": 0.0, "B": 1.0, "C": 0.0}, {"A": 0.7, "B": 0.2, "C": 0.1}),
    example({"A": 0.0, "B": 1.0, "C": 0.0}, {"A": 0.1, "B": 0.8, "C": 0.1}),
]


@pytest.mark.parametrize("exclusive", [True, False])
def test_the_numbers_are_those_of_spacy_where_both_have_them(exclusive):
    threshold = 0.0 if exclusive else 0.5
    ours = score_classes(EXAMPLES, labels=["A", "B", "C"], exclusive=exclusive, threshold=threshold)
    theirs = Scorer.score_cats(
        EXAMPLES,
        "cats",
        labels=["A", "B", "C"],
        multi_label=not exclusive,
        threshold=threshold,
    )
    shared = [key for key in ours if key in theirs and not key.startswith("cats_score")]
    assert len(shared) == 7
    for key in shared:
        assert ours[key] == theirs[key], key


def test_a_text_without_annotation_is_left_out():
    more = [*EXAMPLES, example({}, {"A": 0.9, "B": 0.1, "C": 0.0})]
    how = {"labels": ["A", "B", "C"]}
    assert score_classes(more, **how) == score_classes(EXAMPLES, **how)
    assert score_classes(more[3:], **how)["cats_score"] is None


def test_a_class_that_an_annotated_text_does_not_name_does_not_hold():
    found = score_classes([example({"A": 1.0}, {"A": 0.9, "B": 0.9})], labels=["A", "B"],
                          exclusive=False, threshold=0.5)  # fmt: skip
    assert found["cats_micro_p"] == 0.5 and found["cats_accuracy"] == 0


def test_a_class_that_only_gold_has_is_missed_and_not_left_out():
    found = score_classes([example({"NEW": 1.0}, {"A": 0.9})], labels=["A"])
    assert found["cats_micro_r"] == 0 and found["cats_f_per_type"]["NEW"]["f"] == 0


def test_thresholds_of_the_component_decide_and_other_is_no_class():
    found = score_classes(
        [example({"A": 0.0, "B": 0.0}, {"A": 0.4, "B": 0.3, "other": 0.6})],
        labels=["A", "B"], threshold=0.1, label_thresholds={"A": 0.5}, other="other",
    )  # fmt: skip
    assert found["cats_accuracy"] == 1


def test_it_is_registered_and_can_be_pickled():
    scorer = registry.scorers.get("spacy-fewner.ClassScorer.v1")()
    assert pickle.loads(pickle.dumps(scorer))(EXAMPLES, labels=["A"])["cats_score"] is not None
