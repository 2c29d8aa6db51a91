"""Windows cover every piece, whatever the words."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.encoders.inputs.windows import StridedWindows, plan_windows
from spacy_fewner.errors import FewnerError


@st.composite
def texts(draw):
    """The word of each piece, and a window setting."""
    word_lengths = draw(st.lists(st.integers(1, 12), max_size=40))
    words = numpy.repeat(numpy.arange(len(word_lengths)), word_lengths)
    window = draw(st.integers(1, 30))
    return words, StridedWindows(window, draw(st.integers(1, window)))


@given(texts())
def test_each_piece_belongs_to_one_window_that_reads_it(text):
    words, settings = text
    windows = plan_windows(words, settings)
    owned = [i for w in windows for i in range(w.own_start, w.own_end)]
    assert owned == list(range(len(words)))
    for window in windows:
        assert window.end - window.start <= settings.window
        assert window.start <= window.own_start <= window.own_end <= window.end


@given(texts())
def test_windows_are_full_when_the_text_is_longer(text):
    words, settings = text
    windows = plan_windows(words, settings)
    assert len(windows) >= 1
    assert all(w.end - w.start == min(settings.window, len(words)) for w in windows)


@given(st.integers(13, 200), st.integers(0, 400))
def test_short_words_are_read_in_one_window(length, n_words):
    """With an overlap of twice the longest word, a border always finds a word's start."""
    settings = StridedWindows(length, length - 12)
    words = numpy.repeat(numpy.arange(n_words), numpy.arange(n_words) % 6 + 1)
    owners = [w for w in plan_windows(words, settings)]
    seen = [set(words[w.own_start : w.own_end]) for w in owners]
    assert sum(map(len, seen)) == n_words


def test_a_piece_is_read_where_it_has_more_context():
    first, second = plan_windows(numpy.arange(14), StridedWindows(10, 4))
    assert (first.start, first.end, second.start, second.end) == (0, 10, 4, 14)
    assert first.own_end == second.own_start == 7


def test_fitting_keeps_the_overlap_share():
    assert StridedWindows(256, 192).fitted(128) == StridedWindows(128, 96)
    assert StridedWindows(256, 192).fitted(512) == StridedWindows(256, 192)
    assert StridedWindows(256, 1).fitted(2) == StridedWindows(2, 1)


@pytest.mark.parametrize(("window", "stride"), [(0, 1), (8, 0), (8, 9)])
def test_impossible_windows_are_refused(window, stride):
    with pytest.raises(FewnerError):
        StridedWindows(window, stride)
