"""Extension labels: their loss weights, output biases and widths, whoever was extended."""

import logging

import numpy as np
import pytest
from span_helpers import TEXTS, make_example, make_pipeline

from spacy_fewner.spans.grid.layer import shim_of
from spacy_fewner.spans.grid.loss import extension_weights

HIDDEN = [False, False, True, True, True, True]
EXTENDED = [
    (text, [*spans, *((surface, "ext/THING") for surface, _ in spans[:2])]) for text, spans in TEXTS
]


def initialized(*given, **config):
    nlp = make_pipeline(**config)
    examples = [make_example(nlp, text, spans) for text, spans in given]
    nlp.initialize(lambda: examples)
    return nlp.get_pipe("fewner")


def weight(component, label: str) -> float:
    return component.cfg["label_weights"][component.labels.index(label)]


def test_alpha_is_capped_and_rare_labels_are_left_out():
    counts = np.asarray([12.0, 8.0, 50.0, 4.0, 2.0, 0.0])
    weights = extension_weights(counts, HIDDEN)
    assert weights.tolist() == pytest.approx([1, 1, 0.5 * 10 / 50, 1, 0, 0])


def test_alpha_counts_extended_texts_alone_and_none_twice():
    """Texts that nobody extended raise the mean of the targets, and nothing else did it."""
    often = EXTENDED[:3]
    alone = weight(initialized(*often), "ext/THING")
    assert 0 < alone < 1
    assert weight(initialized(*often, *TEXTS * 5), "ext/THING") == alone
    assert weight(initialized(*often * 5), "ext/THING") == alone


def test_a_label_of_two_spans_that_is_repeated_stays_left_out():
    (text, spans), *rest = TEXTS
    rare = (text, [*spans, ("Swell", "ext/RARE"), ("leather", "ext/RARE")])
    assert weight(initialized(*[rare] * 4, *rest), "ext/RARE") == 0


def test_output_bias_counts_the_spans_of_extended_texts():
    component = initialized(EXTENDED[0], EXTENDED[1], *TEXTS * 4)
    grid = shim_of(component.model.get_ref("grid")).grid
    bias = grid.out.bias[component.labels.index("ext/THING")].item()
    lengths = [len(make_pipeline().make_doc(text)) for text, _ in EXTENDED[:2]]
    cells = sum(min(component.max_width, n - start) for n in lengths for start in range(n))
    assert bias == pytest.approx(np.log(4.5 / (cells - 4 + 0.5)), rel=1e-5)


def test_one_extension_over_a_whole_text_does_not_widen_the_band(caplog):
    widest = initialized(*TEXTS).max_width
    text, spans = EXTENDED[0]
    whole = (text, [*spans, (text, "ext/SENTENCE")])
    with caplog.at_level(logging.INFO, "spacy_fewner"):
        component = initialized(whole, *EXTENDED[1:])
    assert component.max_width == widest
    assert "1 extension spans are wider than 2 tokens and left out" in caplog.text
    assert component.gold_audit.too_wide == []
    assert "cannot be learnt" not in caplog.text


def test_words_do_not_narrow_the_band_for_entities():
    """Each word and its tag are spans: of all layers together, 19 of 20 spans are of one token."""
    given = []
    for text, own in TEXTS:
        long = [word for word in text.split() if len(word) > 3]
        words = [(word, label) for word in long for label in ("ext/seg/word", "ext/pos/X")]
        wide = " ".join(text.split()[:4])
        given += [(text, [*own, *words, (wide, "ext/THING")]), *[(text, [*own, *words])] * 4]
    assert initialized(*given).max_width >= 4 > initialized(*TEXTS).max_width


def test_the_band_holds_nearly_all_extensions():
    wide = [(text, [*own, (text, "ext/SENTENCE")]) for text, own in EXTENDED]
    assert initialized(*wide).max_width > 2
