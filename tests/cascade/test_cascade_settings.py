"""Settings of both classifiers: attributes that act, stand in config.cfg, and may be overridden."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Span
from thinc.api import Config

from spacy_fewner.cascade.tree_owner import classifier_of
from spacy_fewner.cascade.writing import write_paths
from spacy_fewner.errors import FewnerError

KINDS = ["fewner_cascade", "fewner_cascade_llm"]
TREE = ["person", "person/organist"]


def stored(kind: str, folder: Path) -> Path:
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe(kind, name="tree", config={"tree": TREE})
    pipe.threshold, pipe.level_thresholds, pipe.set_ents = 0.4, [0.1], True  # type: ignore
    pipe.add_label("person/striker")  # type: ignore[attr-defined]
    nlp.to_disk(folder)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_set_stands_in_the_config_and_comes_back(kind: str, tmp_path: Path):
    said = Config().from_disk(stored(kind, tmp_path) / "config.cfg")["components"]["tree"]
    assert (said["threshold"], said["level_thresholds"], said["set_ents"]) == (0.4, [0.1], True)
    pipe = classifier_of(spacy.load(tmp_path))
    assert (pipe.threshold, pipe.level_thresholds, pipe.set_ents) == (0.4, [0.1], True)
    assert pipe.labels == (*TREE, "person/striker")


@pytest.mark.parametrize("kind", KINDS)
def test_overrides_are_honoured(kind: str, tmp_path: Path):
    settings = {"threshold": 0.0, "spans_key": "out", "set_ents": False, "tree": ["place"]}
    config = {f"components.tree.{name}": value for name, value in settings.items()}
    pipe = classifier_of(spacy.load(stored(kind, tmp_path), config=config))
    assert (pipe.threshold, pipe.spans_key, pipe.set_ents) == (0.0, "out", False)
    assert (pipe.level_thresholds, pipe.labels) == ([0.1], ("place",))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "value"), [("threshold", 2), ("level_thresholds", [0.5, -1]), ("set_ents", 1)]
)
def test_a_bad_value_is_refused_and_named(kind: str, name: str, value: object):
    pipe = spacy.blank("en").add_pipe(kind)
    with pytest.raises(FewnerError, match=rf"{kind}\.{name}"):
        setattr(pipe, name, value)


def test_entities_of_others_stay_unless_they_were_the_candidates():
    doc = spacy.blank("en")("Ann left in May")
    for keep, left in ((True, ["person", "DATE"]), (False, ["person"])):
        doc.set_ents([Span(doc, 3, 4, label="DATE")])
        write_paths(doc, [(0, 1, [("person", 0.9)])], "sc", True, keep)
        assert [ent.label_ for ent in doc.ents] == left
