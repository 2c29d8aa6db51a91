"""`fit` from a file of examples to a folder that loads, with the small network (no download)."""

import json
import warnings
from pathlib import Path
from shutil import copytree

import pytest
import spacy
import torch

import spacy_fewner
from spacy_fewner.data import write_samples
from spacy_fewner.errors import FewnerError, FewnerWarning
from spacy_fewner.fitting.folder import free_folder
from spacy_fewner.fitting.measuring.validation import Split, part_of, splits
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.types import CharSpan, Sample

FAST = {"encoder": "cnn", "epochs": 4, "min_steps": 30, "progress": False}


def sample(text, *surfaces):
    spans = tuple(
        CharSpan(text.index(surface), text.index(surface) + len(surface), label)
        for surface, label in surfaces
    )
    return Sample(text, spans)


MAKERS = ["Hartwell", "Brindle", "Osgood", "Penrose", "Quill", "Marsh"]
PARTS = ["pallet", "slider", "tracker", "reservoir", "trunk", "roller"]
SAMPLES = [
    sample(f"{maker} mended the {part} on day {i}.", (maker, "MAKER"), (part, "PART"))
    for i, (maker, part) in enumerate(zip(MAKERS * 2, PARTS * 2, strict=True))
]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    out = tmp_path_factory.mktemp("fit") / "out"
    return spacy_fewner.fit(SAMPLES, out, package="organ_test", folds=3, curve=(0.5,), **FAST)


def test_writes_everything_and_the_pipeline_loads(fitted):
    assert {path.name for path in fitted.out.iterdir()} == {
        "model",
        "report.html",
        "scores.json",
        "audit.txt",
        fitted.wheel.name,
    }
    nlp = spacy.load(fitted.model)
    component = nlp.get_pipe("fewner")
    assert component.labels == ("MAKER", "PART")
    assert component.cfg["threshold"] == fitted.thresholds.global_threshold
    assert component.cfg["nested"] is False
    doc = nlp(SAMPLES[0].text)
    assert len(doc.spans["sc"]) == len(doc.spans["sc"].attrs["scores"])


def test_says_what_it_measured(fitted):
    said = "(3-fold cross-validation over 12 texts; measured models saw 8 of them)"
    assert said in fitted.summary().splitlines()[0]
    assert said[1:-1] in (fitted.out / "report.html").read_text()
    assert fitted.scores.micro.support == 24
    assert [point.size for point in fitted.curve.points] == [4, 8]  # spans a label
    stored = json.loads((fitted.out / "scores.json").read_text())
    assert stored["f"] == list(fitted.scores.micro.f.values)
    page = (fitted.out / "report.html").read_text()
    assert all(text in page for text in ("out: what it learnt", "MAKER", "12 texts"))


def test_the_same_seed_gives_the_same_model(tmp_path):
    few = {**FAST, "folds": 2}
    results = [spacy_fewner.fit(SAMPLES, tmp_path / name, **few) for name in ("a", "b")]
    assert results[0].scores == results[1].scores
    docs = [spacy.load(result.model)(SAMPLES[0].text) for result in results]
    scores = [doc.spans["sc"].attrs["scores"].tolist() for doc in docs]
    assert scores[0] == scores[1]


def test_a_dev_file_takes_the_place_of_cross_validation(tmp_path):
    write_samples(SAMPLES[:8], tmp_path / "train.jsonl")
    write_samples(SAMPLES[8:], tmp_path / "dev.jsonl")
    settings = {**FAST, "folds": 2}
    with warnings.catch_warnings():
        warnings.simplefilter("error", FewnerWarning)
        result = spacy_fewner.fit(
            tmp_path / "train.jsonl", tmp_path / "out", dev=tmp_path / "dev.jsonl", **settings
        )
    assert result.measured_on == "dev set of 4 texts, 2 seeds"
    assert result.scores.docs == 4 and result.scores.runs == 2


def test_a_dev_set_that_is_trained_on_is_said(tmp_path):
    quick = {**FAST, "epochs": 1, "min_steps": 2, "folds": 2}
    with pytest.warns(FewnerWarning, match="8 of the 8 dev texts are among the examples"):
        result = spacy_fewner.fit(SAMPLES[:8], tmp_path / "out", dev=SAMPLES[:8], **quick)
    assert result.model.is_dir()


def test_held_out_texts_are_never_trained_on():
    for split in splits(SAMPLES, [], FitSettings(folds=4)):
        assert not {s.text for s in split.train} & {s.text for s in split.held_out}
        assert len(split.train) + len(split.held_out) == len(SAMPLES)


BARE = [Sample(f"Nobody came on day {day}.") for day in range(60)]


def test_a_part_holds_all_labels_that_fit_in():
    extended = Sample("Old.", (CharSpan(0, 3, "ext/age"),))
    halves = [Sample(SAMPLES[0].text, (span,)) for span in SAMPLES[0].spans]
    for seed in range(5):
        split = Split(seed, [*BARE, extended, *halves], [])
        parts = [part_of(split, part).train for part in (0.01, 0.1, 0.5)]
        assert [len(part) for part in parts] == [2, 6, 32]
        assert sorted(parts[0], key=halves.index) == halves
        assert parts[2][:6] == parts[1] and parts[1][:2] == parts[0]
        assert sorted(s.text for s in part_of(split, 1.0).train) == sorted(
            s.text for s in split.train
        )


def test_fits_where_few_texts_have_spans(tmp_path):
    quick = {**FAST, "epochs": 1, "min_steps": 2, "folds": 2, "curve": (0.05,)}
    # Two updates teach nothing: that is said, and the pipeline is there all the same.
    with pytest.warns(FewnerWarning, match=r"nothing was learnt: .*audit\.txt.*report\.html"):
        result = spacy_fewner.fit([*SAMPLES[:4], *BARE], tmp_path / "out", **quick)
    assert result.scores.micro.f.mean == 0
    assert spacy.load(result.model).pipe_names == ["fewner"]
    assert [round(point.examples) for point in result.curve.points] == [2, 32]


def test_a_fold_without_spans_to_train_on_is_said(tmp_path):
    only = sample(
        "Hartwell and Quill: pallet, trunk.",
        *zip(["Hartwell", "Quill", "pallet", "trunk"], ["MAKER"] * 2 + ["PART"] * 2, strict=True),
    )
    with pytest.raises(FewnerError, match=r"folds: .* got 3 folds of 61 texts, 1 with spans"):
        spacy_fewner.fit([only, *BARE], tmp_path / "out", folds=3, **FAST)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_as_many_updates_are_made_as_were_asked_for(steps):
    config = training_config(FitSettings(encoder="cnn", epochs=1, min_steps=steps), 2, 0, False)
    made = []
    train_pipeline(config, SAMPLES[:2], lambda: made.append(len(made) < 9 or pytest.fail("more")))
    assert len(made) == steps


def test_too_little_memory_is_said():
    config = training_config(FitSettings(encoder="cnn"), 2, 0, False)
    with pytest.raises(FewnerError, match="max_width: training must fit in memory"):
        train_pipeline(config, SAMPLES[:2], lambda: torch.empty(2**55, dtype=torch.uint8))


@pytest.mark.parametrize(("encoder", "weight"), [("auto", 1.0), ("cnn", 0.0)])
def test_single_tokens_have_a_loss_of_their_own_with_pretrained_encoders(encoder, weight):
    config = training_config(FitSettings(encoder=encoder), 10, 0, False)
    assert config["components"]["fewner"]["model"]["token_loss"] == weight
    config = training_config(FitSettings(encoder=encoder, token_loss=0.0), 10, 0, False)
    assert config["components"]["fewner"]["model"]["token_loss"] == 0.0
    with pytest.raises(FewnerError, match="token_loss"):
        FitSettings(token_loss=-1.0)


def test_nesting_is_taken_from_the_data():
    assert training_config(FitSettings(), 10, 0, True)["components"]["fewner"]["nested"] is True


@pytest.mark.parametrize(
    ("examples", "given", "named"),
    [
        ([], {}, "examples"),
        (SAMPLES[:2], {"folds": 1}, "folds"),
        (SAMPLES, {"epoch": 3}, "settings"),
        (SAMPLES, {"package": "Organ-Parts"}, "package"),
        (SAMPLES, {"labels": ["MAKER"]}, "label scheme"),
        (SAMPLES, {"encoder": "pkg:no_such_package/model"}, "no_such_package"),
        (SAMPLES, {"encoder": "./no/such/folder"}, "no/such/folder"),
        (SAMPLES, {"lang": "xx_none"}, "lang"),
        ([sample("Hartwell came.", ("Hartwell", "MAKER")), *SAMPLES[:1]], {}, "PART"),
        ([sample("Hartwell came.", ("Hartwell", "MAKER"))] * 2, {}, "label"),
    ],
)
def test_bad_input_leaves_nothing_behind(tmp_path, examples, given, named):
    with pytest.raises(FewnerError, match=named):
        spacy_fewner.fit(examples, tmp_path / "out", **{**FAST, **given})
    assert list(tmp_path.iterdir()) == []


def test_an_occupied_folder_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious.txt").write_text("keep")
    with pytest.raises(FewnerError, match="out"):
        spacy_fewner.fit(SAMPLES, tmp_path / "out", **FAST)
    with pytest.raises(FewnerError, match="of an earlier run is overwritten"):
        spacy_fewner.fit(SAMPLES, tmp_path / "out", overwrite=True, **FAST)
    assert (tmp_path / "out" / "precious.txt").read_text() == "keep"


def test_what_an_earlier_run_wrote_is_overwritten_but_not_from_within(
    fitted, tmp_path, monkeypatch
):
    earlier = tmp_path / "out"
    copytree(fitted.out, earlier)
    monkeypatch.chdir(earlier / "model")
    for out in ("..", "", earlier):
        with pytest.raises(FewnerError, match="of an earlier run is overwritten"):
            free_folder(out, overwrite=True)
    monkeypatch.chdir(tmp_path)
    assert free_folder("out", overwrite=True) == Path("out")
    assert free_folder(earlier / "model", overwrite=True) == earlier / "model"


def test_misaligned_spans_are_refused_or_moved(tmp_path):
    crooked = [*SAMPLES, Sample("Hartwellian ways.", (CharSpan(0, 8, "MAKER"),))]
    with pytest.raises(FewnerError, match="begin and end with a token"):
        spacy_fewner.fit(crooked, tmp_path / "out", **FAST)
    few = {**FAST, "folds": 2}
    result = spacy_fewner.fit(crooked, tmp_path / "out", alignment="expand", **few)
    assert "misaligned" in (result.out / "audit.txt").read_text()
