"""Which absent labels a text is asked about."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pretraining_helpers import marked, named_scheme

from spacy_fewner.discovery.negative_types import DRAWINGS
from spacy_fewner.errors import FewnerError
from spacy_fewner.pretraining.negatives import MOST_LABELS, Negatives
from spacy_fewner.pretraining.schemes import Scheme
from spacy_fewner.types import Sample

LABELS = [f"kind {number}" for number in range(40)]
some = st.lists(st.sampled_from(LABELS), unique=True, max_size=8)


def text_of(labels: list[str], **meta: Any) -> Sample:
    return marked(" ".join(f"[word{n}:{label}]" for n, label in enumerate(labels)) + " .", **meta)


@given(
    texts=st.lists(some, min_size=1, max_size=5),
    absent=st.none() | some,
    drawing=st.sampled_from(DRAWINGS),
    seed=st.integers(0, 2**32),
)
def test_only_what_is_known_to_be_absent(
    texts: list[list[str]], absent: list[str] | None, drawing: Any, seed: int
):
    meta = {} if absent is None else {"absent": absent}
    samples = [text_of(texts[0], **meta), *map(text_of, texts[1:])]
    scheme = named_scheme("own", {label: [label] for label in LABELS[:20]}, samples)
    found = Negatives(scheme, drawing).draw(samples[0], np.random.default_rng(seed))
    assert set(found).isdisjoint(texts[0])
    assert set(found) <= set(scheme.known)
    assert len(found) == len(set(found))
    assert len(texts[0]) + len(found) <= MOST_LABELS
    if absent is not None:
        assert set(found) <= set(absent)
    if drawing == "none":
        assert found == []
    elif absent is None:
        assert found


@given(present=st.lists(st.sampled_from(LABELS), unique=True, min_size=26), seed=st.integers(0, 99))
def test_a_text_of_very_many_labels_is_asked_about_no_more(present: list[str], seed: int):
    samples = [text_of(present), text_of(LABELS)]
    assert Negatives(Scheme("own", samples)).draw(samples[0], np.random.default_rng(seed)) == []


def drawn(negatives: Negatives, sample: Sample, times: int = 300) -> Counter[str]:
    rng = np.random.default_rng(0)
    return Counter(label for _ in range(times) for label in negatives.draw(sample, rng))


def test_frequent_labels_are_drawn_more_often():
    texts = [text_of([LABELS[0]])] * 90 + [text_of([label]) for label in LABELS[1:]]
    bare = marked("nobody went")
    scheme = Scheme("own", [*texts, bare])
    often = drawn(Negatives(scheme, "frequency"), bare)
    even = drawn(Negatives(scheme, "uniform"), bare)
    rest = sum(often[label] for label in LABELS[1:]) / len(LABELS[1:])
    assert often[LABELS[0]] > 1.4 * rest
    assert set(often) == set(LABELS)
    assert even[LABELS[0]] < 1.2 * sum(even.values()) / len(LABELS)


def test_a_partial_text_is_never_asked_about_what_may_be_true_as_well():
    samples = [text_of(["painter"], only_these=True), text_of(["artist", "city"], only_these=True)]
    related = {"painter": {"painter", "artist"}}
    found = drawn(Negatives(Scheme("typed", samples), related=related), samples[0])
    assert set(found) == {"city"}
    closed = [text_of(["painter"]), samples[1]]
    found = drawn(Negatives(Scheme("closed", closed), related=related), closed[0])
    assert set(found) == {"artist", "city"}


def test_a_label_that_shares_a_name_with_a_present_one_is_not_asked_about():
    samples = [text_of(["organisation"]), text_of(["body", "city"])]
    labels = {"organisation": ["organisation", "organization"], "body": ["body", "organization"]}
    scheme = named_scheme("own", {**labels, "city": ["city"]}, samples)
    assert set(drawn(Negatives(scheme), samples[0])) == {"city"}
    asked = text_of(["organisation"], absent=["body", "city"])
    assert set(drawn(Negatives(scheme), asked)) == {"city"}


def test_unknown_drawing():
    with pytest.raises(FewnerError, match="negatives: must be one of none, uniform, frequency"):
        Negatives(Scheme("own", [text_of(["a"])]), "often")  # type: ignore[arg-type]
