"""The ladder: which rung finds what, and where."""

import time

import pytest
from grounding_strategies import SURFACES, TEXTS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spacy_fewner.grounding.boundaries import Boundaries
from spacy_fewner.grounding.ladder import Ladder, find
from spacy_fewner.grounding.normal import fold


def found(surface: str, text: str) -> list[tuple[str, str]]:
    return [(text[match.start : match.end], match.rung) for match in find(surface, text)]


@pytest.mark.parametrize(
    ("surface", "text", "expected"),
    [
        ("Ann", "Ann and Anna, ANN", [("Ann", "exact")]),
        (" Ann ", "Ann", [("Ann", "exact")]),
        ("ann", "Ann and ANN", [("Ann", "normalised"), ("ANN", "normalised")]),
        ("Istanbul", "İstanbul'da", [("İstanbul", "normalised")]),
        ("Café", "un CAFE\u0301", [("CAFE\u0301", "normalised")]),
        ("cafe", "un cafe\u0301", []),
        ("don't", "I don’t", [("don’t", "normalised")]),
        ("New York", "new  \nyork", [("new  \nyork", "normalised")]),
        ("❤ love", "❤️ love", [("❤️ love", "normalised")]),
        ("fin", "ﬁn ﬁne", [("ﬁn", "normalised")]),
        ("the Matrix", "see matrix now", [("matrix", "stripped")]),
        ('"Alien".', "see Alien.", [("Alien", "stripped")]),
        ("l'Oréal", "chez Oréal", [("Oréal", "stripped")]),
        ("Spider Man", "see spider-man!", [("spider-man", "tokens")]),
        ("viewers' rating", "viewers ’ rating", [("viewers ’ rating", "tokens")]),
        ("Tom Hanks", "Tom and Hanks", []),
        ("one two three four five six seven eight nine ten",
         "so one two three four 5 six seven eight nine ten.",
         [("one two three four 5 six seven eight nine ten", "tokens")]),
        ("one two three four five six seven", "one two three 4 five six seven", []),
        ("pg", "PG", []),
        ("PG", "PG-13 PG", [("PG", "exact"), ("PG", "exact")]),
        ("the X", "X x", [("X", "stripped")]),
        ("C++", "C and C++", [("C++", "exact")]),
        ("C++", "only C", []),
        ("北京", "在北京大学，北京", [("北京", "exact"), ("北京", "exact")]),
        ("서울", "서울에서 대서울", [("서울", "exact")]),
        ("שלום", "\u200fשלום\u200f עולם", [("שלום", "exact")]),
        ("👩", "👩‍👩‍👧 👩", [("👩", "exact")]),
        ("🇩🇪", "🇨🇭🇩🇪", [("🇩🇪", "exact")]),
        ("", "a", []),
        ("  ", "a  b", []),
        ("?!", "ab", []),
    ],
)  # fmt: skip
def test_rungs(surface, text, expected):
    assert found(surface, text) == expected


@settings(deadline=None)
@given(SURFACES, TEXTS)
@example("fi", "ﬁ")
@example("\u0301", "e\u0301")
def test_what_is_found_is_whole_words_in_order_and_truly_the_surface(surface, text):
    edges, position = Boundaries(text), 0
    for match in find(surface, text):
        piece = text[match.start : match.end]
        assert piece and piece == piece.strip()
        assert edges.starts[match.start] and edges.ends[match.end]
        assert match.start >= position
        position = match.end
        if match.rung == "exact":
            assert piece == surface.strip()
        elif match.rung == "normalised":
            assert fold(piece) == fold(surface)
        elif match.rung == "stripped":
            assert fold(piece) in fold(surface)


@settings(deadline=None)
@given(st.lists(SURFACES.filter(str.strip), min_size=1, max_size=4))
def test_what_stands_between_spaces_is_found(surfaces):
    text = " | ".join(surfaces)
    for surface in surfaces:
        edges = Boundaries(text)
        at = text.index(surface.strip())
        if edges.starts[at] and edges.ends[at + len(surface.strip())]:
            assert find(surface, text)[0].rung == "exact"


def test_what_would_take_all_memory_is_given_up():
    ladder = Ladder("a " * 50_000)
    assert ladder.find("a") == () and ladder.exhausted
    assert not Ladder("a b").exhausted


@pytest.mark.parametrize("filler", ["a", "a ", "一", "a-b ", "[", "ab c"])
@pytest.mark.parametrize("joiner", ["", " "])
def test_time_stays_bounded(filler, joiner):
    """100 KB of text and 1,000 surfaces made to match nearly everywhere."""
    ladder = Ladder(filler * (100_000 // len(filler)))
    started = time.process_time()
    for length in range(1, 1001):
        ladder.find((filler.strip() + joiner) * length)
    assert time.process_time() - started < 5  # 0.1 to 0.5 s; hours when quadratic


def test_thousands_of_surfaces_that_are_nowhere_are_given_up():
    ladder = Ladder("a b c d e f g h i " * 20_000)
    started = time.thread_time()
    for number in range(8000):
        assert ladder.find(f"i a b x{number} c") == ()
    assert ladder.exhausted and time.thread_time() - started < 10
