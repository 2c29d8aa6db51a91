"""The benchmark's own tools: store, summary, decoding of the peers, folds."""

import pytest

from benchmarks.accuracy import _page
from benchmarks.datasets import (
    FIVE_SHOT,
    NAMES,
    Sentence,
    load,
    read_split,
    to_char_spans,
    to_sample,
)
from benchmarks.peers.bio import spans_of
from benchmarks.peers.tune import folds, grid
from benchmarks.scoring import scores
from benchmarks.store import Key, Store, recipe_hash
from benchmarks.summary import summary
from spacy_fewner.errors import FewnerError


def test_store_survives_a_cut_line(tmp_path):
    s = Store(tmp_path / "a" / "r.jsonl")
    k = Key("d", "e", "bio", 0, recipe_hash({"a": 1, "b": 2}))
    assert recipe_hash({"b": 2, "a": 1}) == k.recipe and k not in s
    s.append(k, {"f1": 0.5, "recipe": {"a": 1, "b": 2}})
    assert k in s
    with s.path.open("a") as f:
        f.write('{"key": {"dataset": "d"')  # killed mid-write
    k2 = Key("d", "e", "bio", 1, k.recipe)
    assert k2 not in s
    s.append(k2, {"f1": 0.6, "recipe": {}})
    assert [r["key"] for r in s.rows()] == [k, k2]


def test_summary_shows_means_and_gaps(tmp_path):
    s = Store(tmp_path / "r.jsonl")
    for d in ("x", "y"):
        for seed in range(3):
            s.append(Key(d, "m", "bio", seed, "old"), {"f1": 0.1})
            s.append(Key(d, "m", "bio", seed, "h"), {"f1": 0.5 + 0.01 * seed})
            s.append(Key(d, "m", "fewner", seed, "h"), {"f1": 0.6 + 0.01 * seed})
    s.append(Key("x", "m", "spacy_ner", 0, "h"), {"f1": 0.9})
    t = summary(s.rows())
    assert "| bio | 51.0 ± 1.0 | 51.0 ± 1.0 | 51.0 ± 1.0 |" in t
    assert "| spacy_ner | 90.0 (1 of 3 seeds) | – | – |" in t
    assert "| ours − best peer | -29.0 | +10.0 | +10.0 |" in t


def test_a_recipe_measured_with_fewer_seeds_does_not_hide_a_full_one(tmp_path):
    s = Store(tmp_path / "r.jsonl")
    for seed in range(3):
        s.append(Key("x", "m", "fewner", seed, "old"), {"f1": 0.5})
    s.append(Key("x", "m", "fewner", 0, "new"), {"f1": 0.9})
    assert "| fewner | 50.0 ± 0.0 |" in summary(s.rows())


def test_five_shot_data_have_a_table_of_their_own(tmp_path):
    s = Store(tmp_path / "r.jsonl")
    how = {"command": "c"}
    for seed in range(3):
        s.append(Key("mit_movie", "m", "bio", seed, "h"), {"f1": 0.5})
    assert "Five examples" not in _page(s, how)
    for seed in range(10):
        s.append(Key("wnut17_5shot", "m", "bio", seed, "h"), {"f1": 0.25})
    page = _page(s, how)
    assert "| m: strict F1 | mit_movie | average |" in page
    assert "| m: strict F1 | wnut17_5shot | average |" in page
    assert "| bio | 25.0 ± 0.0 | 25.0 ± 0.0 |" in page


@pytest.mark.parametrize(("name", "seed"), [("wnut17_5shot", 10), ("wnut17_5shot", -1), ("x", 0)])
def test_no_such_data_set_or_seed(name, seed):
    with pytest.raises(FewnerError):
        load(name, seed)


def test_data_that_are_absent_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("FEWNER_DATA", str(tmp_path))
    with pytest.raises(FewnerError, match="wnut17_5shot/train_3"):
        load("wnut17_5shot", 3)


def test_five_shot_training_sets(published):
    published("wnut17_5shot"), published("mit_movie")
    samples = {name: [load(name, seed)[0] for seed in (0, 1)] for name in FIVE_SHOT}
    assert all(first != second for first, second in samples.values())
    assert all(len(one) == 30 for one in samples["wnut17_5shot"])
    for train in samples["mit_movie_5"]:
        labels = [span.label for sentence in train for span in sentence.spans]
        assert min(map(labels.count, labels)) >= 5


def test_bio_decoding():
    assert spans_of(["B-a", "I-a", "I-b", "O", "I-b", "B-b"]) == [
        (0, 2, "a"),
        (2, 3, "b"),
        (4, 5, "b"),
        (5, 6, "b"),
    ]


def test_offsets_of_the_data_sets(published):
    for n in NAMES:
        published(n)
        for row in read_split(n, "train")[:200]:
            for ts, cs in zip(row.spans, to_char_spans(row.tokens, row.spans), strict=True):
                assert row.text[cs.start : cs.end] == " ".join(row.tokens[ts.start : ts.end])
            smp = to_sample(row)
            assert [smp.text[a:b] for a, b in smp.tokens] == list(row.tokens)
            assert scores([row], [row.spans])["f1"] == (1 if row.spans else 0)


def test_grid_and_folds():
    assert grid(["lr=1e-4,2e-4", "x=spancat"]) == [
        {"lr": 1e-4, "x": "spancat"},
        {"lr": 2e-4, "x": "spancat"},
    ]
    f = folds([Sentence((str(i),), ()) for i in range(10)], 3)
    assert sorted(s.tokens for _, h in f for s in h) == sorted((str(i),) for i in range(10))
    assert all(not set(a) & set(b) for a, b in f)
