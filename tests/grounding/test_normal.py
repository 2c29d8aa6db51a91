"""Normal form, offset map and the places where a mention may begin and end."""

import unicodedata
from itertools import pairwise

import pytest
from grounding_strategies import TEXTS
from hypothesis import given, settings

from spacy_fewner.grounding.boundaries import Boundaries
from spacy_fewner.grounding.normal import fold, normalize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İstanbul", "istanbul"),
        ("I\u0307stanbul", "ISTANBUL"),
        ("Diyarbakır", "Diyarbakir"),
        ("café", "CAFE\u0301"),
        ("e\u0323\u0302", "ê\u0323"),
        ("straße", "STRASSE"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("ﬁne", "fine"),
        ("ＡＢＣ１", "abc1"),
        ("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
        ("“it’s”", '"it\'s"'),
        ("a–b—c", "a-b-c"),
        ("a\u00a0\t\n b", "a b"),
        ("\u200fשלום\u200f", "שלום"),
        ("❤\ufe0f", "❤"),
        ("so\u00adft", "soft"),
    ],
)
def test_what_is_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("cafe", "café"), ("ab", "a b"), ("北京", "北")])
def test_what_is_not_the_same(one, other):
    assert fold(one) != fold(other)


@settings(deadline=None)
@given(TEXTS)
def test_each_character_has_an_origin_in_order(text):
    form = normalize(text)
    assert len(form.text) == len(form.origins)
    assert list(form.origins) == sorted(form.origins)
    assert all(0 <= origin < len(text) for origin in form.origins)


@settings(deadline=None)
@given(TEXTS)
def test_a_normal_form_stays_as_it_is(text):
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(TEXTS)
def test_composed_and_decomposed_text_are_the_same(text):
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


def split(text: str) -> list[str]:
    """The text cut wherever a mention may both begin and end."""
    edges = Boundaries(text)
    cuts = [at for at in range(len(text) + 1) if edges.starts[at] and edges.ends[at]]
    return [text[one:other] for one, other in pairwise(cuts)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("don't", ["don", "'", "t"]),
        ("cafe\u0301s x", ["cafe\u0301s", " ", "x"]),
        ("北京ab", ["北", "京", "ab"]),
        ("👩‍👩‍👧👩", ["👩‍👩‍👧", "👩"]),
        ("👍🏽!", ["👍🏽", "!"]),
        ("🇨🇭🇩🇪", ["🇨🇭", "🇩🇪"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("", []),
    ],
)
def test_words_and_graphemes_stay_whole(text, pieces):
    assert split(text) == pieces


def test_in_hangul_a_mention_may_end_but_not_begin_inside_a_word():
    edges = Boundaries("서울에서")
    assert list(edges.ends) == [1, 1, 1, 1, 1]
    assert list(edges.starts) == [1, 0, 0, 0, 1]
