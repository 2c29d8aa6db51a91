"""The grammar of marked copies: all of them, and nothing else."""

import json
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.cascade.asked.mark_grammar import NESTED, mark_grammar
from spacy_fewner.cascade.asked.marker import Marker, mark
from spacy_fewner.grounding.marked import read_marks
from spacy_fewner.types import CharSpan

MARKER = Marker("@@", "##")
PIECE = re.compile(r'("(?:[^"\\]|\\.)*")|([a-z]\w*)|(\|)')
TEXTS = ("Ann Lee left .", "a-b", "x", "don't", "10km", "東京", ' "\\\n b" ')


def sentences(grammar: str) -> list[str]:
    """All that a grammar of texts, names and alternatives derives."""
    rules = {}
    for line in grammar.strip().split("\n"):
        name, _, body = line.partition(" ::= ")
        rules[name] = list(PIECE.finditer(body))

    def of(name: str) -> list[str]:
        found, begun = [], [""]
        for text, called, bar in (match.groups() for match in rules[name]):
            if bar:
                found, begun = found + begun, [""]
            else:
                ends = [json.loads(text)] if text else of(called)
                begun = [one + end for one in begun for end in ends]
        return found + begun

    return of("root")


def edges(text: str) -> list[tuple[int, int]]:
    """Every span from the beginning of a word to the end of one."""
    words = [m.span() for m in re.finditer(r"[^\W\d_東京]+|\d+|\S", text)]
    return [(a, d) for n, (a, _) in enumerate(words) for _, d in words[n:]]


def flat(spans: tuple[tuple[int, int], ...]) -> bool:
    return all(a[1] <= b[0] or b[1] <= a[0] for a, b in combinations(spans, 2))


@pytest.mark.parametrize("text", TEXTS)
def test_a_flat_grammar_has_each_marking_once(text: str):
    places = edges(text)
    sets = [s for size in range(len(places) + 1) for s in combinations(places, size) if flat(s)]
    expected = [mark(text, [CharSpan(*at, "x") for at in one], MARKER) for one in sets]
    assert sorted(sentences(mark_grammar(text, MARKER, nested=False))) == sorted(expected)


def depth(spans: frozenset[tuple[int, int]]) -> int:
    return max(sum(a <= s and e <= d for a, d in spans) for s, e in spans) if spans else 0


def laminar(spans: tuple[tuple[int, int], ...]) -> bool:
    return all(
        a[1] <= b[0] or b[1] <= a[0] or (a[0] <= b[0] and b[1] <= a[1]) or
        (b[0] <= a[0] and a[1] <= b[1])
        for a, b in combinations(spans, 2)
    )  # fmt: skip


@pytest.mark.parametrize("text", ["Ann Lee left", "a-b", "x"])
def test_a_nested_grammar_has_all_markings_of_its_depth(text: str):
    places = edges(text)
    sets = [frozenset(s) for n in range(len(places) + 1) for s in combinations(places, n)
            if laminar(s)]  # fmt: skip
    expected = {one for one in sets if depth(one) <= NESTED}
    found = [
        read_marks(one, MARKER.opening, MARKER.closing, "x")
        for one in sentences(mark_grammar(text, MARKER, nested=True))
    ]
    assert all(one.text == text and not one.problem for one in found)
    assert {frozenset((s.start, s.end) for s in one.spans) for one in found} == expected


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_text_has_a_grammar_that_grows_with_its_words(text: str):
    grammar = mark_grammar(text, MARKER, nested=False)
    assert len(grammar.split("\n")) <= 4 * len(text) + 2
    plain = re.sub(r'"@@" b\d+x1 \| ', "", grammar)  # no mark is opened
    assert sentences(plain) == [text]
