"""Marks in a copy of the text."""

import time

import pytest
from grounding_strategies import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.grounding.marked import Marked, project, read_tags
from spacy_fewner.types import CharSpan

LABELS = ["per", "art/film", "per+"]
LONG = " ".join(f"w{number}" for number in range(100))


@settings(deadline=None)
@given(TEXTS, st.data())
def test_marks_put_in_come_out(text, data):
    words = [place for place in range(len(text)) if not text[place].isspace()]
    spans, position, marked = [], 0, ""
    for start, end in zip(words[::2], words[1::2], strict=False):
        label = data.draw(st.sampled_from(LABELS))
        spans.append(CharSpan(start, end + 1, label))
        marked += f"{text[position:start]}<{label}>{text[start : end + 1]}</{label}>"
        position = end + 1
    read = read_tags(marked + text[position:], LABELS)
    assert read == Marked(text, tuple(spans))
    assert project(read, text, "training").spans == tuple(spans)


def test_nested_marks_and_spaces_at_their_edges():
    read = read_tags("<per> Ann of <per+>Rome</per+></per> <b>x</b>", LABELS)
    assert read.text == " Ann of Rome <b>x</b>"
    assert [(span.surface(read.text), span.label) for span in read.spans] == [
        ("Ann of Rome", "per"), ("Rome", "per+"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("marked", "problem"),
    [
        ("<per>Ann", "marks not balanced"),
        ("Ann</per>", "marks not balanced"),
        ("<per><per+>Ann</per></per+>", "marks not balanced"),
        ("<per> </per>", "nothing marked"),
    ],
)
def test_marks_that_cannot_be_used(marked, problem):
    read = read_tags(marked, LABELS)
    assert read.problem == problem
    result = project(read, "Ann", "inference")
    assert result.spans == () and [failure.reason for failure in result.failures] == [problem]


def projected(copy: str, text: str, purpose="inference"):
    result = project(read_tags(copy, ["a"]), text, purpose)
    return [span.surface(text) for span in result.spans], [one.reason for one in result.failures]


def test_a_copy_with_other_quotes_case_and_spaces():
    assert projected("“see” <a>THE ALIEN</a>  now", '"see" the Alien now') == (["the Alien"], [])


def test_a_few_changed_words_outside_of_mentions():
    copy = LONG.replace("w3 ", "other ").replace("w50 w51", "<a>w50 w51</a>").replace(" w80", "")
    assert projected(copy, LONG) == (["w50 w51"], [])


def test_a_change_within_a_mention():
    copy = LONG.replace("w3 w4", "<a>w3 new w4</a>").replace("w50", "<a>w50</a>")
    assert projected(copy, LONG) == (["w50"], ["mention rewritten"])
    assert projected(copy, LONG, "training") == ([], ["mention rewritten"])


def test_a_mark_inside_a_word():
    assert projected("x Anna<a>bel</a> y", "x  Annabel y") == ([], ["mention rewritten"])


def test_too_many_changes():
    assert projected("<a>Ann</a> ran", "Ann walked") == ([], ["text rewritten"])


@settings(deadline=None)
@given(TEXTS, TEXTS, st.booleans())
def test_what_is_projected_lies_in_the_text(copy, text, whole):
    marked = f"<a>{copy}</a>" if whole else copy.replace("Ann", "<a>Ann</a>")
    for span in project(read_tags(marked, ["a"]), text, "inference").spans:
        surface = span.surface(text)
        assert surface and surface == surface.strip()


@pytest.mark.parametrize("one", ["a b ", "a ", "[", "<a>", "</a>", "<a>x</a> "])
def test_time_stays_bounded(one):
    text = "a b c " * 16_000
    started = time.process_time()
    project(read_tags(one * (100_000 // len(one)), ["a"]), text, "inference")
    assert time.process_time() - started < 3
