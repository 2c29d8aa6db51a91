"""What a stored pipeline says of a component's settings is what the component uses."""

import json
from pathlib import Path

import pytest
import spacy
from hypothesis import example, given
from hypothesis import strategies as st
from span_helpers import make_pipeline
from thinc.api import Config

from spacy_fewner.data.config_keys import by_label, to_config
from spacy_fewner.errors import FewnerError

ODD = ["LOC:City", "A=B", "#hash", ";x", "[x]", "new\nline", "first name", "LOC/City", "100%"]
ODD += ["US$", "${x}", "$${x}", "'q'", '"q"', "back\\slash", "@architectures", "*", " edge ", ""]


def said(folder: Path, name: str = "fewner") -> dict:
    return Config().from_disk(folder / "config.cfg")["components"][name]


@given(st.dictionaries(st.text(max_size=6), st.floats(0, 1), max_size=3))
@example(dict.fromkeys(ODD, 0.3))
def test_a_config_keeps_what_is_said_of_any_label(thresholds):
    config = Config({"a": {"b": to_config(thresholds)}})
    for _ in range(3):  # as spaCy reads, resolves and writes a config
        read = Config().from_str(config.to_str(), interpolate=False)
        assert by_label("b", read.interpolate()["a"]["b"]) == thresholds
        config = read


@pytest.mark.parametrize("thresholds", [dict.fromkeys(ODD, 0.3), {"PART": 0.25, "LOC/City": 0.5}])
def test_thresholds_of_any_label_come_back(thresholds, tmp_path):
    nlp = make_pipeline()
    nlp.get_pipe("fewner").label_thresholds = thresholds
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert again.get_pipe("fewner").label_thresholds == thresholds
    again.to_disk(tmp_path)
    assert spacy.load(tmp_path).get_pipe("fewner").label_thresholds == thresholds


@pytest.mark.parametrize("label", [*ODD[:6], "US$", "${x}", "*", " edge ", ""])
def test_a_label_that_a_config_would_lose_is_refused_as_a_key(label):
    with pytest.raises(FewnerError, match=r"label_thresholds: .*Write label_thresholds as a list"):
        make_pipeline(label_thresholds={label: 0.3})


@pytest.mark.parametrize("label", ["LOC:City", "A=B", "#hash", ";x", "[x]", "new\nline", "100%"])
def test_a_list_of_pairs_takes_other_labels(label, tmp_path):
    nlp = make_pipeline(label_thresholds=[[label, 0.3]])
    nlp.to_disk(tmp_path)
    assert spacy.load(tmp_path).get_pipe("fewner").label_thresholds == {label: 0.3}
    assert said(tmp_path)["label_thresholds"] == [[label, 0.3]]


def test_what_is_set_acts_and_stands_in_the_config(tmp_path):
    nlp = make_pipeline()
    pipe = nlp.get_pipe("fewner")
    pipe.threshold, pipe.nested, pipe.set_ents, pipe.key = 0.4, False, True, "parts"
    pipe.label_thresholds = {"PART": 0.1}
    nlp.to_disk(tmp_path)
    for config in (said(tmp_path), json.loads((tmp_path / "fewner" / "cfg").read_text())):
        assert (config["threshold"], config["nested"], config["set_ents"]) == (0.4, False, True)
        assert (config["spans_key"], config["label_thresholds"]) == ("parts", {"PART": 0.1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", 1.5),
        ("threshold", float("nan")),
        ("threshold", "0.5"),
        ("label_thresholds", {"PART": 2}),
        ("nested", "no"),
        ("spans_key", "a:b"),
        ("spans_key", ""),
    ],
)
def test_a_bad_value_is_refused_and_named(name, value):
    pipe = make_pipeline().get_pipe("fewner")
    with pytest.raises(FewnerError, match=rf"fewner\.{name}"):
        setattr(pipe, name, value)


def test_a_variable_stays_where_its_value_is_in_use(tmp_path):
    make_pipeline().to_disk(tmp_path)
    file = tmp_path / "config.cfg"
    text = file.read_text().replace("threshold = 0.5", "threshold = ${vars.t}")
    file.write_text(text + "\n\n[vars]\nt = 0.5\n")
    spacy.load(tmp_path).to_disk(tmp_path)
    assert "threshold = ${vars.t}" in file.read_text()


@pytest.mark.parametrize(
    "overrides",
    [
        {"components.fewner.threshold": 0.5, "components.fewner.set_ents": True},
        {"components": {"fewner": {"threshold": 0.5, "set_ents": True}}},
    ],
)
def test_overrides_are_honoured(overrides, tmp_path):
    nlp = make_pipeline(threshold=0.3, label_thresholds={"PART": 0.2})
    nlp.to_disk(tmp_path)
    pipe = spacy.load(tmp_path, config=overrides).get_pipe("fewner")
    assert (pipe.threshold, pipe.set_ents, pipe.label_thresholds) == (0.5, True, {"PART": 0.2})


def test_an_edited_config_is_obeyed(tmp_path):
    make_pipeline(threshold=0.3).to_disk(tmp_path)
    file = tmp_path / "config.cfg"
    file.write_text(file.read_text().replace("threshold = 0.3", "threshold = 0.7"))
    assert spacy.load(tmp_path).get_pipe("fewner").threshold == 0.7


def test_what_is_stored_is_loaded_into_a_pipeline_made_otherwise(tmp_path):
    nlp = make_pipeline(threshold=0.3)
    nlp.to_disk(tmp_path)
    assert make_pipeline().from_disk(tmp_path).get_pipe("fewner").threshold == 0.3
    pipe = make_pipeline().from_bytes(nlp.to_bytes()).get_pipe("fewner")
    assert pipe.threshold == pytest.approx(0.3)


def test_a_pipeline_of_0_1_0_keeps_the_thresholds_of_its_cfg(tmp_path):
    make_pipeline(threshold=0.2).to_disk(tmp_path)
    cfg = tmp_path / "fewner" / "cfg"
    stored = json.loads(cfg.read_text())
    del stored["settings_in_config"]
    cfg.write_text(json.dumps(stored | {"threshold": 0.05, "label_thresholds": {"A:B": 0.1}}))
    pipe = spacy.load(tmp_path).get_pipe("fewner")
    assert (pipe.threshold, pipe.label_thresholds) == (0.05, {"A:B": 0.1})
    told = spacy.load(tmp_path, config={"components.fewner.threshold": 0.4}).get_pipe("fewner")
    assert (told.threshold, told.label_thresholds) == (0.4, {"A:B": 0.1})


def test_another_name_and_another_pipeline(tmp_path):
    source = make_pipeline()
    other = spacy.blank("en")
    other.add_pipe("fewner", name="parts", source=source)
    other.get_pipe("parts").threshold = 0.1
    other.to_disk(tmp_path)
    assert said(tmp_path, "parts")["threshold"] == 0.1
    assert spacy.load(tmp_path).get_pipe("parts").threshold == 0.1
