"""The threshold, and scores without examples, on dev sets."""

from pathlib import Path
from typing import Any

import pytest
from pretraining_helpers import LABELS, TINY, marked, small_scheme

from spacy_fewner.pretraining.output.zero_shot import Found, choose
from spacy_fewner.pretraining.run import pretrain
from spacy_fewner.pretraining.schemes import OpenLabel, Scheme
from spacy_fewner.spans.open.start import read_start
from spacy_fewner.types import CharSpan

SETTINGS: dict[str, Any] = {**TINY, "passes": 40.0, "learn_rate": 5e-3, "progress": False}


def dev_set(name: str = "dev", **labels: OpenLabel) -> Scheme:
    texts = ["[Gus:person] and [Hal:person] went to [Rome:place]", "[Ivy:person] went to Oslo"]
    return Scheme(name, [marked(one) for one in texts], {**LABELS, **labels})


def found(dev: Scheme, scores: list[tuple[int, int, str, float]]) -> Found:
    return Found(dev, [[CharSpan(*one) for one in scores], []])


def test_one_threshold_for_the_mean_of_all_sets():
    first = found(dev_set("a"), [(0, 3, "person", 0.9), (8, 11, "person", 0.62)])
    second = found(dev_set("b"), [(0, 3, "person", 0.9), (4, 7, "person", 0.72)])
    assert choose([first]) == 0.6
    assert choose([second]) == 0.9
    # one more right for the first is worth more than one wrong for the second, but not for five
    assert choose([first, second]) == 0.6
    assert choose([first, *[second] * 5]) == 0.9


def test_spans_lie_in_each_other_only_where_the_dev_set_has_such():
    candidates = [(0, 3, "person", 0.9), (0, 7, "place", 0.8)]
    flat = found(dev_set(), candidates)
    assert flat.scores(0.5).micro.fp == 0
    inner = marked("[Gus:person] and").spans
    nested = Scheme("n", [marked("Gus and"), marked("x")], LABELS)
    sample = nested.samples[0]
    both = Scheme("n", [type(sample)("Gus and", (*inner, CharSpan(0, 7, "place"))), sample], LABELS)
    assert found(both, candidates).scores(0.5).micro.tp == 2


@pytest.fixture(scope="module")
def trained(tiny_base: str, tmp_path_factory: pytest.TempPathFactory):
    dev = dev_set(ship=OpenLabel(("ship",), ("A vessel.",)))
    folder = tmp_path_factory.mktemp("trained") / "start"
    return pretrain([small_scheme(n=24)], folder, dev=[dev], encoder=tiny_base, **SETTINGS)


def test_scores_and_threshold_are_kept_in_the_start(trained):
    start = read_start(str(trained.folder))
    about = start.about["zero_shot"]
    (name,) = about["sets"]
    one = about["sets"][name]
    assert name == "dev" and one["texts"] == 2 and one["labels"] == 3 and one["defined"] == 3
    assert one["seen"]["labels"] == ["person", "place"]
    assert one["unseen"]["labels"] == ["ship"] and one["unseen"]["spans"] == 0
    assert one["all"]["spans"] == one["seen"]["spans"] == 4
    assert one["all"]["f"] == about["mean_f"] > 0
    assert start.threshold == trained.start.threshold and 0.05 <= start.threshold <= 0.99
    assert trained.counts["in_held_out"] == 0
    assert {"person", "somebody", "town"} <= set(start.about["names"])
    assert "ship" not in start.about["names"]


def test_scores_do_not_touch_what_was_learnt(trained, tiny_base: str, tmp_path: Path):
    bare = pretrain([small_scheme(n=24)], tmp_path / "bare", encoder=tiny_base, **SETTINGS)
    weights = [(one.folder / "weights.safetensors").read_bytes() for one in (bare, trained)]
    assert weights[0] == weights[1]
    assert "zero_shot" not in bare.start.about and bare.start.threshold == 0.3
    assert {path.name for path in trained.folder.iterdir()} == {
        "README.md",
        "start.json",
        "weights.safetensors",
    }
