"""What `fit` is given: extension spans beside the label scheme, and the dev file's own faults."""

from dataclasses import replace

import pytest
from server import Server

import spacy_fewner
from spacy_fewner.data.tokens.pipeline import blank_pipeline
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.training.examples import audited, load_synthetic
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.types import CharSpan, Sample

MAKERS = ("Vane", "Quill", "Marsh", "Tolley")
GOLD = [
    Sample(
        f"{maker} sent the stop on day {day}",
        (CharSpan(0, len(maker), "MAKER"), CharSpan(len(maker) + 10, len(maker) + 14, "PART")),
    )
    for day, maker in enumerate(MAKERS)
]
LABELS = ["MAKER", "PART"]
ENGLISH = blank_pipeline("en")
CROOKED = Sample("Vanes came", (CharSpan(0, 4, "MAKER"),))


def extended(sample: Sample, kind: str = "thing") -> Sample:
    spans = (CharSpan(0, len(sample.text), f"ext/{kind}"), CharSpan(1, 2, "ext/letter"))
    return replace(sample, spans=sample.spans + spans)


@pytest.mark.parametrize("labels", [None, LABELS])
def test_extensions_are_outside_the_scheme_and_may_be_rare(labels):
    samples = [extended(sample, f"kind {n}") for n, sample in enumerate(GOLD)]
    report = audited(samples, [extended(CROOKED)], labels, False, ENGLISH, alignment="expand")
    assert report.label_counts == {"MAKER": 4, "PART": 4}
    report = audited(samples, [], labels, False, ENGLISH)
    assert report.counts == {"misaligned extension": 4} and not report.errors


def test_extensions_are_no_labels_to_train_on_alone():
    with pytest.raises(FewnerError, match="some text must have a span"):
        audited([extended(Sample(sample.text)) for sample in GOLD], [], None, False, ENGLISH)
    one = [extended(replace(sample, spans=sample.spans[:1])) for sample in GOLD]
    with pytest.raises(FewnerError, match=r"two labels or more.* got MAKER.*--labels"):
        audited(one, [], None, False, ENGLISH)
    assert not audited(one, [], ["MAKER"], False, ENGLISH).errors


@pytest.mark.parametrize("gold", [GOLD, list(map(extended, GOLD))])
def test_synthetic_text_may_be_extended(gold):
    new = [replace(sample, text=sample.text.replace("on", "before")) for sample in GOLD]
    given = list(map(extended, new))
    made = load_synthetic(given, gold, {}, FitSettings(), nested=False)
    assert [sample.text for sample in made.samples] == [sample.text for sample in new]
    assert all("ext/thing" in {s.label for s in sample.spans} for sample in made.samples)


def test_nothing_like_a_named_test_set_is_used():
    firsts = [f"{a} {a + a} {a * 3} " for a in "abcdefghijkl"]
    new = [moved(GOLD[n % len(GOLD)], first) for n, first in enumerate(firsts)]
    kept = load_synthetic(new, GOLD, {"test": new[:1]}, FitSettings(), nested=False)
    assert kept.samples == new[1:]
    with pytest.raises(FewnerError, match="may be unusable"):
        load_synthetic(new, GOLD, {"test": new[:8]}, FitSettings(), nested=False)


def moved(sample: Sample, first: str) -> Sample:
    at = len(first)
    spans = (replace(span, start=span.start + at, end=span.end + at) for span in sample.spans)
    return Sample(first + sample.text, tuple(spans))


def test_misaligned_dev_gold_is_told_as_that_of_the_examples_is():
    with pytest.raises(FewnerError, match="dev example 2: spans should begin and end with a token"):
        audited(GOLD, [GOLD[0], CROOKED], LABELS, False, ENGLISH)
    report = audited(GOLD, [GOLD[0], CROOKED], LABELS, False, ENGLISH, alignment="expand")
    assert report.counts["misaligned"] == 1 and report.samples == 4
    assert "dev example 2  MAKER 'Vane' in 'Vanes', becomes 'Vanes'" in report.table()


@pytest.mark.parametrize(
    ("examples", "folds", "message"),
    [
        (GOLD, 5, "at most the number of different texts, 4; got 5"),
        ([*GOLD[:1] * 2, *map(Sample, MAKERS)], 3, "folds: every fold must leave a text"),
    ],
)
def test_folds_that_cannot_be_made_are_told_before_a_model_is_asked(
    tmp_path, examples, folds, message
):
    settings = OpenAISettings("stand-in", key_env=None)
    with Server(reply=lambda body: "") as server:
        client = Client(OpenAIModel(replace(settings, base_url=server.url)))
        with pytest.raises(FewnerError, match=message):
            spacy_fewner.fit(
                examples, tmp_path / "out", client=client, folds=folds, encoder="cnn", epochs=1
            )
    assert server.attempts.total() == 0 and list(tmp_path.iterdir()) == []
