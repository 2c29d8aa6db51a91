"""Checks of a corpus: each keeps what is sound, rejects the rest with a reason, loses nothing."""

import json

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.corpus.checking.chain import chain
from spacy_fewner.corpus.checking.decontaminate import HeldOutCheck, copy_check
from spacy_fewner.corpus.checking.density import DensityCheck
from spacy_fewner.corpus.checking.duplicates import DuplicateCheck
from spacy_fewner.corpus.checking.ledger import Ledger
from spacy_fewner.corpus.checking.sample_checks import (
    FlatCheck,
    LeftoverCheck,
    SchemaCheck,
    SpanCheck,
    TokenCheck,
)
from spacy_fewner.corpus.checking.style import Style, StyleCheck
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, LabelSpec, Reject, Sample, Schema

NLP = spacy.blank("en")
SCHEMA = Schema(
    (LabelSpec("work/film", synonyms=("movie title",)), LabelSpec("PERSON", synonyms=("human",)))
)
GOLD = [
    Sample("who made Alien", (CharSpan(9, 14, "work/film"),)),
    Sample("films by Ann Lee", (CharSpan(9, 16, "PERSON"),)),
]
TEXTS = ["who made Alien", "Films by Ann  Lee", "films by Bob Lee", "", " ", "a [b] c", "see Alien"]
TEXTS += ["what is the best film of all time according to the people who see many of them"]


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    text = draw(st.sampled_from(TEXTS) | st.text(max_size=12))
    ends = st.integers(-1, len(text) + 1)
    spans = st.builds(CharSpan, ends, ends, st.sampled_from(["PERSON", "movie title", "odd", "A"]))
    return Sample(text, tuple(draw(st.lists(spans, max_size=3))))


OUTCOMES = st.lists(samples() | st.builds(Reject, st.text(), st.just(""), st.just("stage")))
CHECKS = [
    SpanCheck(),
    SchemaCheck(SCHEMA, "drop"),
    SchemaCheck(SCHEMA),
    FlatCheck("longest"),
    FlatCheck(),
    TokenCheck(NLP, "expand"),
    TokenCheck(NLP),
    LeftoverCheck(),
    DensityCheck(0, 1, 0.9),
    StyleCheck(Style.of(GOLD)),
    copy_check(GOLD),
    HeldOutCheck({"dev": GOLD, "test": GOLD}),
    DuplicateCheck(),
]


def run(check, *found: Sample) -> list[Sample | Reject]:
    return list(check(found))


def reason(check, sample: Sample) -> str:
    (outcome,) = run(check, sample)
    assert isinstance(outcome, Reject)
    assert (outcome.stage, outcome.text, outcome.meta) == (check.name, sample.text, sample.meta)
    return outcome.reason


@settings(deadline=None)
@given(OUTCOMES)
def test_what_goes_in_comes_out(outcomes):
    ledger = Ledger()
    counted = ledger.run(ledger.count("written", outcomes), CHECKS)
    out = list(counted)
    assert len(out) == len(outcomes)
    assert out == list(chain(outcomes, CHECKS))
    for before, after in zip(outcomes, out, strict=True):
        if isinstance(before, Reject):
            assert after is before
        elif isinstance(after, Sample):
            assert {span.label for span in after.spans} <= set(SCHEMA.ids)
            assert all(s.surface(after.text).strip() == s.surface(after.text) for s in after.spans)
    seen = sum(isinstance(one, Sample) for one in outcomes)
    for row in ledger.rows[1:]:
        assert row.seen == seen and min(row.reasons.values(), default=0) >= 0
        seen = row.kept
    assert seen == sum(isinstance(one, Sample) for one in out)


def test_labels_are_ids_names_or_declared_synonyms():
    labels = ["work/film", "Film", "Movie  Title", "person", "human"]
    spans = tuple(CharSpan(0, 1 + place, label) for place, label in enumerate(labels))
    (found,) = run(SchemaCheck(SCHEMA), Sample("who made", spans))
    assert [span.label for span in found.spans] == ["work/film"] * 3 + ["PERSON"] * 2
    unknown = Sample("who made", (CharSpan(0, 3, "persons"), CharSpan(4, 8, "film")))
    assert reason(SchemaCheck(SCHEMA), unknown) == "unknown label"
    (found,) = run(SchemaCheck(SCHEMA, "drop"), unknown)
    assert found.spans == (CharSpan(4, 8, "work/film"),)


def test_a_name_that_two_labels_share_stands_for_neither():
    check = SchemaCheck(Schema((LabelSpec("a/film"), LabelSpec("b/film", synonyms=("movie",)))))
    assert reason(check, Sample("x", (CharSpan(0, 1, "film"),))) == "unknown label"
    assert (check.id_of("a/film"), check.id_of("Movie")) == ("a/film", "b/film")


def test_a_synonym_that_two_labels_claim():
    schema = Schema((LabelSpec("a", synonyms=("film",)), LabelSpec("b", synonyms=("Film",))))
    with pytest.raises(FewnerError, match="same name or synonym"):
        run(SchemaCheck(schema), Sample("x", (CharSpan(0, 1, "film"),)))


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0, 9), "span outside the text"),
        ((-1, 2), "span outside the text"),
        ((2, 2), "span outside the text"),
        ((0, 4), "space at a span's edge"),
    ],
)
def test_spans(span, expected):
    assert reason(SpanCheck(), Sample("Ann Lee", (CharSpan(*span, "P"),))) == expected


def test_tokens():
    sample = Sample("the Ann-Lee", (CharSpan(4, 6, "P"),))
    assert reason(TokenCheck(NLP), sample) == "edge inside a token"
    (found,) = run(TokenCheck(NLP, "expand"), sample)
    assert found.spans == (CharSpan(4, 7, "P"),)
    own = Sample("the Ann-Lee", (CharSpan(4, 7, "P"),), tokens=((0, 3), (4, 11)))
    assert reason(TokenCheck(NLP), own) == "edge inside a token"


def test_overlaps():
    nested = Sample("Bank of China", (CharSpan(8, 13, "L"), CharSpan(0, 13, "O")))
    assert reason(FlatCheck(), nested) == "overlapping spans"
    (found,) = run(FlatCheck("longest"), nested)
    assert found.spans == (CharSpan(0, 13, "O"),)


@pytest.mark.parametrize(
    "text",
    [
        *("[Ann] came", "{{Ann}} came", "<b>Ann</b>", "a\nEntities: x", "Text: a", "**Ann**"),
        *("a\\nb", "How many? ; seems HUM at first, but is NUM", "It rang; topic: a wet tower"),
        *(
            "文本：下雨了。",
            "下雨了。\n实体：无",
            "下雨了；主题：天气",
            "下雨了；乍看像“天气”，其实是",
        ),
    ],
)
def test_leftovers(text):
    assert reason(LeftoverCheck(), Sample(text)) == "leftover of the reply's form"


@pytest.mark.parametrize(
    "text",
    ["Ann (b. 1950) said: 3 < 4 > 2 & more", "the text: ok", "a_b #1", "他说：这段文本：好。"],
)
def test_no_leftovers(text):
    assert run(LeftoverCheck(), Sample(text)) == [Sample(text)]


def test_density_asks_nothing_of_texts_that_were_not_annotated_for_spans():
    classed = Sample("A long text of a class, without any span in it.", spans_annotated=False)
    assert DensityCheck.of([*GOLD, classed]) == DensityCheck.of(GOLD)
    assert list(DensityCheck(0.1, 1)([classed])) == [classed]


def test_density_is_learnt_from_gold():
    check = DensityCheck.of(GOLD, slack=1.0)
    assert (check.fewest, check.most, check.covered) == (1 / 4, 1 / 3, 1 / 2)
    assert run(check, *GOLD) == GOLD
    assert reason(check, Sample("who made Alien")) == "too few spans"
    every = tuple(CharSpan(at, at + 1, "P") for at in (0, 2, 4))
    assert reason(check, Sample("a b c", every)) == "too many spans"
    assert reason(check, Sample("a b c", (CharSpan(0, 5, "P"),))) == "too much in spans"
    assert reason(check, Sample("?!")) == "no words"
    with pytest.raises(FewnerError, match="must hold a text"):
        DensityCheck.of([])
    with pytest.raises(FewnerError, match="fewest <= most"):
        DensityCheck(2, 1)


LONG = " ".join(f"w{number}" for number in range(400))


def test_duplicates():
    texts = ["films by Ann Lee", "FILMS  by ann lee", "films by Ann", LONG, LONG.replace("w7 ", "")]
    texts += ["films by Bob Ray now", "films by Bob Ray", "Bob", "Eve"]
    out = run(DuplicateCheck(), *map(Sample, texts))
    assert [getattr(one, "reason", None) for one in out] == [
        None, "duplicate", "near duplicate", None, "near duplicate", None, "near duplicate", None,
        None,
    ]  # fmt: skip
    exact = run(DuplicateCheck(max_edits=0), *map(Sample, texts[:3]))
    assert [isinstance(one, Reject) for one in exact] == [False, True, False]
    assert reason(DuplicateCheck(known=GOLD), Sample("Who made alien?")) == "near duplicate"


def test_nothing_of_held_out_sets_and_demonstrations():
    check = HeldOutCheck({"dev": [], "test": GOLD})
    (found,) = run(check, Sample("Films by ANN Lee", meta={"id": 1}))
    assert (found.reason, found.meta) == ("in a held-out set", {"id": 1})
    assert found.detail == "test example 2: 'films by Ann Lee'"
    assert reason(check, Sample("films by Bob Lee")) == "in a held-out set"
    assert run(check, Sample("films of nineteen eighty")) == [Sample("films of nineteen eighty")]
    assert reason(copy_check(GOLD), Sample("who made Alien")) == "copy of a demonstration"


def test_the_ledger_of_what_ended_early_counts_nothing_that_is_held_back():
    def batched(outcomes):
        yield from reversed(list(outcomes))

    def written():
        yield Reject("loop", "", "written")
        yield Sample("a b")
        raise FewnerError("budget", "must suffice", 0, "Raise it.")

    batched.name = "batched"
    ledger = Ledger()
    with pytest.raises(FewnerError):
        list(ledger.run(ledger.count("written", written()), [batched, DuplicateCheck()]))
    assert [(row.step, row.kept, row.rejected) for row in ledger.rows] == [
        ("written", 1, 1), ("batched", 0, 0), ("duplicates", 0, 0),
    ]  # fmt: skip


def test_the_ledger_as_tables():
    ledger = Ledger()
    written = [
        Sample("a b"),
        Reject("not json", "", "written"),
        Sample("a|b", (CharSpan(0, 1, "X"),)),
    ]
    list(ledger.run(ledger.count("written", written), [SchemaCheck(SCHEMA), DuplicateCheck()]))
    assert ledger.to_text().splitlines() == [
        "step        in  kept  rejected  reasons",
        "written      3     2         1  not json 1",
        "labels       2     1         1  unknown label 1",
        "duplicates   1     1         0",
    ]
    assert ledger.to_markdown().splitlines()[2] == "| written | 3 | 2 | 1 | not json 1 |"
    rows = json.loads(json.dumps(ledger.to_json()))
    assert rows[1] == {
        "step": "labels", "in": 2, "kept": 1, "rejected": 1, "reasons": {"unknown label": 1},
    }  # fmt: skip
