"""`fit` from texts with classes to a folder that loads, with the small network (no download)."""

import json
import warnings

import pytest
import spacy
from class_texts import FAST, texts, with_makers
from tiny_bases import write_tiny_base

import spacy_fewner
from spacy_fewner.types import Sample

TEXTS = texts(6)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    out = tmp_path_factory.mktemp("fit") / "out"
    # An "other" may take some of the few texts that are held out.
    return spacy_fewner.fit(TEXTS, out, folds=3, other="other", curve=(0.5,), **FAST)


def test_the_pipeline_loads_and_says_what_was_chosen(fitted):
    nlp = spacy.load(fitted.model)
    pipe = nlp.get_pipe("fewner_textcat")
    outcome = fitted.heads["classes"]
    assert nlp.pipe_names == ["fewner_textcat"]
    assert pipe.labels == ("quote", "repair", "tuning") and pipe.exclusive
    assert pipe.temperature == outcome.decision.temperature != 1
    assert pipe.threshold == outcome.thresholds.global_threshold > 0
    assert pipe.other == "other"
    doc = nlp(TEXTS[0].text)
    assert sum(doc.cats[label] for label in pipe.labels) == pytest.approx(1)
    assert pipe.chosen(doc) in (["repair"], ["other"])


def test_says_what_it_measured(fitted):
    outcome = fitted.heads["classes"]
    first = fitted.summary().splitlines()[0]
    assert first.startswith("Accuracy of classes ")
    assert first.endswith("(3-fold cross-validation over 18 texts; measured models saw 12 of them)")
    assert outcome.scores.docs == 18 and outcome.scores.accuracy.mean > 0.5
    assert fitted.scores is outcome.scores
    stored = json.loads((fitted.out / "scores.json").read_text())
    assert stored["classes"]["accuracy"] == pytest.approx(list(outcome.scores.accuracy.values))
    assert "f" not in stored  # which is that of spans
    page = fitted.report.read_text("utf8")
    assert all(told in page for told in ("Classes of texts", "tuning", "Calibration", "other:"))
    assert "Scores per label" not in page


def test_says_how_it_was_trained_and_by_how_much(fitted):
    way = fitted.heads["classes"].way
    assert all(name in way for name in ("finetune", "contrastive", "probe"))
    assert "on the same 3 folds" in way and f"way: {way}" in fitted.summary()


def test_the_curve_counts_texts_of_a_class(fitted):
    assert [point.size for point in fitted.curve.points] == [2, 4]


def test_spans_and_classes_share_an_encoder(tmp_path):
    both = with_makers(TEXTS)
    only_classes = texts(2, seed=1)
    only_spans = [Sample(one.text + " Again.", one.spans) for one in both[:4]]
    samples = [*both, *only_classes, *only_spans]
    result = spacy_fewner.fit(samples, tmp_path / "out", folds=2, **FAST)
    assert list(result.heads) == ["spans", "classes"]
    assert result.heads["spans"].scores.docs == len(both) + len(only_spans)
    assert result.heads["classes"].scores.docs == len(both) + len(only_classes)
    nlp = spacy.load(result.model)
    assert nlp.pipe_names == ["tok2vec", "fewner", "fewner_textcat"]
    assert "share the encoder" in result.start
    said = result.summary()
    assert "Strict span F1" in said and "Accuracy of classes" in said
    stored = json.loads((result.out / "scores.json").read_text())
    assert stored["f"] and stored["classes"]["accuracy"]


def test_several_classes_a_text(tmp_path):
    pairs = [
        Sample(f"{one.text} {other.text}", cats={**one.cats, **other.cats}, spans_annotated=False)
        for one, other in zip(texts(3), texts(3, seed=2)[1:], strict=False)
    ]
    none = [Sample(f"Nothing at all on day {day}.", cats={"quote": 0.0}) for day in range(3)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = spacy_fewner.fit(
            [*TEXTS, *pairs, *none], tmp_path / "out", folds=2, class_way="probe", **FAST
        )
    outcome = result.heads["classes"]
    assert not outcome.head.exclusive and "Micro F1 of classes" in result.summary()
    pipe = spacy.load(result.model).get_pipe("fewner_textcat")
    assert not pipe.exclusive and pipe.threshold == outcome.thresholds.global_threshold
    assert outcome.way == "probe, as asked"


def test_on_a_pretrained_encoder_each_way_and_both(tmp_path):
    base = write_tiny_base(tmp_path / "base")
    how = {"encoder": base, "rank": 4, "epochs": 1, "min_steps": 2, "folds": 2, "progress": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two updates teach nothing
        one = spacy_fewner.fit(texts(2), tmp_path / "one", **how)
        both = spacy_fewner.fit(with_makers(texts(2)), tmp_path / "both", **how)
    assert spacy.load(one.model).pipe_names == ["fewner_textcat"]
    nlp = spacy.load(both.model)
    assert nlp.pipe_names == ["tok2vec", "fewner", "fewner_textcat"]
    doc = nlp("Osgood mended the bellows.")
    assert sum(doc.cats.values()) == pytest.approx(1, abs=1e-4) and "sc" in doc.spans
    assert nlp.config["components"]["tok2vec"]["model"]["rank"] == 4
