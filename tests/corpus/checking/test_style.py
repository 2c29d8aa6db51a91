"""Edits keep spans on their words; synthetic text takes on the style of gold text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.corpus.checking.edits import Edit, edit
from spacy_fewner.corpus.checking.style import Style, StyleCheck
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Reject, Sample

WORDS = st.sampled_from(
    ["Ann", "it's", "sci-fi", "U.S.", "İz", "3.5", "北京", "x", "(Lee)", "ΣΑΣ", "é"]
)
TEXTS = st.lists(WORDS | st.sampled_from([", ", " ", "  ", "? ", ".", '"', "’s "]), max_size=9)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    text = "".join(draw(TEXTS))
    solid = [place for place in range(len(text)) if not text[place].isspace()]
    spans = []
    for _ in range(draw(st.integers(0, 3)) if solid else 0):
        start, end = sorted((draw(st.sampled_from(solid)), draw(st.sampled_from(solid))))
        spans.append(CharSpan(start, end + 1, "A"))
    return Sample(text, tuple(spans), tuple((place, place + 1) for place in solid))


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).casefold()


@settings(deadline=None)
@given(samples(), st.data())
def test_edits_leave_spans_on_their_words(sample, data):
    places = data.draw(st.lists(st.integers(0, len(sample.text)), max_size=6, unique=True))
    ends = iter(sorted(places))
    edits = [
        Edit(start, end, data.draw(st.sampled_from(["", " ", "<>"])))
        for start, end in zip(ends, ends, strict=False)
    ]
    edited = edit(sample, edits)
    cut = {place for one in edits for place in range(one.start, one.end)}
    rest = [
        "".join(sample.text[at] for at in range(span.start, span.end) if at not in cut)
        for span in sample.spans
    ]
    if edited is None:
        assert any(not one.strip() for one in rest)
        return
    for span, old in zip(edited.spans, rest, strict=True):
        surface = span.surface(edited.text)
        assert surface == surface.strip() != ""
        assert letters(surface) == letters(old)
    assert edited.tokens == tuple(sorted(edited.tokens or ()))


def test_what_is_inserted_at_an_edge_stays_outside():
    sample = Sample("Ann.", (CharSpan(0, 3, "P"),))
    edited = edit(sample, [Edit(0, 0, "( "), Edit(3, 3, " )")])
    assert edited is not None
    assert (edited.text, edited.spans[0].surface(edited.text)) == ("( Ann ).", "Ann")


STYLES = st.builds(
    Style,
    lower=st.booleans(),
    marks=st.sampled_from(["keep", "none", "spaced"]),
    possessive=st.booleans(),
    final=st.sampled_from([None, True, False]),
    final_mark=st.sampled_from(["", "."]),
)


@settings(deadline=None)
@given(samples(), STYLES)
def test_style_keeps_spans_on_their_words(sample, style):
    styled = style.apply(sample)
    surfaces = [letters(span.surface(sample.text)) for span in sample.spans]
    if styled is None:
        assert "" in surfaces
        return
    assert letters(styled.text) == letters(sample.text)
    found = [span.surface(styled.text) for span in styled.spans]
    assert [letters(surface) for surface in found] == surfaces
    assert all(surface == surface.strip() != "" for surface in found)


@settings(deadline=None)
@given(samples(), STYLES)
def test_a_style_applied_again_changes_nothing(sample, style):
    styled = style.apply(sample)
    if styled is not None and styled.text.strip():
        assert style.apply(styled) == styled


def styled(gold: list[str], text: str, surface: str) -> tuple[str, str]:
    start = text.index(surface)
    sample = Sample(text, (CharSpan(start, start + len(surface), "A"),))
    (found,) = StyleCheck(Style.of([Sample(one) for one in gold], length_slack=9))([sample])
    assert isinstance(found, Sample)
    return found.text, found.spans[0].surface(found.text)


QUERIES = ["show me films by ann lee", "whats the plot of alien", "who is in it"]
NEWS = ["Ann Lee , 30 , won .", "\" It 's Bob 's , \" he said .", "Rain ( and snow ) fell ."]
PLAIN = ["Ann Lee, 30, won.", "It's Bob's, he said.", "Rain (and snow) fell."]


@pytest.mark.parametrize(
    ("gold", "text", "surface", "expected", "expected_surface"),
    [
        (QUERIES, 'What\'s in "Alien 3"?', "Alien 3", "whats in alien 3", "alien 3"),
        (QUERIES, "Any sci-fi, by J.K. Ann?", "J.K. Ann", "any sci fi by j k ann", "j k ann"),
        (NEWS, "Ann's U.S. film, Alien.", "Alien", "Ann 's U.S. film , Alien .", "Alien"),
        (NEWS, 'Is "Alien" (a sci-fi) out', "Alien", 'Is " Alien " ( a sci-fi ) out .', "Alien"),
        (PLAIN, "Ann saw Alien", "Alien", "Ann saw Alien.", "Alien"),
        (["A b c?", "A.", "D e"], "Ann saw Alien!", "Alien", "Ann saw Alien!", "Alien"),
        (["Ann: b", "Bob, c"], "Ann saw Alien!", "Alien", "Ann saw Alien", "Alien"),
        (["北京很大。", "东京也大。"], "我去北京", "北京", "我去北京。", "北京"),
    ],
)  # fmt: skip
def test_styles_learnt_from_gold(gold, text, surface, expected, expected_surface):
    assert styled(gold, text, surface) == (expected, expected_surface)


def test_length():
    check = StyleCheck(Style.of([Sample("a b c d"), Sample("a b c d e f")], length_slack=2))
    out = list(check([Sample("a"), Sample("a b"), Sample("a " * 12), Sample("a " * 13)]))
    assert [one.reason if isinstance(one, Reject) else "" for one in out] == [
        "too short", "", "", "too long",
    ]  # fmt: skip


def test_a_span_of_punctuation_is_rejected():
    check = StyleCheck(Style(marks="none"))
    (found,) = check([Sample("a ! b", (CharSpan(2, 3, "A"),))])
    assert isinstance(found, Reject) and found.reason == "span of punctuation only"


def test_no_gold():
    with pytest.raises(FewnerError, match="must hold a text"):
        Style.of([Sample(" ")])
