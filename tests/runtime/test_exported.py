"""Exported pipelines against those that they came from."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import spacy
from runtime_pipelines import spans_pipeline, texts
from without_training import run_without_training

from spacy_fewner.errors import FewnerError
from spacy_fewner.runtime.export.exporting import export as export_pipeline

EVERY = ["spans", "characters", "textcat", "cascade", "joint", "poolings"]


def scores_of(nlp):
    """What a pipeline gives, and how sure it is."""
    found = []
    for doc in nlp.pipe(["", " ", *texts()]):
        for key, group in sorted(doc.spans.items()):
            scores = group.attrs.get("scores", np.zeros(len(group)))
            rows = zip(group, scores, strict=False)
            found += [(key, s.start, s.end, s.label_, float(score)) for s, score in rows]
        found += [("cats", label, score) for label, score in sorted(doc.cats.items())]
    return found


def assert_same(ours, others, within=1e-4):
    assert len(ours) == len(others) > 0
    for one, other in zip(ours, others, strict=True):
        assert one[:-1] == other[:-1]
        assert one[-1] == pytest.approx(other[-1], abs=within)


@pytest.mark.parametrize("kind", EVERY)
def test_finds_the_same_with_the_same_scores(kind, trained, exported):
    assert_same(scores_of(spacy.load(exported(kind))), scores_of(spacy.load(trained(kind))))


@pytest.mark.parametrize("kind", EVERY)
def test_disk_bytes_and_copies_keep_all(kind, exported, tmp_path):
    nlp = spacy.load(exported(kind))
    expected = scores_of(nlp)
    nlp.to_disk(tmp_path / "again")
    assert_same(scores_of(spacy.load(tmp_path / "again")), expected, within=0)
    other = spacy.load(exported(kind)).from_bytes(nlp.to_bytes())
    assert_same(scores_of(other), expected, within=0)


@pytest.mark.parametrize("kind", EVERY)
def test_runs_where_nothing_of_training_is_installed(kind, exported):
    code = """
import sys, spacy, json
nlp = spacy.load(sys.argv[1])
doc = nlp(sys.argv[2])
assert not {"torch", "transformers", "peft"} & {name for name in sys.modules}
print(json.dumps([[s.start, s.end, s.label_] for g in doc.spans.values() for s in g] + [doc.cats]))
"""
    run = run_without_training(code, str(exported(kind)), texts()[0])
    assert run.returncode == 0, run.stderr
    doc = spacy.load(exported(kind))(texts()[0])
    expected = [[s.start, s.end, s.label_] for group in doc.spans.values() for s in group]
    assert json.loads(run.stdout) == [*expected, doc.cats]


@pytest.mark.parametrize("pooling", ["reduce_max.v1", "reduce_last.v1", "reduce_first.v1"])
def test_pooling_is_the_configs(pooling, base, tmp_path):
    nlp = spans_pipeline(base, pooling)
    nlp.to_disk(tmp_path / "model")
    export_pipeline(tmp_path / "model", tmp_path / "exported", precision="fp32")
    assert_same(scores_of(spacy.load(tmp_path / "exported")), scores_of(nlp))


@pytest.mark.parametrize("context", ["convolution", "none"])
def test_context_is_the_heads(context, base, tmp_path):
    nlp = spans_pipeline(base, context=context)
    nlp.to_disk(tmp_path / "model")
    export_pipeline(tmp_path / "model", tmp_path / "exported", precision="fp32")
    assert_same(scores_of(spacy.load(tmp_path / "exported")), scores_of(nlp))
    folders = tmp_path / "model", tmp_path / "small"
    tried = export_pipeline(*folders, precision="auto", samples=texts()).trials[-1]
    assert tried.name != "fp32" and tried.same.same > 0.9


def test_several_processes(exported):
    nlp = spacy.load(exported("spans"))
    expected = [len(doc.spans["sc"]) for doc in nlp.pipe(texts())]
    found = [len(doc.spans["sc"]) for doc in nlp.pipe(texts(), n_process=2, batch_size=8)]
    assert found == expected and sum(expected)


@pytest.mark.parametrize("kind", EVERY)
def test_threads_share_a_pipeline(kind, exported):
    nlp = spacy.load(exported(kind))
    expected = [doc.to_json() for doc in map(nlp, texts())]
    fresh = spacy.load(exported(kind))  # whose sessions are yet to be made
    with ThreadPoolExecutor(4) as pool:
        found = [doc.to_json() for doc in pool.map(fresh, texts())]
    assert found == expected


def test_settings_stay_settable(exported):
    nlp = spacy.load(exported("spans"), config={"components": {"fewner": {"threshold": 0.99}}})
    component = nlp.get_pipe("fewner")
    assert component.threshold == 0.99
    component.threshold = 0.01
    assert len(nlp(texts()[0]).spans["sc"])


def test_labels_grow_as_in_torch(trained, exported):
    ours, theirs = (spacy.load(make("spans")) for make in (exported, trained))
    for nlp in (ours, theirs):
        assert nlp.get_pipe("fewner").add_label("PEDAL") == 1
    docs = [nlp.make_doc(texts()[0]) for nlp in (ours, theirs)]
    pairs = zip((ours, theirs), docs, strict=True)
    found, expected = (nlp.get_pipe("fewner").probabilities([doc])[0] for nlp, doc in pairs)
    real = np.arange(found.shape[1]) + np.arange(len(docs[0]))[:, None] < len(docs[0])
    known = slice(0, len(ours.get_pipe("fewner").labels) - 1)
    np.testing.assert_allclose(found[real][:, known], expected[real][:, known], atol=1e-4)
    assert found[real][:, -1].max() < 0.9  # nothing is known of the new one but its name


def test_classes_are_read_by_their_meaning(trained, exported):
    ours, theirs = (spacy.load(make("textcat")) for make in (exported, trained))
    for nlp in (ours, theirs):
        labels = {"repair": "something is mended", "visit": "somebody came to the organ"}
        nlp.get_pipe("fewner_textcat").set_labels(labels)
    assert_same(scores_of(ours), scores_of(theirs))


def test_trees_change_as_in_torch(trained, exported):
    ours, theirs = (spacy.load(make("cascade")) for make in (exported, trained))
    for nlp in (ours, theirs):
        tree = [{"id": "person", "description": "a human being"}, {"id": "person/organist"}]
        nlp.get_pipe("fewner_cascade").set_tree([*tree, {"id": "place"}])
    assert_same(scores_of(ours), scores_of(theirs))


def test_it_cannot_be_trained(exported):
    nlp = spacy.load(exported("spans"))
    examples = [spacy.training.Example(nlp.make_doc(text), nlp(text)) for text in texts(2)]
    with pytest.raises(FewnerError, match="only predicts"):
        nlp.update(examples)
    with pytest.raises(FewnerError, match="only predicts"):
        nlp.initialize(lambda: examples)


def test_what_was_exported_is_not_exported_again(exported, tmp_path):
    with pytest.raises(FewnerError, match="needs torch"):
        export_pipeline(exported("spans"), tmp_path / "again", precision="fp32")
    assert not (tmp_path / "again").exists()


def model_file(folder: Path) -> Path:
    return folder / "fewner" / "model"


def test_what_was_never_trained_is_not_exported(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner")
    nlp.to_disk(tmp_path / "model")
    with pytest.raises(FewnerError, match="must be trained"):
        export_pipeline(tmp_path / "model", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_telemetry(exported):
    code = """
import os, sys, spacy
spacy.load(sys.argv[1])("The Swell.")
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
"""
    run = run_without_training(code, str(exported("spans")))
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("damage", ["cut", "other", "gone", "graph", "bit"])
def test_damaged_files_end_in_one_plain_error(damage, exported, tmp_path):
    from shutil import copytree

    folder = Path(copytree(exported("spans"), tmp_path / "model"))
    file = model_file(folder)
    data = file.read_bytes()
    if damage == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "other":
        file.write_bytes(data.replace(b"OnnxEncoder.v1", b"OnnxEncoder.v9"))
    elif damage == "graph":
        at = data.index(b"LayerNormalization")
        file.write_bytes(data[:at] + b"LayerNirmalization" + data[at + 18 :])
    elif damage == "bit":
        middle = len(data) // 2
        file.write_bytes(data[:middle] + bytes([data[middle] ^ 64]) + data[middle + 1 :])
    else:
        file.unlink()
    with pytest.raises((FewnerError, OSError)) as caught:
        spacy.load(folder)(texts()[0])
    if damage != "gone":
        assert isinstance(caught.value, FewnerError)
