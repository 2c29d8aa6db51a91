"""Extension spans (`ext/`) in a corpus: kept beside target spans, and never counted as such."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from corpus_helpers import GOLD, SCHEMA, written
from server import Server
from spacy.util import registry

from spacy_fewner.corpus.checking.clean import standard_checks, trainable_checks
from spacy_fewner.corpus.checking.density import DensityCheck
from spacy_fewner.corpus.checking.edits import Edit, edit
from spacy_fewner.corpus.checking.extended_gold import ExtendedGold, with_extended
from spacy_fewner.corpus.checking.sample_checks import FlatCheck, SchemaCheck, TokenCheck, is_nested
from spacy_fewner.corpus.readers.examples import ExampleMaker
from spacy_fewner.corpus.readers.mention_swap import MentionBank
from spacy_fewner.corpus.synthesize import Synthesis, synthesize
from spacy_fewner.data import write_samples
from spacy_fewner.types import CharSpan, Reject, Sample

NLP = spacy.blank("en")


def extended(sample: Sample) -> Sample:
    """With a span over both mentions, one within the second, and one of each word."""
    maker, part = sample.spans
    words = [CharSpan(*match.span(), "ext/seg/word") for match in re.finditer(r"\S+", sample.text)]
    wide = CharSpan(maker.start, part.end, "ext/event")
    return replace(sample, spans=(*sample.spans, wide, *words))


EXTENDED = [extended(sample) for sample in GOLD]


def passed(checks, samples) -> list[Sample]:
    outcomes = iter(samples)
    for check in checks:
        outcomes = check(outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, Sample)]


@pytest.mark.parametrize("checks_of", [standard_checks, trainable_checks])
def test_new_text_keeps_its_extensions_through_all_checks(checks_of):
    new = list(map(extended, written(5, seed=2)))
    kept = passed(checks_of(GOLD, SCHEMA, NLP, nested=False), new)
    assert [set(sample.spans) for sample in kept] == [set(sample.spans) for sample in new]


def test_target_spans_stay_flat_and_of_the_scheme():
    sample = EXTENDED[0]
    maker = sample.spans[0]
    twice = replace(sample, spans=(*sample.spans, replace(maker, label="PART")))
    (reject,) = FlatCheck()([twice])
    assert isinstance(reject, Reject) and reject.reason == "overlapping spans"
    odd = replace(sample, spans=(*sample.spans, replace(maker, label="extra")))
    (reject,) = SchemaCheck(SCHEMA)([odd])
    assert isinstance(reject, Reject) and reject.detail == "extra"
    assert not is_nested(EXTENDED) and is_nested([twice])


def test_an_extension_off_the_tokens_goes_and_its_text_stays():
    text = "Vane mended a re-pitched stop"
    spans = (CharSpan(0, 4, "MAKER"), CharSpan(14, 18, "ext/x"), CharSpan(25, 29, "ext/y"))
    sample = Sample(text, spans, tokens=((0, 4), (5, 11), (12, 13), (14, 24), (25, 29)))
    (kept,) = TokenCheck(NLP)([sample])
    assert kept == replace(sample, spans=(spans[0], spans[2]))


def test_an_extension_of_a_mark_goes_with_it():
    sample = Sample("Vane came .", (CharSpan(0, 4, "MAKER"), CharSpan(10, 11, "ext/pos/PUNCT")))
    styled = edit(sample, [Edit(9, 11, "")])
    assert styled == Sample("Vane came", (CharSpan(0, 4, "MAKER"),))


def test_density_is_that_of_targets():
    assert DensityCheck.of(EXTENDED) == DensityCheck.of(GOLD)


def test_entities_of_docs_are_targets():
    (example, *_) = ExampleMaker("gold", fill_ents=True)(EXTENDED, NLP)
    assert [entity.label_ for entity in example.reference.ents] == ["MAKER", "PART"]
    assert len(example.reference.spans["sc"]) == len(EXTENDED[0].spans)


def test_extended_gold_is_known_by_text_and_targets():
    is_extended = ExtendedGold(GOLD)
    assert all(map(is_extended, EXTENDED))
    assert not any(map(is_extended, GOLD))
    fewer = replace(EXTENDED[0], spans=EXTENDED[0].spans[1:])
    assert not is_extended(fewer)
    new = extended(written(1, seed=2)[0])
    assert not is_extended(new)
    assert with_extended(GOLD, [new, *EXTENDED[1:]]) == ([GOLD[0], *EXTENDED[1:]], [new])


def test_extended_gold_is_no_copy_and_keeps_its_form():
    # Alike but for one word, and one of them without the mark that the others end with.
    gold = [replace(GOLD[0], text=GOLD[0].text + mark) for mark in [" !"] * 30 + [""]]
    gold += [replace(sample, text=sample.text + " !") for sample in GOLD]
    given = list(map(extended, gold))
    kept = passed(standard_checks(gold, SCHEMA, NLP, nested=False), [*given, *gold])
    assert [sample.text for sample in kept] == [sample.text for sample in gold]


def swapped(sample: Sample, rate: float) -> Sample:
    return MentionBank(EXTENDED).swap(sample, rate, random.Random(3))


def test_swapping_leaves_extensions_on_their_words():
    assert set(swapped(EXTENDED[0], 0.0).spans) == set(EXTENDED[0].spans)
    for sample in EXTENDED:
        found = swapped(sample, 1.0)
        words = {s.surface(found.text) for s in found.spans if s.label == "ext/seg/word"}
        assert words == set(found.text.split())
        unswapped = [w for w in sample.text.split() if w in found.text.split()]
        assert len(unswapped) >= 6  # of eight words only the mentions change
        wide = [s for s in found.spans if s.label == "ext/event"]
        assert bool(wide) == (found.text == sample.text)
    assert any(swapped(sample, 1.0).text != sample.text for sample in EXTENDED)


def test_no_mention_goes_from_a_text_that_was_extended_into_another_or_back():
    """Else the words of the one would count as all there are in the other."""
    new = written(6, seed=4)
    bank = MentionBank([*EXTENDED, *new])
    for seed in range(5):
        for plain in new:
            found = bank.swap(plain, 1.0, random.Random(seed))
            assert found.targets == found.spans
        for sample in EXTENDED:
            found = bank.swap(sample, 1.0, random.Random(seed))
            words = [s.surface(found.text) for s in found.spans if s.label == "ext/seg/word"]
            assert sorted(words) == sorted(found.text.split())


def test_a_wide_extension_moves_along_with_what_it_spans():
    first, rest = Sample("Vane", (CharSpan(0, 4, "MAKER"),)), EXTENDED[0].text
    shift = len("Vane, ")
    spans = tuple(replace(s, start=s.start + shift, end=s.end + shift) for s in EXTENDED[0].spans)
    whole = Sample(f"Vane, {rest}", (*first.spans, *spans))
    longer = Sample("Hartwell", (CharSpan(0, 8, "MAKER"), CharSpan(0, 8, "ext/seg/word")))

    class Draws(random.Random):
        def __init__(self) -> None:
            super().__init__(0)
            self.numbers = iter([0.0, 1.0, 1.0])  # the first mention alone

        def random(self) -> float:
            return next(self.numbers)

        def choice(self, seq):
            return seq[0]

    found = MentionBank([longer]).swap(whole, 0.5, Draws())
    assert found.text == f"Hartwell, {rest}"
    (wide,) = [s for s in found.spans if s.label == "ext/event"]
    assert wide.surface(found.text) == EXTENDED[0].spans[2].surface(rest)


def entities_of(body) -> str:
    """A reply to Extend: the last word, of an odd type."""
    asked = body["messages"][-1]["content"].split("\n")[1]
    return json.dumps({"items": [{"entity": asked.split()[-1], "type": f"kind {len(asked)}"}]})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    write_samples(GOLD, tmp_path / "train.jsonl")
    yield tmp_path


def test_a_corpus_has_gold_in_its_extended_form(folder: Path):
    with Server(reply=entities_of) as server:
        model = {"@misc": "spacy-fewner.OpenAIModel.v1", "model": "stand-in",
                 "base_url": server.url, "key_env": None}  # fmt: skip
        corpus = registry.resolve({"corpus": {
            "@readers": "spacy-fewner.SyntheticCorpus.v1",
            "path": "train.jsonl",
            "stages": {"extend": {"@misc": "spacy-fewner.Extend.v1"}},
            "client": {"@misc": "spacy-fewner.Client.v1", "journal": "j.jsonl", "model": model},
            "weight": 0.3,
        }})["corpus"]  # fmt: skip
        examples = list(corpus(spacy.blank("en")))
    assert [example.reference.text for example in examples] == [s.text for s in GOLD]
    for example in examples:
        assert example.reference.user_data["fewner_weight"] == 1.0
        labels = sorted(span.label_ for span in example.reference.spans["sc"])
        assert labels[:2] == ["MAKER", "PART"] and labels[2].startswith("ext/kind ")


class Shows:
    """A stage that gives what it was told to."""

    name = "shows"

    def __init__(self, outcomes):
        self.outcomes = outcomes

    def __call__(self, samples, schema, client):
        yield from self.outcomes


def test_extended_gold_as_its_own_source():
    new = list(map(extended, written(3, seed=2)))
    stages = {"shows": [Shows([*new, *GOLD, *EXTENDED])]}
    cleaned = synthesize(EXTENDED, SCHEMA, None, Synthesis(stages), NLP, nested=False)
    assert cleaned.samples == [
        replace(sample, spans=tuple(sorted(sample.spans))) for sample in [*new, *EXTENDED]
    ]
