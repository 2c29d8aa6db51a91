"""Marks around spans, and what models make of a marked sentence."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.cascade.asked.marker import Marker, choose_marker, mark, read_marked
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan

TEXTS = st.text(st.sampled_from("ab «»@#[]{}<>⟦京é\n"), max_size=30) | st.text(max_size=30)
SENTENCE = " ".join(f"w{number}" for number in range(40))
CHINESE = "王小明昨天在北京大学参加了一个关于人工智能的会议。"
AT = Marker("@@", "##")


@st.composite
def nested_spans(draw: st.DrawFn) -> tuple[str, list[CharSpan]]:
    """A text and spans that do not cross and have no space at their edges."""
    text = draw(TEXTS)
    spans: list[CharSpan] = []
    for _ in range(draw(st.integers(0, 5))) if text else ():
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        surface = text[start:end]
        crosses = any(
            start < other.start < end < other.end or other.start < start < other.end < end
            for other in spans
        )
        if surface == surface.strip() and not crosses:
            spans.append(CharSpan(start, end, "entity"))
    return text, sorted(set(spans))


@settings(deadline=None)
@given(nested_spans())
def test_what_is_marked_is_read_back(drawn):
    text, spans = drawn
    marker = choose_marker(text)
    marked = mark(text, spans, marker)
    assert marked.replace(marker.opening, "").replace(marker.closing, "") == text
    assert marked.count(marker.opening) == marked.count(marker.closing) == len(spans)
    found = read_marked(marked, text, marker)
    assert list(found.spans) == spans and not found.failures


@given(TEXTS, TEXTS)
def test_no_character_of_a_mark_is_in_the_texts(one, other):
    marker = choose_marker(one, other)
    assert set(marker.opening + marker.closing).isdisjoint(one + other)


def test_texts_full_of_marks():
    assert choose_marker("C#") == Marker("[[", "]]")
    assert choose_marker("#[{<⟦⟪«") == Marker("←", "↑")
    with pytest.raises(FewnerError, match="two symbols"):
        choose_marker("@[{<⟦⟪«" + "".join(map(chr, range(0x2190, 0x2BFF))))


@pytest.mark.parametrize("place", [(0, 0), (-1, 2), (3, 99), (2, 1), (4, 8)])
def test_spans_that_cannot_be_marked(place):
    with pytest.raises(FewnerError, match="cross no other"):
        mark("Ann of Rome", [CharSpan(0, 6, "a"), CharSpan(*place, "a")], AT)
    with pytest.raises(FewnerError, match="must not be in the text"):
        mark("an @@", [], AT)


def read(reply: str, text: str, purpose="inference"):
    found = read_marked(reply, text, AT, purpose=purpose)
    return [span.surface(text) for span in found.spans], [one.reason for one in found.failures]


@pytest.mark.parametrize(
    "reply",
    [
        "@@Ann## lives in @@Rome##.",
        "@@ Ann ## lives in @@Rome ##.",
        "```\n@@Ann## lives in @@Rome##.\n```",
        'Output: "@@Ann## lives in @@Rome##."',
        "Sure! Here is the sentence with the names marked, as you wished it:\n\n"
        "“@@Ann## lives in @@Rome##.”\n\nI hope that this is of help to you.",
    ],
)
def test_copies_in_other_dress(reply):
    assert read(reply, "Ann lives in Rome.") == (["Ann", "Rome"], [])


def test_a_sentence_slightly_rewritten():
    copy = SENTENCE.replace("w3 ", "W3, ").replace("w20 w21", "@@w20 w21##").replace(" w39", "")
    assert read(copy, SENTENCE) == (["w20 w21"], [])
    assert read(copy, SENTENCE, "training") == (["w20 w21"], [])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I am sorry, but I cannot help with that.", "text rewritten"),
        ("", "text rewritten"),
        (SENTENCE.replace("w2 ", "other "), "text rewritten"),
        (SENTENCE.replace("w9", "@@w9"), "marks not balanced"),
        (SENTENCE.replace("w9", "##w9@@"), "marks not balanced"),
        (SENTENCE.replace("w9", "@@## w9"), "nothing marked"),
        (f"@@{SENTENCE}##", "all marked"),
        (SENTENCE.replace("w8 w9 ", "@@w8 new w9## "), "mention rewritten"),
    ],
)
@pytest.mark.parametrize("purpose", ["training", "inference"])
def test_replies_that_are_turned_away(reply, reason, purpose):
    short = " ".join(SENTENCE.split()[:15]) if "other" in reply else SENTENCE
    reply = " ".join(reply.split()[:15]) if "other" in reply else reply
    assert read(reply, short, purpose) == ([], [reason])


def test_a_mark_around_all_of_a_text_without_spaces_is_turned_away():
    assert read(f"@@{CHINESE}##", CHINESE) == ([], ["all marked"])
    assert read(f"@@{CHINESE[:20]}##", CHINESE[:20]) == ([CHINESE[:20]], [])


def test_one_bad_mark_of_several():
    copy = SENTENCE.replace("w3 w4", "@@w3 new w4##").replace("w30", "@@w30##")
    assert read(copy, SENTENCE) == (["w30"], ["mention rewritten"])
    assert read(copy, SENTENCE, "training") == ([], ["mention rewritten"])


def test_nothing_marked_is_an_answer():
    assert read(SENTENCE, SENTENCE) == ([], [])
    assert read("@@Ann##", "Ann") == (["Ann"], [])


@settings(deadline=None)
@given(st.text(st.sampled_from('ab @#:`\n"'), max_size=40), TEXTS)
def test_whatever_the_reply_spans_lie_in_the_text(reply, text):
    for span in read_marked(reply, text, AT).spans:
        surface = span.surface(text)
        assert surface and surface == surface.strip()


@pytest.mark.parametrize("copy", ["@@Ann## met Bob.\n", "Ann met Bob. ", "1. ((: ", "@@a## ", "\n"])
@pytest.mark.parametrize("text", ["Ann saw Bob.", "Ann saw Bob and Cy. " * 100])
def test_a_long_reply_is_searched_no_further_than_its_text_is_long(copy: str, text: str):
    reply = copy * (5_000_000 // len(copy))
    started = time.thread_time()
    assert read_marked(reply, text, AT).failures
    assert time.thread_time() - started < 3


def test_the_copy_is_found_behind_much_else():
    text = "Ann saw Bob and Cy. " * 10
    reply = "Let me think of it.\n" * 30 + mark(text, [CharSpan(0, 3, "")], AT)
    assert [span.surface(text) for span in read_marked(reply, text, AT).spans] == ["Ann"]
