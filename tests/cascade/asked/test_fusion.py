"""One set of spans from several rounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.cascade.asked.fusion import fuse
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan

SPANS = st.builds(
    lambda start, length, label: CharSpan(start, start + length, label),
    st.integers(0, 20), st.integers(1, 8), st.sampled_from(["a", "b"]),
)  # fmt: skip
ROUNDS = st.lists(st.lists(SPANS, max_size=6), min_size=1, max_size=5)


def spans(*places: tuple[int, int]) -> list[CharSpan]:
    return [CharSpan(start, end, "x") for start, end in places]


def places(fused: list[CharSpan]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in fused]


def test_the_longer_wins_then_votes_then_the_first():
    assert places(fuse([spans((0, 3)), spans((0, 3)), spans((0, 8))])) == [(0, 8)]
    assert places(fuse([spans((0, 3), (2, 5)), spans((2, 5))])) == [(2, 5)]
    assert places(fuse([spans((2, 5), (0, 3))])) == [(0, 3)]


def test_votes_are_rounds_and_become_scores():
    fused = fuse([spans((0, 3), (0, 3)), spans((0, 3), (5, 6)), []])
    assert [(span.start, span.score) for span in fused] == [(0, 2 / 3), (5, 1 / 3)]
    assert places(fuse([spans((0, 3)), spans((0, 3), (0, 8))], min_votes=2)) == [(0, 3)]
    with_labels = [[CharSpan(0, 1, "b")], [CharSpan(0, 1, "a")], [CharSpan(0, 1, "b")]]
    assert [span.label for span in fuse(with_labels)] == ["b"]
    assert fuse([]) == []


@given(ROUNDS, st.integers(1, 5), st.booleans(), st.randoms())
def test_fusion(rounds, min_votes, nested, rng):
    min_votes = min(min_votes, len(rounds))
    fused = fuse(rounds, min_votes=min_votes, nested=nested)
    votes = {
        place: sum(place in places(one) for one in rounds)
        for place in {place for one in rounds for place in places(one)}
    }
    enough = {place for place, count in votes.items() if count >= min_votes}
    assert places(fused) == sorted(set(places(fused)))
    assert set(places(fused)) <= enough
    assert [span.score for span in fused] == [votes[place] / len(rounds) for place in places(fused)]
    if nested:
        assert set(places(fused)) == enough
    else:
        expected: list[tuple[int, int]] = []  # the rule, word for word
        for start, end in sorted(enough, key=lambda at: (at[0] - at[1], -votes[at], at[0])):
            if all(end <= other[0] or other[1] <= start for other in expected):
                expected.append((start, end))
        assert places(fused) == sorted(expected)
    rng.shuffle(rounds)
    assert fuse(rounds, min_votes=min_votes, nested=nested) == fused


@pytest.mark.parametrize("min_votes", [0, -1, 3])
def test_votes_that_cannot_be(min_votes):
    with pytest.raises(FewnerError, match="from 1 to the number of rounds, 2"):
        fuse([spans((0, 1)), []], min_votes=min_votes)


@pytest.mark.parametrize("place", [(1, 1), (3, 2), (-1, 2)])
def test_spans_that_cannot_be(place):
    with pytest.raises(FewnerError, match="a character at least"):
        fuse([spans(place)])
