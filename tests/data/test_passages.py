"""Long texts in pieces: nothing lost, nothing over the size, cut where a reader would."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spacy_fewner.data import passages as passages_module
from spacy_fewner.data.passages import count_tokens, passages, sections

TEXTS = st.text(st.sampled_from("ab .!?\n#中。文ก\u3000\t\u2028"), max_size=80) | st.text(
    max_size=60
)


def cut(text: str, found: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in found]


@given(text=TEXTS, most=st.integers(1, 12))
@example(text="a" * 50, most=1)
@example(text="中" * 30, most=4)
def test_passages_fit_and_hold_every_character(text: str, most: int):
    found = passages(text, most)
    assert all(count_tokens(one) <= most and one == one.strip() for one in cut(text, found))
    assert "".join("".join(cut(text, found)).split()) == "".join(text.split())
    assert sorted(found) == found


@given(text=TEXTS, most=st.integers(1, 12))
def test_sections_fit_and_hold_every_character(text: str, most: int):
    found = sections(text, most)
    assert all(0 < end - start <= most for start, end in found)
    assert "".join("".join(cut(text, found)).split()) == "".join(text.split())


def test_sections_are_kept_whole_where_they_fit():
    text = "# One\nfirst line\nsecond line\n\n# Two\nthird line."
    assert cut(text, sections(text, 32)) == ["# One\nfirst line\nsecond line", "# Two\nthird line."]


def test_sentences_are_kept_whole_where_they_fit():
    text = 'He said "No." She left. It rained on and on and on.'
    assert cut(text, passages(text, 7)) == [
        'He said "No." She left.',
        "It rained on and on and on.",
    ]


def test_sentences_of_chinese_end_without_a_space():
    text = "他说不行。她走了。下雨了。"
    assert cut(text, passages(text, 9)) == ["他说不行。她走了。", "下雨了。"]


def test_a_text_that_fits_is_one_piece():
    assert passages("  Drew the Oboe. ") == [(2, 16)]
    assert passages(" \n ") == []


def test_a_long_text_is_read_once(monkeypatch: pytest.MonkeyPatch):
    read = []
    tokens = re.compile(passages_module._TOKEN.pattern)

    class Counting:
        def finditer(self, text: str) -> Iterator[re.Match[str]]:
            read.append(len(text))
            return tokens.finditer(text)

    monkeypatch.setattr(passages_module, "_TOKEN", Counting())
    text = "Ada lives in Leeds. " * 500 + "\u4e2d" * 2_000
    passages(text)
    assert sum(read) <= 2 * len(text)


def test_a_text_without_spaces_is_cut_as_well():
    found = passages("x" * 10_000, 10)
    assert max(end - start for start, end in found) <= 200
    assert count_tokens("Donaudampfschifffahrt") == 2
