"""What is written of, how often, and which classes are near one another."""

from collections import Counter

import numpy as np
import pytest
from class_seeds import CLASS_SEEDS, CLASSES, classed
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.errors import FewnerError
from spacy_fewner.synthesis.classes.groups import Group, by_class, groups_of, schema_of, shares
from spacy_fewner.synthesis.classes.nearness import nearest
from spacy_fewner.synthesis.classes.plans import GroupPlanner, Scheme
from spacy_fewner.synthesis.labels import LabelNames
from spacy_fewner.types import LabelSpec, Sample, Schema

TREE = Schema(
    tuple(LabelSpec(f"{path}") for path in ("sport", "sport/football", "sport/chess", "politics"))
)


def group(*ids: str, seeds: int) -> Group:
    return Group(ids, tuple(classed(f"{ids} {n}", *ids) for n in range(seeds)))


def test_groups_are_what_occurs_together_in_the_order_of_the_schema():
    seeds = [*CLASS_SEEDS, classed("Mended and tuned.", "tuning", "repair"), Sample("no class")]
    found = groups_of(seeds, CLASSES)
    assert [(one.ids, len(one.seeds)) for one in found] == [
        (("repair",), 3),
        (("repair", "tuning"), 1),
        (("tuning",), 2),
        (("offer",), 1),
    ]


def test_a_class_above_another_in_a_tree_goes_with_it():
    paths = (LabelSpec("sport/chess"), LabelSpec("sport", "of any kind"), LabelSpec("politics"))
    seeds = [classed("x", "sport", "sport/chess"), classed("y", "politics")]
    (found, *rest) = groups_of(seeds, Schema(paths))
    assert found.ids == ("sport/chess",)
    assert [one.ids for one in rest] == [("sport",), ("politics",)]


def test_scores_below_one_half_hold_no_class():
    seeds = [Sample("x", cats={"a": 0.4, "b": 0.6}), Sample("y", cats={"a": 0.0})]
    assert schema_of(seeds).ids == ("b",)
    assert [one.ids for one in groups_of(seeds, schema_of(seeds))] == [("b",)]


def test_a_class_needs_an_example_or_a_description():
    told = Schema((LabelSpec("repair"), LabelSpec("tuning"), LabelSpec("offer", "a price")))
    assert groups_of(CLASS_SEEDS[:5], told)[-1] == Group(("offer",))
    with pytest.raises(FewnerError, match="offer, which has neither"):
        groups_of(CLASS_SEEDS[:5], Schema((*told.labels[:2], LabelSpec("offer", " "))))
    with pytest.raises(FewnerError, match=r"must have the classes of the examples.*'offer'"):
        groups_of(CLASS_SEEDS, Schema(told.labels[:2]))


def test_classes_come_level_those_with_the_fewest_texts_first():
    groups = [group("a", seeds=7), group("b", seeds=2), group("c", seeds=0)]
    assert shares(groups, 4) == {("a",): 0, ("b",): 1, ("c",): 3}
    assert shares(groups, 12) == {("a",): 0, ("b",): 5, ("c",): 7}


def test_classes_that_occur_together_are_written_together():
    groups = [group("a", seeds=3), group("a", "b", seeds=1), group("b", seeds=9)]
    wanted = shares(groups, 20)
    assert wanted[("a",)] > wanted[("a", "b")] > 0


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9), st.integers(0, 60))
def test_shares_add_up_and_level(counts: list[int], size: int):
    groups = [group(f"class {n}", seeds=seeds) for n, seeds in enumerate(counts)]
    wanted = [*shares(groups, size).values()]
    assert sum(wanted) == size
    after = [seeds + more for seeds, more in zip(counts, wanted, strict=True)]
    written = [total for total, more in zip(after, wanted, strict=True) if more]
    assert not written or max(written) - min(after) <= 1


def test_near_are_classes_with_the_same_words_and_siblings_first():
    schema = Schema((LabelSpec("x"), LabelSpec("y"), LabelSpec("z")))
    seeds = {
        "x": [classed("a torn pallet", "x")],
        "y": [classed("what will it cost", "y")],
        "z": [classed("the pallet was torn", "z")],
    }
    assert nearest(schema, seeds, None)["x"] == ["z", "y"]
    found = nearest(TREE, {"sport/football": [classed("politics", "sport/football")]}, None)
    assert found["sport/football"] == ["sport/chess", "politics"]  # not the class above it
    assert found["sport"] == ["politics"]


def test_near_by_an_embedder():
    def embed(texts):
        return np.asarray([[len(text), 1.0] for text in texts], dtype=np.float32)

    schema = Schema((LabelSpec("x"), LabelSpec("y"), LabelSpec("z")))
    seeds = {"x": [classed("a" * 9, "x")], "y": [classed("b", "y")], "z": [classed("c" * 9, "z")]}
    assert nearest(schema, seeds, embed)["x"] == ["z", "y"]


def planner(ids: tuple[str, ...], between: float = 0.5, neighbours: int = 5) -> GroupPlanner:
    groups = groups_of(CLASS_SEEDS, CLASSES)
    near = nearest(CLASSES, by_class(groups), None)
    scheme = Scheme(LabelNames(CLASSES), groups, near, neighbours, between)
    return GroupPlanner(next(one for one in groups if one.ids == ids), scheme, ["lunch"], 0)


def test_some_texts_are_to_be_close_to_a_neighbour():
    near = Counter(plan["near"] for plan in planner(("repair",)).plans(200))
    assert near.keys() == {"", "tuning", "offer"}
    assert 80 < near[""] < 120 and abs(near["tuning"] - near["offer"]) <= 1
    assert {plan["near"] for plan in planner(("repair",), 0.0).plans(50)} == {""}
    assert {plan["near"] for plan in planner(("repair",), 1.0, 0).plans(50)} == {""}


def test_contrast_is_of_other_classes():
    shown = [label for label, _ in planner(("repair",)).contrast(5)]
    assert sorted(shown) == ["offer", "tuning"]
    assert planner(("repair",)).contrast(0) == []
    texts = {text.meta["id"] for _ in range(4) for _, text in planner(("offer",)).contrast(5)}
    assert texts <= {"r1", "r2", "r3", "t1", "t2"}


def test_classes_that_differ_by_case_or_spaces_are_told():
    seeds = [classed("x", "Sports"), classed("y", "sports ")]
    with pytest.raises(FewnerError, match="must differ in more than case"):
        LabelNames(schema_of(seeds))
