"""What an audit says of the classes of texts."""

from dataclasses import replace

import pytest

from spacy_fewner.data.auditing.audit import audit
from spacy_fewner.data.auditing.kinds import CLASS_KINDS
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema


def text(words: str, *names: str, **cats: float) -> Sample:
    scores = {**dict.fromkeys(names, 1.0), **cats}
    return Sample(words, cats=scores, spans_annotated=False)


GOOD = [
    text("the match was won late", "sport"),
    text("a goal in the last minute", "sport"),
    text("voters went home early", "politics"),
    text("parliament sat until dawn", "politics"),
]
SCHEME = Schema((LabelSpec("sport", "Games."), LabelSpec("politics", "Power."), LabelSpec("art")))


def kinds(samples: list[Sample], **how) -> dict[str, str]:
    return {issue.kind: issue.detail for issue in audit(samples, **how).issues}


def test_sound_classes_are_counted_and_nothing_is_said():
    report = audit(GOOD)
    assert not report.issues and report.exclusive
    assert report.class_counts == {"sport": 2, "politics": 2}
    table = report.table()
    assert table.startswith("4 examples, 2 classes (one a text): 0 errors, 0 warnings\n")
    assert "class" in table and "label" not in table
    report.raise_on_errors(also=set(CLASS_KINDS))


@pytest.mark.parametrize(
    ("more", "how", "kind", "detail"),
    [
        ([text("so close again", "Sport ")], {}, "class variants", "'Sport ' (1 texts) and 's"),
        ([text("so close again", "SPORT")], {}, "class variants", "'SPORT' (1 texts) and 'sport'"),
        ([text("brush and canvas", "art")], {}, "rare class", "1 text of art, 2 needed"),
        ([text("so close again", "sport", art=0.0)], {}, "unknown meaning", "art: no text"),
        ([], {"classes": SCHEME}, "unknown meaning", "art: no text, no definition"),
        ([text("x y z w", "a"), text("q r s t", "a")], {"classes": SCHEME}, "unknown class", "a"),
        ([text("both at once", "sport", "politics")], {"exclusive": True}, "several classes",
         "sport and politics"),
        ([text("none at all", sport=0.0)], {"exclusive": True}, "several classes", "none of sport"),
        ([text("who knows now", sport=0.3, politics=0.4)], {}, "no class holds",
         "sport 0.3, politics 0.4"),
        ([text("it may well be", sport=0.8)], {}, "score in between", "sport 0.8"),
        ([replace(GOOD[0], cats={"politics": 1.0})], {}, "conflicting classes",
         "politics against sport of example 1"),
        ([text("the match was lost late", "politics")], {}, "near conflict",
         "politics against sport of example 1: 'the match was won late'"),
        ([text("  ", "sport")], {}, "empty text", "2 spaces"),
        ([Sample("only a text")], {}, "without class", "1 of 5 texts"),
        ([Sample("Ada left", (CharSpan(0, 3, "PER"),))] * 1, {"min_count": 1}, "without spans",
         "4 of 5 texts"),
        ([], {"against": {"test": [text("brush and canvas", "art")]}}, "unseen class",
         "art: 1 text in test"),
    ],
)  # fmt: skip
def test_what_is_found(more: list[Sample], how: dict, kind: str, detail: str):
    found = kinds([*GOOD, *more], **how)
    assert kind in found and found[kind].startswith(detail)


def test_one_class_and_equal_texts():
    assert "single class" in kinds(GOOD[:2])
    assert "single class" in kinds([text("a b c d", "x", "x/y"), text("e f g h", "x/y")])
    assert "single class" not in kinds([*GOOD[:2], text("none at all", sport=0.0)])
    assert "single class" not in kinds(GOOD[:2], classes=SCHEME)  # one needs no example
    same = [replace(one, text="The Same text") for one in GOOD]
    assert "equal texts" in kinds([*same[:3], replace(same[3], text="the same  text")])


def test_a_definition_stands_for_examples():
    scheme = Schema((*SCHEME.labels[:2], LabelSpec("art", "Pictures.")))
    against = {"test": [text("brush and canvas", "art")]}
    assert kinds(GOOD, classes=scheme, against=against) == {}
    assert kinds([*GOOD, text("brush and canvas", "art")], classes=scheme) == {}


def test_few_texts_with_two_classes_are_pointed_at():
    many = [
        text(f"{word} {n} and {n * 7} more", word) for n in range(30) for word in ("up", "down")
    ]
    assert "hardly several" in kinds([*many, text("both at the same time", "up", "down")])
    assert "hardly several" not in kinds([*many, text("none", up=0.0), text("two", "up", "down")])


def test_texts_with_spans_alone_or_classes_alone_do_not_conflict():
    spans = [Sample(words, (CharSpan(0, 3, label),)) for words in ("Ada left", "Bob left")
             for label in ("PER",)]  # fmt: skip
    named = [text("Ada left", "sport"), *GOOD]
    found = kinds([*spans, *named])
    assert "conflicting texts" not in found and "conflicting classes" not in found
    assert "duplicate text" in found
    report = audit([*spans, *named])
    assert report.label_counts == {"PER": 2} and report.class_counts["sport"] == 3
    assert "9 examples" not in report.table() and "7 examples, 2 spans, 1 label, 2 classes" in (
        report.table()
    )


def test_texts_of_classes_have_no_spans_to_miss():
    assert kinds(GOOD) == {}
    assert "no spans" in kinds([Sample("a text"), Sample("another one here")])
    assert "no spans" not in kinds([replace(one, spans_annotated=True) for one in GOOD])


def test_a_dev_set_needs_no_example_of_each_class():
    dev = [text("so close again", "sport", art=0.0), text("hear hear", "politics", art=0.0)]
    assert kinds(dev, min_count=0) == {}
