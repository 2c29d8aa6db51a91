"""Passages as a stage: each once, drawn alike, with the spans that are whole in them."""

from collections import Counter

from synthesis_helpers import sample, split, surfaces

from spacy_fewner.synthesis.stages.passages import NO_TEXT, REPEATED, SPLIT_SPAN, Passages
from spacy_fewner.types import CharSpan, Sample, Schema


def made(samples, **settings):
    return split(Passages(**settings)(samples, Schema(()), None))


def test_passages_know_their_text_and_keep_what_is_whole_in_them():
    text = "Ada met Bo. Rome was hot."
    spans = (CharSpan(0, 3, "PER"), CharSpan(8, 16, "ODD"), CharSpan(12, 16, "LOC"))
    found, rejects = made([Sample(text, spans, meta={"id": "d"})], max_tokens=3)
    assert [(one.text, surfaces(one), one.meta["id"]) for one in found] == [
        ("Ada met Bo.", [("Ada", "PER")], "d.0"),
        ("Rome was hot.", [("Rome", "LOC")], "d.1"),
    ]
    assert [(one.reason, one.meta["parents"]) for one in rejects] == [(SPLIT_SPAN, ["d"])]


def test_a_passage_comes_once_and_needs_a_letter():
    found, rejects = made([sample("Ada  met Bo."), sample("ada met bo."), sample(" … ")])
    assert [one.text for one in found] == ["Ada  met Bo."]
    assert [one.reason for one in rejects] == [REPEATED, NO_TEXT]


def test_the_draw_is_seeded_in_order_and_fair():
    given = [Sample(f"text number {n}") for n in range(20)]
    first, _ = made(given, most=5, seed=3)
    again, _ = made(iter(given), most=5, seed=3)
    assert first == again
    numbers = [given.index(Sample(one.text)) for one in first]
    assert numbers == sorted(numbers)
    drawn = Counter(one.text for seed in range(400) for one in made(given, most=5, seed=seed)[0])
    assert min(drawn.values()) > 60  # 100 expected
    assert len(drawn) == 20


def test_texts_are_read_one_by_one():
    def endless():
        yield from (Sample(f"text {n}") for n in range(10))
        raise AssertionError("read too far")

    stage = Passages()(endless(), Schema(()), None)
    assert [next(stage).text for _ in range(10)] == [f"text {n}" for n in range(10)]
