"""audit, sample, split and convert on texts with classes."""

import json
from collections import Counter
from pathlib import Path

import pytest
import spacy
from cli_helpers import ORGAN, Run, tree
from spacy.tokens import DocBin
from spacy.training import Example

from spacy_fewner.data import read_samples
from spacy_fewner.data.classes.labels import chosen

NOTES = ORGAN.parent / "organ_notes"


def table(path: Path, *rows: str, header: str = "id,text,label") -> Path:
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf8")
    return path


@pytest.fixture
def notes(run: Run, tmp_path: Path) -> Path:
    """The embedded notes as a table."""
    assert run("convert", NOTES / "train.jsonl", tmp_path / "notes.csv").exit_code == 0
    return tmp_path / "notes.csv"


def pairs(path: Path) -> list[tuple[str, list[str]]]:
    return [(sample.text, chosen(sample)) for sample in read_samples(path)]


def counts_of(path: Path) -> Counter[str]:
    return Counter(name for _, names in pairs(path) for name in names)


def test_the_embedded_notes_are_sound(run: Run):
    scheme, test = NOTES / "schema.jsonl", f"test={NOTES / 'test.jsonl'}"
    done = run("audit", NOTES / "train.jsonl", "--labels", scheme, "--against", test)
    assert done.exit_code == 0
    assert done.stdout.startswith("60 examples, 6 classes (one a text): 0 errors, 0 warnings\n")
    assert "quotation        10" in done.stdout or "quotation       10" in done.stdout
    both = run("audit", NOTES / "both.jsonl")
    assert both.exit_code == 0 and "25 of 104 texts" in both.stdout  # without a class
    assert "60 of 104 texts" in both.stdout  # without spans


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "spacy"])
def test_convert_there_and_back(run: Run, tmp_path: Path, suffix: str):
    there, back = tmp_path / f"there.{suffix}", tmp_path / "back.jsonl"
    done = run("convert", NOTES / "test.jsonl", there)
    assert done.exit_code == 0
    assert ("not kept in" in done.stderr) == (suffix in ("csv", "tsv"))  # meta
    assert run("convert", there, back).exit_code == 0
    assert pairs(back) == pairs(NOTES / "test.jsonl")
    assert not any(sample.spans_annotated for sample in read_samples(back))


def test_what_was_taken_is_said(run: Run, tmp_path: Path):
    path = table(tmp_path / "t.csv", "1,so,x", "2,no,y", header="id,Utterance,intent")
    assert "text Utterance, class intent" in run("convert", path, tmp_path / "o.jsonl").stderr
    lines = '{"text": "a", "label": "x"}\n{"text": "b", "labels": ["y"]}\n'
    (tmp_path / "s.jsonl").write_text(lines)
    done = run("convert", tmp_path / "s.jsonl", tmp_path / "o.spacy")
    assert "Classes of s.jsonl: label (1 texts) and labels (1 texts)" in done.stderr


def test_columns_by_number_and_several_classes(run: Run, tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("x;so\nx/y;no\n")
    out = tmp_path / "out.jsonl"
    how = ("--text-column", 2, "--label-column", 1, "--label-separator", "/")
    assert run("convert", path, out, *how).exit_code == 0
    assert pairs(out) == [("so", ["x"]), ("no", ["x", "y"])]
    wide = tmp_path / "wide.csv"
    assert run("convert", out, wide).exit_code == 0
    assert wide.read_text() == "text,label,label\nso,x,\nno,x,y\n"


def test_a_docbin_is_what_spacys_textcat_takes(run: Run, notes: Path, tmp_path: Path):
    assert run("convert", notes, tmp_path / "notes.spacy").exit_code == 0
    nlp = spacy.blank("en")
    docs = list(DocBin().from_disk(tmp_path / "notes.spacy").get_docs(nlp.vocab))
    assert all(len(doc.cats) == 6 and sum(doc.cats.values()) == 1 for doc in docs)
    pipe = nlp.add_pipe("textcat")
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
    nlp.initialize(lambda: examples)
    assert len(pipe.labels) == 6
    assert nlp.update(examples[:8])["textcat"] > 0


def test_sample_and_split(run: Run, notes: Path, tmp_path: Path):
    out = tmp_path / "out.csv"
    assert run("sample", notes, out, "--shots", 3).exit_code == 0
    assert set(counts_of(out).values()) == {3} and len(pairs(out)) == 18
    assert run("sample", notes, out, "--size", 12, "--stratified").exit_code == 0
    assert set(counts_of(out).values()) == {2}
    dev = tmp_path / "dev.csv"
    assert run("split", notes, out, dev, "--fraction", 0.3).exit_code == 0
    assert set(counts_of(out).values()) == {7} and set(counts_of(dev).values()) == {3}
    assert sorted(pairs(out) + pairs(dev)) == sorted(pairs(notes))


def test_fewer_texts_than_asked_are_an_error_or_all_taken(run: Run, tmp_path: Path):
    path = table(tmp_path / "t.csv", "1,a,x", "2,b,x", "3,c,y")
    done = run("sample", path, tmp_path / "o.csv", "--shots", 2)
    assert done.exit_code == 1 and "y has 1" in done.stderr and "--no-strict" in done.stderr
    assert run("sample", path, tmp_path / "o.csv", "--shots", 2, "--no-strict").exit_code == 0
    assert counts_of(tmp_path / "o.csv") == {"x": 2, "y": 1}
    assert (tmp_path / "o.csv").read_text().startswith("id,text,label\n")


@pytest.mark.parametrize(
    ("rows", "how", "says"),
    [
        (["1,so,x", "2, no,really,y"], (), "t.csv:3: every row must have 3 cells"),
        (["1,so,x"], ("--label-column", "art"), "label_column (--label-column): must be a name"),
        (["1,so,x"], ("--text-column", "label"), "must be in different columns"),
        (["1,so,x"], ("--label-separator", ""), "--label-separator: must not be empty"),
        (["1,so,x"], ("--token-column", "1"), "--token-column: needs a file of columns"),
    ],
)
def test_bad_tables_end_in_a_line(run: Run, tmp_path: Path, rows: list, how: tuple, says: str):
    path = table(tmp_path / "t.csv", *rows)
    before = tree(tmp_path)
    done = run("convert", path, tmp_path / "out.jsonl", *how)
    assert done.exit_code == 1 and says in done.stderr
    assert tree(tmp_path) == before


def test_options_of_tables_need_one(run: Run):
    done = run("audit", NOTES / "train.jsonl", "--text-column", "text")
    assert done.exit_code == 1 and "--text-column: needs a table" in done.stderr


def test_audit_finds_what_is_wrong(run: Run, tmp_path: Path):
    rows = ["1,so it is,Sport", "2,no it was not,sport", "3,  ,sport", "4,so it is,news", "5,why,"]
    done = run("audit", table(tmp_path / "t.csv", *rows))
    assert done.exit_code == 1
    for said in ("class variants", "'Sport' (1 texts) and 'sport'", "rare class", "empty text"):
        assert said in done.stdout
    for said in ("conflicting classes", "without class", "1 of 5 texts"):
        assert said in done.stdout


def test_audit_of_several_classes_given_as_one(run: Run, tmp_path: Path):
    lines = [{"text": f"so {n} it is {n * 3}", "cats": c} for n, c in enumerate(("x", "y") * 3)]
    lines += [{"text": "and both of them", "cats": ["x", "y"]}]
    path = tmp_path / "s.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "2 classes (several a text): 0 errors" in run("audit", path).stdout
    done = run("audit", path, "--exclusive")
    assert done.exit_code == 1 and "x and y" in done.stdout and "--multi-label" in done.stdout
