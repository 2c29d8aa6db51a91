"""`cascade train` and `cascade apply`, on a network that trains in seconds."""

import json
from pathlib import Path

import pytest
import spacy
from cli_helpers import ORGAN, TINY, Run, run_command
from spacy.tokens import DocBin

TREE = ORGAN / "tree.yaml"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cascade") / "out"
    done = run_command("cascade", "train", ORGAN / "train.jsonl", out, "--tree", TREE, *TINY)
    assert done.exit_code == 0, done.output
    assert {path.name for path in out.parent.iterdir()} == {"out"}
    return out


def texts_in(folder: Path) -> Path:
    path = folder / "texts.txt"
    path.write_text("The Swell ciphers.\nNew oak for the Great.\n", encoding="utf8")
    return path


def finding_all(trained: Path, out: Path) -> None:
    """The pipeline again, without thresholds: two steps of training make nothing sure."""
    nlp = spacy.load(trained)
    nlp.get_pipe("fewner").cfg["threshold"] = 0.0
    nlp.get_pipe("fewner_cascade").set_threshold(0.0)
    nlp.to_disk(out)


def test_each_component_has_its_encoder(trained: Path):
    nlp = spacy.load(trained)
    assert nlp.pipe_names == ["fewner", "fewner_cascade"]
    assert nlp.get_pipe("fewner").labels == ("entity",)
    assert "work/FAULT" in nlp.get_pipe("fewner_cascade").labels


def test_they_share_one_when_asked_to(run: Run, tmp_path: Path):
    out = tmp_path / "out"
    args = ["--tree", TREE, "--shared", *TINY]
    assert run("cascade", "train", ORGAN / "train.jsonl", out, *args).exit_code == 0
    nlp = spacy.load(out)
    assert nlp.pipe_names == ["tok2vec", "fewner", "fewner_cascade"]
    assert [span.label_ for span in nlp("The Swell ciphers.").spans["sc"]] == []


def test_apply_writes_paths_with_the_scores_of_each_level(run: Run, trained: Path, tmp_path: Path):
    finding_all(trained, tmp_path / "model")
    out = tmp_path / "found.jsonl"
    done = run("cascade", "apply", tmp_path / "model", texts_in(tmp_path), out)
    assert done.exit_code == 0, done.output
    records = [json.loads(line) for line in out.read_text(encoding="utf8").splitlines()]
    assert [record["text"] for record in records] == [
        "The Swell ciphers.",
        "New oak for the Great.",
    ]
    spans, levels = records[0]["spans"], records[0]["meta"]["levels"]
    assert len(spans) == len(levels) > 0
    for span, path in zip(spans, levels, strict=True):
        assert span["label"] == path[-1][0] and len(path) == 2
        assert span["score"] == pytest.approx(path[1][1], abs=1e-5) and path[1][1] <= path[0][1]


def test_apply_takes_another_tree_and_a_threshold(run: Run, trained: Path, tmp_path: Path):
    finding_all(trained, tmp_path / "model")
    tree = tmp_path / "tree.yaml"
    tree.write_text("wood: {description: oak, children: {oak: a tree, elm: a tree}}\nmetal: tin\n")
    for extra in ([], ["--threshold", "1.0"]):
        out = tmp_path / f"found{len(extra)}.jsonl"
        args = [tmp_path / "model", texts_in(tmp_path), out, "--tree", tree, *extra]
        assert run("cascade", "apply", *args).exit_code == 0
        records = [json.loads(line) for line in out.read_text(encoding="utf8").splitlines()]
        labels = {span["label"] for record in records for span in record["spans"]}
        assert labels <= {"wood", "wood/oak", "wood/elm", "metal"}
        assert bool(labels) == (not extra)


def test_without_a_tree_the_labels_are_its_roots(run: Run, tmp_path: Path):
    out = tmp_path / "out"
    assert run("cascade", "train", ORGAN / "train.jsonl", out, *TINY).exit_code == 0
    assert set(spacy.load(out).get_pipe("fewner_cascade").labels) >= {"STOP", "PART"}


def test_evaluate_scores_the_levels_too(run: Run, trained: Path, tmp_path: Path):
    """Gold goes by names; a prediction under the right parent is right at level 1 only."""
    finding_all(trained, tmp_path / "model")
    done = run("evaluate", tmp_path / "model", ORGAN / "train.jsonl")
    assert done.exit_code == 0, done.output
    rows = {line[:15].strip(): line.split() for line in done.stdout.splitlines()}
    assert "organ/STOP" in rows and "STOP" not in rows
    coarse, fine = (line.split() for line in done.stdout.splitlines()[-2:])
    assert coarse[:2] == ["level", "1:"] and fine[:2] == ["level", "2:"]
    assert 0 < float(rows["all"][3]) == float(fine[4]) < float(coarse[4])


def test_bad_input_is_one_line(run: Run, trained: Path, tmp_path: Path):
    texts = texts_in(tmp_path)
    spacy.blank("en").to_disk(tmp_path / "blank")
    other = tmp_path / "other.yaml"
    other.write_text("wood: oak\n")
    cases = {
        "must have a fewner_cascade": ["apply", tmp_path / "blank", texts, tmp_path / "o.jsonl"],
        "--threshold: must be a number from 0 to 1; got 2": [
            *("apply", trained, texts, tmp_path / "o.jsonl", "--threshold", "2"),
        ],
        "--spans-key: must be a key that a fewner_cascade of the pipeline writes; got nope": [
            *("apply", trained, texts, tmp_path / "o.jsonl", "--spans-key", "nope"),
        ],
        "--tree: the file must exist": [
            *("apply", trained, texts, tmp_path / "o.jsonl", "--tree", tmp_path / "none.yaml"),
        ],
        "unknown|not in the tree|label": [
            *("train", ORGAN / "train.jsonl", tmp_path / "out", "--tree", other),
        ],
        "no-such": ["apply", trained, tmp_path / "no-such.txt", tmp_path / "o.jsonl"],
    }
    for named, args in cases.items():
        done = run("cascade", *args)
        assert done.exit_code == 1
        assert done.output.startswith("Error:") and done.output.count("Error") == 1
        assert any(part in done.output for part in named.split("|"))
    assert not (tmp_path / "out").exists() and not (tmp_path / "o.jsonl").exists()


def test_a_text_that_is_too_long_is_said(run: Run, trained: Path, tmp_path: Path):
    texts = tmp_path / "texts.txt"
    texts.write_text("Short.\n" + "long " * 250_000, encoding="utf8")
    done = run("cascade", "apply", trained, texts, tmp_path / "found.jsonl")
    assert done.exit_code == 1
    assert "samples[1]: text must not exceed nlp.max_length" in done.stderr
    assert not (tmp_path / "found.jsonl").exists()


def test_apply_keeps_what_it_does_not_write(run: Run, trained: Path, tmp_path: Path):
    finding_all(trained, tmp_path / "model")
    record = {"id": 7, "text": "The Swell ciphers.", "spans": [], "url": "u", "meta": {"by": "me"}}
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(record), encoding="utf8")
    assert run("cascade", "apply", tmp_path / "model", source, out).exit_code == 0
    found = json.loads(out.read_text(encoding="utf8"))
    assert found["spans"] and found["meta"].pop("levels")
    assert {**found, "spans": []} == record and list(found) == list(record)

    doc = spacy.blank("en")(record["text"])
    doc.ents, doc.spans["other"] = [doc.char_span(4, 9, "X")], [doc[0:1]]
    DocBin(docs=[doc]).to_disk(tmp_path / "in.spacy")
    done = run("cascade", "apply", tmp_path / "model", tmp_path / "in.spacy", tmp_path / "o.spacy")
    assert done.exit_code == 0 and done.stderr == ""
    (kept,) = DocBin().from_disk(tmp_path / "o.spacy").get_docs(spacy.blank("en").vocab)
    assert [ent.label_ for ent in kept.ents] == ["X"] and len(kept.spans["other"]) == 1
    assert len(kept.spans["sc"]) == len(found["spans"])
