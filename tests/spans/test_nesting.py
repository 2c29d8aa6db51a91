"""Which labels may lie in themselves: learnt, stored, set, and used in decoding."""

from itertools import product

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.training import Example

from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.measuring.validation import HeldOut, choose_thresholds
from spacy_fewner.spans.decoding.candidates import Candidate, ScoredSpans, decode_nested
from spacy_fewner.spans.nesting import self_nested
from spacy_fewner.types import CharSpan, Sample

PLACES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 4), st.sampled_from("ab")).map(
        lambda one: (one[0], one[0] + one[1], one[2])
    )
)


@given(PLACES)
def test_self_nested_is_what_looking_at_all_pairs_finds(places):
    pairs = product(set(places), repeat=2)
    lies_in = {b[2] for a, b in pairs if a != b and a[2] == b[2] and a[0] <= b[0] and b[1] <= a[1]}
    assert self_nested(places) == lies_in


@given(PLACES, st.sets(st.sampled_from([0, 1])))
def test_labels_alone_never_lie_in_themselves(places, alone):
    found = [
        Candidate(s, e, "ab".index(label), 1 - n / 99) for n, (s, e, label) in enumerate(places)
    ]
    kept = decode_nested(found, alone)
    nested = self_nested((c.start, c.end, c.label) for c in kept)
    assert not nested & alone
    if not alone:
        assert kept == decode_nested(found)
    elif found:
        assert found[0] in kept


def trained(gold, nesting="learnt"):
    """A pipeline initialized on one text of five words with gold (start, end, label) tokens."""
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("fewner", config={"nesting": nesting})
    doc = nlp.make_doc("one two three four five")
    doc.spans["sc"] = [spacy.tokens.Span(doc, *place) for place in gold]
    nlp.initialize(lambda: [Example(nlp.make_doc(doc.text), doc)])
    return nlp, pipe


def said(nlp, pipe):
    """What is made of a text where each label scores high on 0-3 and on 1-2."""
    doc = nlp.make_doc("one two three four five")
    start, end, label = np.asarray([[0, 1], [3, 2], [0, 0]])
    scores = np.asarray([0.9, 0.8], dtype="float32")
    pipe.set_annotations([doc], [ScoredSpans(start, end, label, scores)])
    return [(span.start, span.end) for span in doc.spans["sc"]]


IN_ITSELF = [(0, 3, "A"), (0, 1, "A"), (3, 4, "B")]
APART = [(0, 3, "A"), (0, 1, "B"), (3, 4, "B")]


def test_a_label_lies_in_itself_only_where_gold_has_it():
    assert said(*trained(IN_ITSELF)) == [(0, 3), (1, 2)]
    assert said(*trained(APART)) == [(0, 3)]
    assert said(*trained(APART, "any")) == [(0, 3), (1, 2)]


def test_it_survives_bytes_and_disk_and_can_be_set(tmp_path):
    nlp, pipe = trained(APART)
    again = spacy.blank("en")
    copy = again.add_pipe("fewner")
    copy.from_bytes(pipe.to_bytes())
    assert copy.nesting == "learnt" and said(again, copy) == [(0, 3)]
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert said(loaded, loaded.get_pipe("fewner")) == [(0, 3)]
    loaded.get_pipe("fewner").nesting = "any"
    assert said(loaded, loaded.get_pipe("fewner")) == [(0, 3), (1, 2)]
    told = spacy.load(tmp_path / "model", config={"components.fewner.nesting": "any"})
    assert said(told, told.get_pipe("fewner")) == [(0, 3), (1, 2)]
    with pytest.raises(FewnerError, match=r"fewner.nesting: must be one of any, learnt"):
        pipe.nesting = "some"


def test_a_pipeline_that_never_learnt_it_predicts_as_before():
    nlp, pipe = trained(APART)
    pipe.cfg["self_nested"] = None  # as in what was stored before there was such a thing
    assert said(nlp, pipe) == [(0, 3), (1, 2)]


def held_out(outer_is_right, asked="measured"):
    sample = Sample(
        "one two three", (CharSpan(0, 7, "A") if outer_is_right else CharSpan(4, 7, "A"),)
    )
    both = [CharSpan(0, 7, "A", 0.9), CharSpan(4, 7, "A", 0.8)]
    return HeldOut(0, 4, 4, [sample], [both], frozenset(), asked)


def test_fit_takes_the_rule_that_is_better_on_held_out_text():
    apart = choose_thresholds([held_out(True)], ["A"], nested=True)
    assert apart.nesting == "learnt"
    inner = [held_out(False), held_out(False), held_out(True)]
    nested = choose_thresholds(inner, ["A"], nested=True)
    assert nested.nesting == "any"
    told = choose_thresholds([held_out(False, "learnt")], ["A"], nested=True)
    assert told.nesting == "learnt"
    assert choose_thresholds([held_out(True)], ["A"], nested=False).nesting == "any"
