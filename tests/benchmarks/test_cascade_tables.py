"""What the benchmark of the cascade does to trees, and how it shows its cells."""

import pytest

from benchmarks.cascade_data import held_out_types, names_only, shuffled, without_types
from benchmarks.cascade_page import page
from benchmarks.store import Key
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.types import CharSpan, Sample

RECORDS = [
    {"id": "person", "description": "who"},
    *({"id": f"person/{n}", "description": f"who {n}"} for n in "abcd"),
    {"id": "person/other", "description": "any other", "catch_all": True},
    {"id": "place", "description": "where"},
    *({"id": f"place/{n}", "description": f"where {n}"} for n in "ab"),
]
TREE = tree_of(RECORDS)


@pytest.mark.parametrize("seed", range(20))
def test_a_third_of_the_types_is_held_out_where_there_are_enough(seed):
    unseen = held_out_types(TREE, seed)
    assert len(unseen) == 2 and unseen < {f"person/{n}" for n in "abcd"}


def test_no_parent_loses_all_its_types():
    flat = tree_of([{"id": "a"}, {"id": "a/b"}, {"id": "c"}, {"id": "c/d"}])
    assert held_out_types(flat, 0) == set()


def test_every_leaf_gets_the_definition_of_another_one():
    turned = shuffled(TREE, 0)
    assert tuple(turned) == tuple(TREE) and turned.catch_alls == TREE.catch_alls
    assert all(turned[leaf].description != TREE[leaf].description for leaf in TREE.leaves)
    assert turned["person"].description == "who"
    told = sorted(turned[leaf].description for leaf in TREE.leaves)
    assert told == sorted(TREE[leaf].description for leaf in TREE.leaves)
    assert {names_only(TREE)[path].description for path in TREE} == {""}


def test_spans_of_held_out_types_are_taken_out():
    sample = Sample("ab", (CharSpan(0, 1, "person/a"), CharSpan(1, 2, "place/a")))
    assert without_types([sample], {"person/a"}) == [Sample("ab", (CharSpan(1, 2, "place/a"),))]


def rates(f1):
    return {"p": f1, "r": f1, "f1": f1}


def row(system, seed, recipe="new", **found):
    return {"key": Key("fewnerd", "minilm", system, seed, recipe), **found}


def test_the_page_shows_means_of_the_latest_recipe():
    levels = {"extraction": rates(0.5), "level 1": rates(0.4), "level 2": rates(0.3)}
    better = {"extraction": rates(0.7), "level 1": rates(0.6), "level 2": rates(0.5)}
    gold = {"gold_spans": {"level 1": 0.8, "level 2": 0.6}}
    rows = [
        row("flat", 0, "old", **{**levels, "extraction": rates(0.1)}),
        row("flat", 0, **levels),
        row("flat", 1, **better),
        row("cascade", 0, **levels, **gold),
        row("zero-shot", 0, zero_shot={"name only": 0.25}),
    ]
    text = page(rows, {"command": "run"})
    assert "| flat | 2 | 50.0 ± 14.1 | 40.0 ± 14.1 |" in text
    assert "| cascade | 1 | 40.0 | 30.0 | 50.0 | 50.0 | 50.0 |" in text
    assert "| cascade | 1 | 80.0 | 60.0 |" in text
    assert "| name only | 1 | 25.0 | – |" in text
    assert "- MISSED: fine level, cascade ahead of flat: 30.0 against 40.0" in text
    assert text.endswith("- command: run\n")
