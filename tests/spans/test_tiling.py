"""Spans that tile a document: the best segmentation, whatever the probabilities."""

import itertools
import math

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from spacy_fewner import fit
from spacy_fewner.data.tokens.tiles import tiles
from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation.scores import span_strict
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.spans.decoding.candidates import ScoredSpans
from spacy_fewner.spans.decoding.tiling import decode_tiling, holds_all
from spacy_fewner.types import CharSpan, Sample

WORDS = ["我们", "喜欢", "北京", "的", "大学", "很", "他", "在", "学习", "来", "。"]


def table(cells: dict[tuple[int, int, int], float]) -> ScoredSpans:
    best = sorted(cells.items(), key=lambda cell: -cell[1])
    columns = np.array([cell for cell, _ in best], dtype="int64").reshape(-1, 3).T
    return ScoredSpans(*columns, np.array([score for _, score in best], dtype="float32"))


@st.composite
def cells(draw):
    length = draw(st.integers(1, 6))
    places = [(i, j) for i in range(length) for j in range(i + 1, length + 1)]
    score = st.integers(1, 99).map(lambda percent: percent / 100)
    single = {(i, i + 1, 0): draw(score) for i in range(length)}
    more = draw(
        st.dictionaries(st.tuples(st.sampled_from(places), st.integers(0, 1)), score, max_size=12)
    )
    return length, {**single, **{(*place, label): p for (place, label), p in more.items()}}


def sum_of_logits(scores) -> float:
    return sum(math.log(p / (1 - p)) for p in scores)


def best_by_hand(length: int, found: dict[tuple[int, int, int], float]) -> float:
    """Over all ways to cut the tokens."""
    totals = []
    for cuts in itertools.product([False, True], repeat=length - 1):
        ends = [0, *(i + 1 for i, cut in enumerate(cuts) if cut), length]
        scores = [
            max((found[a, b, label] for label in (0, 1) if (a, b, label) in found), default=None)
            for a, b in itertools.pairwise(ends)
        ]
        if None not in scores:
            totals.append(sum_of_logits(scores))
    return max(totals)


@given(cells())
@settings(max_examples=300)
def test_the_best_segmentation_is_found(given_cells):
    length, found = given_cells
    chosen = decode_tiling(table(found), np.zeros(length, dtype=bool))
    ends = [span.end for span in chosen]
    assert [span.start for span in chosen] == [0, *ends[:-1]]
    assert ends[-1] == length
    total = sum_of_logits(found[span.start, span.end, span.label] for span in chosen)
    assert total == pytest.approx(best_by_hand(length, found), abs=1e-4)


def test_white_space_needs_no_span_and_a_token_without_any_is_seen():
    spans, space = table({(0, 1, 0): 0.2, (2, 3, 0): 0.9}), np.array([False, True, False])
    tiled = decode_tiling(spans, space)
    assert [(s.start, s.end) for s in tiled] == [(0, 1), (2, 3)]
    assert holds_all(tiled, space)
    assert not holds_all(tiled, np.array([False, False, False]))


def segmented(seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    chosen = [WORDS[i] for i in rng.integers(0, len(WORDS), 8)]
    ends = np.cumsum([len(word) for word in chosen]).tolist()
    starts = [0, *ends[:-1]]
    spans = tuple(CharSpan(*pair, "WORD") for pair in zip(starts, ends, strict=True))
    return Sample("".join(chosen), spans)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    out = tmp_path_factory.mktemp("words") / "model"
    examples = [segmented(seed) for seed in range(24)]
    how = {"encoder": "cnn", "lang": "zh", "epochs": 20, "folds": 2, "progress": False}
    return fit(examples, out, **how).model


def test_words_are_learnt_and_tile_every_text(fitted):
    nlp = spacy.load(fitted)
    assert nlp.get_pipe("fewner").tiling
    held_out = [segmented(seed) for seed in range(100, 120)]
    docs = list(nlp.pipe(sample.text for sample in held_out))
    predicted = [
        [CharSpan(s.start_char, s.end_char, s.label_) for s in doc.spans["sc"]] for doc in docs
    ]
    for sample, spans in zip(held_out, predicted, strict=True):
        assert tiles(Sample(sample.text, tuple(spans)))
    gold = [list(sample.spans) for sample in held_out]
    assert span_strict(gold, predicted).micro.f > 0.9
    for doc in docs:
        assert len(doc.spans["sc"].attrs["scores"]) == len(doc.spans["sc"])


@pytest.mark.parametrize("text", ["", " ", "xyz Never  seen\n北", "我" * 300, "𠮷👩\u200d👧"])
def test_any_text_is_tiled(fitted, text: str):
    nlp = spacy.load(fitted)
    doc = nlp(text)
    spans = tuple(CharSpan(s.start_char, s.end_char, s.label_) for s in doc.spans["sc"])
    assert tiles(Sample(text, spans))


def test_words_end_at_white_space_where_none_was_learnt_over_it(fitted):
    nlp = spacy.load(fitted)
    assert not nlp.get_pipe("fewner").cfg["over_space"]
    doc = nlp("我们 喜欢 x y\n北京")
    assert not any(len(span.text.split()) > 1 for span in doc.spans["sc"])
    assert tiles(Sample(doc.text, tuple(_chars(doc))))


def test_words_may_hold_spaces_where_the_examples_do(tmp_path):
    examples = [Sample("Hà Nội đẹp", (CharSpan(0, 6, "W"), CharSpan(7, 10, "W")))] * 4
    examples += [Sample("đẹp Hà Nội", (CharSpan(0, 3, "W"), CharSpan(4, 10, "W")))] * 4
    nlp = train_words(examples, tmp_path, "vi")
    assert nlp.get_pipe("fewner").cfg["over_space"]
    doc = nlp("đẹp Hà Nội")
    assert [span.text for span in doc.spans["sc"]] == ["đẹp", "Hà Nội"]


def train_words(examples, folder, lang):
    how = {"encoder": "cnn", "lang": lang, "epochs": 20, "start": "scratch"}
    settings = FitSettings(**how).for_samples(examples)
    return train_pipeline(training_config(settings, len(examples), 0, False), examples)


def _chars(doc):
    return [CharSpan(s.start_char, s.end_char, s.label_) for s in doc.spans["sc"]]


def test_tiling_is_refused_of_spans_that_do_not_tile():
    examples = [segmented(0), Sample("我们喜欢", (CharSpan(0, 2, "WORD"),), place="in.jsonl:2")]
    with pytest.raises(FewnerError, match=r"in.jsonl:2: with tiling, each character"):
        FitSettings(tiling=True).for_samples(examples)
    assert not FitSettings(tiling=False).for_samples([segmented(0)]).tiling


def test_given_words_each_get_a_tag(tmp_path):
    tagged = [("Ada wrote notes", "PROPN VERB NOUN"), ("She met Bob", "PRON VERB PROPN")]
    examples = [_tagged(words.split(), tags.split()) for words, tags in tagged * 4]
    how = {"encoder": "cnn", "epochs": 20, "folds": 2, "progress": False}
    nlp = spacy.load(fit(examples, tmp_path / "out", **how).model)
    doc = nlp(Doc(nlp.vocab, words=["Bob", "wrote", "notes"]))
    assert [span.text for span in doc.spans["sc"]] == ["Bob", "wrote", "notes"]
    assert nlp.get_pipe("fewner").max_width == 1


def _tagged(words: list[str], tags: list[str]) -> Sample:
    ends = np.cumsum([len(word) + 1 for word in words]).tolist()
    places = [(end - 1 - len(word), end - 1) for word, end in zip(words, ends, strict=True)]
    spans = tuple(CharSpan(*place, tag) for place, tag in zip(places, tags, strict=True))
    return Sample(" ".join(words), spans, tokens=tuple(places))
