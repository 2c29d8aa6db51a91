"""Which texts come when."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.pretraining.drawing import Drawing, parts_of

SIZES = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9), min_size=1)


def run(drawing: Drawing, steps: range, n: int = 2) -> list[tuple[str, list[int]]]:
    return [drawing.draw(np.random.default_rng([7, step]), n) for step in steps]


@given(sizes=SIZES, steps=st.integers(1, 40), seed=st.integers(0, 5))
def test_each_text_comes_once_before_any_comes_again(sizes: dict[str, int], steps: int, seed: int):
    drawing = Drawing(sizes, {}, seed)
    came: dict[str, list[int]] = {name: [] for name in sizes}
    for name, places in run(drawing, range(steps)):
        came[name] += places
    for name, places in came.items():
        size = sizes[name]
        rounds = [places[at : at + size] for at in range(0, len(places), size)]
        assert all(sorted(one) == list(range(size)) for one in rounds[:-1])
        assert all(len(set(one)) == len(one) for one in rounds)


@given(sizes=SIZES, stop=st.integers(0, 30), seed=st.integers(0, 5))
def test_it_goes_on_from_what_was_drawn(sizes: dict[str, int], stop: int, seed: int):
    whole = run(Drawing(sizes, {}, seed), range(30))
    first, second = Drawing(sizes, {}, seed), Drawing(sizes, {}, seed)
    run(first, range(stop))
    second.drawn.update(first.drawn)
    assert run(second, range(stop, 30)) == whole[stop:]


def test_shares_and_sizes():
    def counts(shares: dict[str, float]) -> Counter[str]:
        return Counter(
            name for name, _ in run(Drawing({"a": 100, "b": 400}, shares, 0), range(900))
        )

    plain = counts({})
    assert 1.6 < plain["b"] / plain["a"] < 2.5  # the root of the sizes
    assert 0.8 < counts({"a": 2.0})["b"] / counts({"a": 2.0})["a"] < 1.25


def test_two_seeds_have_two_orders():
    orders = [run(Drawing({"a": 30}, {}, seed), range(15)) for seed in (0, 1)]
    assert orders[0] != orders[1]


def test_a_batch_in_groups():
    assert parts_of(20, 8) == [8, 8, 4] and parts_of(4, 8) == [4]
