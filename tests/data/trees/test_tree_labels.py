"""Trees and flat labels; the AnythingNER tree and its data."""

from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_strategies import trees

from spacy_fewner.data import read_samples
from spacy_fewner.data.trees import paths
from spacy_fewner.data.trees.file import read_tree
from spacy_fewner.data.trees.labels import (
    at_level,
    check_samples,
    flat_schema,
    path_of,
    project,
    relabel,
    spacy_labels,
    to_tree,
    tree_from_labels,
    tree_from_schema,
)
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

ANYTHING = Path(__file__).parents[3] / "assets" / "anythingner" / "schema.yaml"


def tree(*ids: str) -> LabelTree:
    return LabelTree(Schema(tuple(map(LabelSpec, ids))))


def sample(*labels: str) -> Sample:
    return Sample("Ann", tuple(CharSpan(0, 3, label) for label in labels))


def labels_of(samples: list[Sample]) -> list[str]:
    return [span.label for one in samples for span in one.spans]


SMALL = tree(
    "person", "person/athlete", "person/other", "place", "place/other", "misc", "misc/misc"
)


@settings(deadline=None)
@given(trees())
def test_flat_and_back(made):
    flat = flat_schema(made)
    assert flat.ids == made.leaves == tuple(spacy_labels(made))
    again = tree_from_schema(flat)
    assert list(again) == list(made)
    assert all(again[path] == made[path] for path in made.leaves)
    for level in range(1, made.depth + 1):
        cut = flat_schema(made, level).ids
        assert {paths.prefix(leaf, level) for leaf in made.leaves} == set(cut)


def test_flat_labels_make_a_tree_of_roots():
    made = tree_from_schema(Schema((LabelSpec("PER", "people"), LabelSpec("LOC"))))
    assert made.roots == made.leaves == ("PER", "LOC") and made["PER"].description == "people"


def test_labels_with_their_parent_in_the_name():
    labels = ["location-GPE", "person-artist/author", "person-other", "event-a/b-c", "DATE", "-x"]
    made = tree_from_labels(labels, "-")
    assert made.tree.roots == ("location", "person", "event", "DATE", "-x")
    assert made.paths["person-artist/author"] == "person/artist-author"
    assert made.paths["event-a/b-c"] == "event/a-b-c"
    assert labels_of(relabel([sample("location-GPE", "ext/POS=X")], made.paths)) == [
        "location/GPE", "ext/POS=X",
    ]  # fmt: skip


def test_label_data_of_spacy_components():
    nlp = spacy.blank("en")
    spancat, ner = nlp.add_pipe("spancat"), nlp.add_pipe("ner")
    for label in ("PERSON", "WORK_OF_ART"):
        spancat.add_label(label)
        ner.add_label(label)
    for component in (spancat, ner):
        assert set(tree_from_labels(component.label_data).tree.roots) == {"PERSON", "WORK_OF_ART"}
    with pytest.raises(FewnerError, match="list of texts"):
        tree_from_labels("PERSON")
    with pytest.raises(FewnerError, match="must differ as paths"):
        tree_from_labels(["a/b", "a-b"])


def test_names_become_paths_of_leaves():
    assert labels_of(to_tree([sample("Athlete", "misc", "ext/x")], SMALL)) == [
        "person/athlete", "misc/misc", "ext/x",
    ]  # fmt: skip
    with pytest.raises(FewnerError, match="person/other or place/other"):
        path_of("other", SMALL)
    with pytest.raises(FewnerError, match="It may be 'person/athlete'"):
        to_tree([sample("atlete")], SMALL)


def test_a_synonym_that_cousins_share_stands_for_neither():
    def called(path: str, *synonyms: str) -> LabelSpec:
        return LabelSpec(path, synonyms=synonyms)

    labels = [
        *(called("team"), called("team/club", "side"), called("team/crew", "hands")),
        *(
            called("body", "frame"),
            called("body/part", "Side", "crew"),
            called("body/rib", "frame"),
        ),
    ]
    made = LabelTree(Schema(tuple(labels)))
    assert path_of("hands", made) == "team/crew"
    assert path_of("crew", made) == "team/crew"  # a name goes before a synonym
    for shared, both in (("side", "team/club or body/part"), ("frame", "body or body/rib")):
        with pytest.raises(FewnerError, match=f"must mean one label of the tree.*{both}"):
            path_of(shared, made)


def test_projection_to_a_level():
    one = sample("person/athlete", "person/other", "place", "ext/x")
    assert labels_of(project([one], SMALL, 1)) == ["person", "place", "ext/x"]
    assert project([one], SMALL, 2) == [one]
    with pytest.raises(FewnerError, match="1 or more"):
        project([one], SMALL, 0)


@settings(deadline=None)
@given(trees(), st.data())
def test_projection_keeps_places_and_lineage(made, data):
    chosen = data.draw(st.lists(st.sampled_from(list(made)), max_size=4))
    spans = tuple(CharSpan(place, place + 1, label) for place, label in enumerate(chosen))
    level = data.draw(st.integers(1, 4))
    (projected,) = project([Sample("x" * 9, spans)], made, level)
    for before, after in zip(spans, projected.spans, strict=True):
        assert (before.start, before.end) == (after.start, after.end)
        assert paths.is_within(before.label, after.label)
        assert paths.depth(after.label) == min(level, paths.depth(before.label))


def test_a_gold_label_outside_the_tree():
    with pytest.raises(FewnerError, match=r"samples\[1\].*person/atlete.*'person/athlete'"):
        check_samples([sample("person"), sample("person/atlete")], SMALL)
    with pytest.raises(FewnerError, match=r"samples\[0\]"):
        project([sample("thing")], SMALL, 1)


def test_at_a_level_only_what_was_said_there_counts():
    labels = ("a/x/deep", "a/y", "b")
    made = tree_from_schema(Schema(tuple(map(LabelSpec, labels))))
    spans = [
        CharSpan(at, at + 1, label)
        for at, label in enumerate(["a", "a/x", "a/x/deep", "a/y", "b", "unknown"])
    ]
    found = {level: at_level([spans], made, level)[0] for level in (1, 2, 3)}
    assert [s.label for s in found[1]] == ["a", "a", "a", "a", "b", "unknown"]
    assert [s.label for s in found[2]] == ["a/x", "a/x", "a/y", "b", "unknown"]
    assert [(s.start, s.label) for s in found[3]] == [
        (2, "a/x/deep"),
        (3, "a/y"),
        (4, "b"),
        (5, "unknown"),
    ]


def test_the_tree_of_anythingner():
    made = read_tree(ANYTHING)
    assert [len(made.level(number)) for number in (1, 2, 3)] == [8, 31, 155]
    assert made.depth == 3 and set(made.level(3)) == set(made.leaves)
    assert all(made[path].description.endswith(".") for path in made)
    for path in made:
        named = paths.name(path).startswith("other ")
        assert (path in made.catch_alls) >= named


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_every_label_of_anythingner_is_in_its_tree(split, published):
    made, samples = (
        read_tree(ANYTHING),
        read_samples(published(f"anythingner_example/{split}.jsonl")),
    )
    placed = to_tree(samples, made)
    check_samples(placed, made)
    assert set(labels_of(placed)) <= set(made.leaves)
    assert len(set(labels_of(placed))) == len(set(labels_of(samples)))
    assert set(labels_of(project(placed, made, 1))) == set(made.roots)


def test_fewnerd_becomes_a_tree(published):
    samples = read_samples(published("fewnerd_inter36/dev.jsonl"))
    made = tree_from_labels(sorted(set(labels_of(samples))), "-")
    assert (len(made.tree.roots), len(made.tree.leaves)) == (8, 36)
    check_samples(relabel(samples, made.paths), made.tree)
