"""Mixes of gold and synthetic text."""

from collections import Counter

import pytest

from spacy_fewner.corpus.mix import Source, mix
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import Sample

GOLD = Source("gold", [Sample(f"g{number}") for number in range(5)], repeat=3)
MADE = [Sample(f"s{number}", weight=0.5, meta={"stage": "x"}) for number in range(100)]


def test_weights_repeats_and_origin():
    mixed = mix([GOLD, Source("made", MADE, weight=0.4, limit=20)])
    assert Counter(sample.meta["source"] for sample in mixed) == {"gold": 15, "made": 20}
    assert {sample.weight for sample in mixed if sample.meta["source"] == "made"} == {0.2}
    assert {sample.weight for sample in mixed if sample.meta["source"] == "gold"} == {1.0}
    assert set(Counter(s.text for s in mixed if s.text[0] == "g").values()) == {3}
    assert MADE[0].meta == {"stage": "x"}


def test_choice_follows_the_seed_and_grows_with_the_limit():
    def chosen(limit: int | None, seed: int) -> set[str]:
        return {sample.text for sample in mix([Source("made", MADE, limit=limit)], seed)}

    assert chosen(10, 1) == chosen(10, 1) != chosen(10, 2)
    assert chosen(10, 1) < chosen(30, 1) < chosen(None, 1)
    assert mix([GOLD], 3) == mix([GOLD], 3) != mix([GOLD], 4)
    assert [sample.text for sample in mix([GOLD], shuffle=False)][:4] == ["g0"] * 3 + ["g1"]


@pytest.mark.parametrize("setting", [{"weight": -1}, {"repeat": 0}, {"limit": -1}])
def test_bad_settings(setting):
    with pytest.raises(FewnerError):
        Source("x", [], **setting)
    with pytest.raises(FewnerError, match="names of their own"):
        mix([GOLD, GOLD])
