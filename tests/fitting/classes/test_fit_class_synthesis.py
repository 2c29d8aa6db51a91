"""Synthetic texts of classes in `fit`: tried as a mixture, used or dropped, and told."""

import json
import random
import re

import pytest
import spacy
from class_texts import FAST, WORDS, texts, with_makers
from scripted import Scripted

import spacy_fewner
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.synthesis_loop import SynthesisSettings
from spacy_fewner.fitting.training.class_config import ClassSettings
from spacy_fewner.fitting.training.examples import load_synthetic
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.llm.client import Client
from spacy_fewner.types import Sample

QUICK = {**FAST, "folds": 2, "class_way": "probe"}
GOLD = texts(4)
CLASSES = ClassSettings([{"id": one} for one in WORDS], True, "probe")


def test_texts_of_a_file_are_tried_and_the_outcome_is_told(tmp_path):
    result = spacy_fewner.fit(GOLD, tmp_path / "out", synthetic=texts(6, seed=5), **QUICK)
    assert re.search(r"synthetic text (used|dropped): .*accuracy [\d.]+ against", result.synthetic)
    assert result.synthetic in result.summary() and "18 texts;" in result.report.read_text("utf8")


def test_what_cannot_be_trained_on_is_left_out_and_counted():
    few = [GOLD[0], Sample("An odd one.", cats={"news": 1.0}), Sample("Nothing said.")]
    settings = FitSettings(classes=CLASSES)
    cleaned = load_synthetic([*texts(20, seed=5), *few], GOLD, {}, settings, False)
    reasons = sorted(one.reason for one in cleaned.rejects)
    assert reasons == ["copy of a demonstration", "no class", "unknown class"]
    assert len(cleaned.samples) == 60 and len(cleaned.rejects) == 3
    with pytest.raises(FewnerError, match="may be unusable"):
        load_synthetic([GOLD[0], *texts(1, seed=5)], GOLD, {}, settings, False)


def test_beside_spans_each_text_counts_for_what_it_was_annotated_with():
    classes = ClassSettings(CLASSES.records, True, "finetune", alone=False)
    given = [*with_makers(texts(4, seed=7)), *texts(4, seed=5)]
    odd = Sample(given[0].text + " So.", given[0].spans, cats={"news": 1.0})
    cleaned = load_synthetic(
        [*given, odd], with_makers(GOLD), {}, FitSettings(classes=classes), False
    )
    assert not cleaned.rejects
    assert [bool(one.spans) for one in cleaned.samples] == [True] * 12 + [True] + [False] * 12
    assert cleaned.samples[12].cats == {}


def answer(prompt) -> str:
    """Texts of the class that the prompt asks for."""
    rng, words = random.Random(len(str(prompt))), [one for own in WORDS.values() for one in own]
    return "\n".join(
        json.dumps({"text": f"So the {a} and {b} were {rng.random():.3f} of it, said {n} of us."})
        for n in range(6)
        for a, b in [rng.sample(words, 2)]
    )


def test_a_language_model_writes_them(tmp_path):
    result = spacy_fewner.fit(
        GOLD,
        tmp_path / "out",
        client=Client(Scripted(answer)),
        synthesis=SynthesisSettings(size=9, per_call=3, ideas=0, style=False, reject_limit=1.0),
        **QUICK,
    )
    assert "synthetic text" in result.synthetic
    ledger = (result.out / "synthetic/ledger.txt").read_text()
    assert "generate_texts" in ledger and "copies" in ledger
    assert (result.out / "synthetic/samples.jsonl").exists()
    assert spacy.load(result.model).pipe_names == ["fewner_textcat"]
