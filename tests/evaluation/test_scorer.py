"""The registered spaCy scorer beside spaCy's own."""

import pickle
import random

import pytest
import spacy
from spacy.scorer import Scorer
from spacy.tokens import Doc, Span
from spacy.training import Example

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation.scorer import make_span_scorer

NLP = spacy.blank("en")
LABELS = ["person", "place", "work"]


def annotated(words, spans, key="sc", spaces=None):
    doc = Doc(NLP.vocab, words=words, spaces=spaces)
    doc.spans[key] = [Span(doc, start, end, label=label) for start, end, label in spans]
    return doc


def random_examples(seed, key="sc"):
    rng = random.Random(seed)
    for _ in range(30):
        words = [rng.choice(["alpha", "beta", "gamma", "delta"]) for _ in range(9)]
        drawn = [
            [
                (i, min(9, i + rng.randint(1, 4)), rng.choice(LABELS))
                for i in rng.sample(range(9), 5)
            ]
            for _ in range(2)
        ]
        gold = drawn[0]
        predicted = rng.sample(gold, 3) + drawn[1][:3]
        yield Example(annotated(words, predicted, key), annotated(words, gold, key))


def spacys_own(examples, key="sc"):
    return Scorer.score_spans(
        examples,
        attr=f"spans_{key}",
        getter=lambda doc, _: doc.spans.get(key, []),
        has_annotation=lambda doc: key in doc.spans,
        allow_overlap=True,
    )


def test_it_is_registered():
    assert spacy.registry.scorers.get("spacy-fewner.SpanScorer.v1") is make_span_scorer


@pytest.mark.parametrize("seed", range(5))
def test_equal_to_spacy_on_aligned_data_with_nested_spans(seed):
    examples = list(random_examples(seed))
    ours, theirs = make_span_scorer()(examples), spacys_own(examples)
    assert ours.keys() == theirs.keys() == {f"spans_sc_{n}" for n in ("p", "r", "f", "per_type")}
    for name in ("spans_sc_p", "spans_sc_r", "spans_sc_f"):
        assert ours[name] == pytest.approx(theirs[name])
        assert 0 < ours[name] < 1
    assert ours["spans_sc_per_type"].keys() == theirs["spans_sc_per_type"].keys()
    for label, rates in theirs["spans_sc_per_type"].items():
        assert ours["spans_sc_per_type"][label] == pytest.approx(rates)


def test_equal_to_spacy_on_ents():
    examples = []
    for example in random_examples(0):
        for doc in (example.predicted, example.reference):
            doc.ents = spacy.util.filter_spans(doc.spans["sc"])
        examples.append(example)
    ours = make_span_scorer(attr="ents")(examples)
    theirs = Scorer.score_spans(examples, "ents")
    for name in ("ents_p", "ents_r", "ents_f"):
        assert ours[name] == pytest.approx(theirs[name])


def test_the_components_key_takes_precedence():
    examples = list(random_examples(1, key="other"))
    scores = make_span_scorer("sc")(examples, spans_key="other", threshold=0.5, labels=LABELS)
    assert scores["spans_other_f"] == pytest.approx(spacys_own(examples, "other")["spans_other_f"])


def test_gold_inside_a_token_counts_as_missed():
    # "Berlin-based" is one token for the pipeline and three in the gold.
    predicted = annotated(["Berlin-based", "Ana"], [(1, 2, "person")])
    gold = annotated(
        ["Berlin", "-", "based", "Ana"],
        [(0, 1, "place"), (3, 4, "person")],
        spaces=[False, False, True, True],
    )
    scores = make_span_scorer()([Example(predicted, gold)])
    assert scores["spans_sc_p"] == 1.0
    assert scores["spans_sc_r"] == 0.5
    assert scores["spans_sc_per_type"]["place"] == {"p": 0.0, "r": 0.0, "f": 0.0}


def test_spacing_may_differ_but_not_the_text():
    predicted = annotated(["Ana", ",", "Rome"], [(2, 3, "place")], spaces=[False, True, False])
    gold = annotated(["Ana", ",", "Rome"], [(2, 3, "place")], spaces=[True, True, False])
    assert make_span_scorer()([Example(predicted, gold)])["spans_sc_f"] == 1.0
    other = annotated(["Ana", ";", "Rome"], [(2, 3, "place")])
    with pytest.raises(FewnerError, match="same text"):
        make_span_scorer()([Example(predicted, other)])


def test_unannotated_references_are_skipped_and_nothing_scores_none():
    words = ["Ana", "sang"]
    predicted = annotated(words, [(0, 1, "person")])
    bare = Doc(NLP.vocab, words=words)
    assert make_span_scorer()([Example(predicted, bare)])["spans_sc_f"] is None
    empty = annotated(words, [])
    scores = make_span_scorer()([Example(predicted, empty), Example(predicted, bare)])
    assert scores["spans_sc_f"] == 0.0


def test_it_pickles_for_worker_processes():
    examples = list(random_examples(2))
    scorer = make_span_scorer("sc")
    assert pickle.loads(pickle.dumps(scorer))(examples) == scorer(examples)


def test_unknown_attribute_is_refused():
    with pytest.raises(FewnerError, match="attr"):
        make_span_scorer(attr="tags")
