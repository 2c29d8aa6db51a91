"""What is written, in every format; what the pipeline raises on; processes."""

import json
import os
import signal
from pathlib import Path

import pytest
import spacy
from scale_helpers import files_in, read_lines, rows, ruler, write_lines
from small_disk import no_file_over
from spacy.language import Language
from spacy.tokens import Doc, DocBin, SpanGroup

from spacy_fewner.data import read_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.scale import annotate
from spacy_fewner.scale.writing import output


@Language.component("scale_test_found", assigns=["doc.spans", "doc.cats"])
def found(doc: Doc) -> Doc:
    """The first token with a score, and a class."""
    group = SpanGroup(doc, name="sc", spans=[spacy.tokens.Span(doc, 0, 1, "FIRST")])
    group.attrs["scores"] = [0.123456789]
    doc.spans["sc"], doc.cats = group, {"long": len(doc) / 100}
    return doc


@Language.component("scale_test_raises", assigns=["doc.ents"])
def raises(doc: Doc) -> Doc:
    if "slept" in doc.text:
        raise RuntimeError("cannot sleep\nreally")
    return doc


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "in.jsonl", rows(30))


def pipeline(*names: str) -> Language:
    nlp = spacy.blank("en")
    for name in names:
        nlp.add_pipe(name)
    return nlp


def test_spans_and_classes_with_scores(given: Path, tmp_path: Path):
    annotate(pipeline("scale_test_found"), given, tmp_path / "out.jsonl")
    first, before = read_lines(tmp_path / "out.jsonl")[0], read_lines(given)[0]
    end = len(before["text"].split()[0])
    span = {"start": 0, "end": end, "label": "FIRST", "score": 0.123457}
    words = len(before["text"].split())
    assert first == {**before, "spans": [span], "cats": {"long": words / 100}}
    read = read_samples(tmp_path / "out.jsonl")
    assert len(read) == 30 and read[0].spans[0].score == 0.123457


@pytest.mark.parametrize(
    ("fields", "names"),
    [("spans", ["spans"]), ("cats", ["cats"]), ("spans,ents,cats", ["spans", "ents", "cats"])],
)
def test_fields_that_are_asked_for(fields: str, names: list[str], given: Path, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    annotate(pipeline("scale_test_found"), given, out, fields=fields.split(","))
    assert list(read_lines(out)[0]) == ["id", "text", *names]


def test_results_in_a_field_of_their_own(tmp_path: Path):
    given = write_lines(tmp_path / "in.jsonl", [{"text": "Rome", "spans": [1], "x": {"y": 1}}])
    annotate(ruler(), given, tmp_path / "a.jsonl", into="found")
    annotate(ruler(), given, tmp_path / "b.jsonl")
    (apart,), (mixed,) = read_lines(tmp_path / "a.jsonl"), read_lines(tmp_path / "b.jsonl")
    city = [{"start": 0, "end": 4, "label": "CITY"}]
    assert apart == {"text": "Rome", "spans": [1], "x": {"y": 1}, "found": {"spans": city}}
    assert mixed == {"text": "Rome", "spans": city, "x": {"y": 1}}


def test_spans_are_counted_as_the_row_counts(tmp_path: Path):
    words = {"tokens": ["To", "Rome", "!"]}
    offsets = {"text": "To Rome!", "tokens": [{"start": 0, "end": 2}, {"start": 3, "end": 7}]}
    given = write_lines(tmp_path / "in.jsonl", [words, offsets])
    annotate(ruler(), given, tmp_path / "out.jsonl")
    first, second = read_samples(tmp_path / "out.jsonl")
    assert first.spans[0].surface(first.text) == second.spans[0].surface(second.text) == "Rome"
    assert read_lines(tmp_path / "out.jsonl")[0]["spans"][0]["start"] == 1


def test_texts_that_the_pipeline_raises_on(given: Path, tmp_path: Path):
    done = annotate(pipeline("scale_test_raises"), given, tmp_path / "out.jsonl", batch_size=8)
    bad = [row for row in rows(30) if "slept" in row["text"]]
    assert 0 < len(bad) == done.rejected < 30 and done.texts + done.rejected == 30
    rejects = read_lines(done.rejects or Path())
    assert [json.loads(reject["row"]) for reject in rejects] == bad
    assert rejects[0]["reason"] == "the pipeline raised"
    assert rejects[0]["detail"] == "RuntimeError: cannot sleep"


def test_docbin(given: Path, tmp_path: Path):
    annotate(pipeline("scale_test_found"), given, tmp_path / "out.spacy", batch_size=7)
    samples = read_samples(tmp_path / "out.spacy")
    assert [sample.text for sample in samples] == [row["text"] for row in rows(30)]
    assert samples[3].meta == {"id": 3} and samples[3].spans[0].label == "FIRST"
    assert samples[3].spans[0].score == pytest.approx(0.123456789)


def test_parts_of_a_folder(given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(output.PARTS, "spacy", (10, 1 << 20))
    annotate(ruler(), given, tmp_path / "out", output_format="spacy", batch_size=4)
    names = ["part-00001.spacy", "part-00002.spacy", "part-00003.spacy", "run.json"]
    assert list(files_in(tmp_path / "out")) == names
    nlp = spacy.blank("en")
    docs = [
        doc.text
        for name in names[:3]
        for doc in DocBin().from_disk(tmp_path / "out" / name).get_docs(nlp.vocab)
    ]
    assert docs == [row["text"] for row in rows(30)]


def test_parquet(tmp_path: Path):
    pq = pytest.importorskip("pyarrow.parquet", reason="pip install 'spacy-fewner[parquet]'")
    lines: list = [{"text": "Rome", "n": 1, "x": [1]}, {"text": "Oslo", "n": "two", "m": None}]
    given = write_lines(tmp_path / "in.jsonl", [*lines, *rows(20)])
    done = annotate(pipeline("scale_test_found"), given, tmp_path / "a.parquet", batch_size=3)
    table = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert done.texts == len(table) == 22
    assert table[0]["cats"] == [("long", 0.01)] and json.loads(table[0]["other_fields"]) == {
        "n": 1,
        "x": [1],
    }
    assert table[5]["id"] == 3 and table[5]["other_fields"] is None
    annotate(ruler(), tmp_path / "a.parquet", tmp_path / "b.parquet", into="more")
    again = pq.read_table(tmp_path / "b.parquet").to_pylist()
    assert [{k: v for k, v in row.items() if k != "more"} for row in again] == table
    assert again[0]["more"]["spans"][0]["label"] == "CITY"


def test_a_column_of_two_kinds(tmp_path: Path):
    pytest.importorskip("pyarrow", reason="pip install 'spacy-fewner[parquet]'")
    first = write_lines(tmp_path / "a.jsonl", [{"text": "a", "n": 1}])
    second = write_lines(tmp_path / "b.jsonl", [{"text": "a", "n": "x"}])
    with pytest.raises(FewnerError, match="must be of one kind"):
        annotate(ruler(), [first, second], tmp_path / "out.parquet")


@pytest.mark.parametrize("name", ["out.jsonl", "out.spacy", "out.parquet"])
def test_processes_write_what_one_does(name: str, model: Path, tmp_path: Path):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pip install 'spacy-fewner[parquet]'")
    given = write_lines(tmp_path / "in.jsonl", [*rows(40), "{", *rows(9)])
    for folder, n_process in (("one", 1), ("two", 2)):
        annotate(model, given, tmp_path / folder / name, batch_size=8, n_process=n_process)
    assert files_in(tmp_path / "one") == files_in(tmp_path / "two")


def test_a_full_disk(model: Path, tmp_path: Path):
    given = write_lines(tmp_path / "in.jsonl", rows(300))
    annotate(model, given, tmp_path / "whole" / "x.jsonl", batch_size=10)
    with no_file_over(9000), pytest.raises(FewnerError, match="run the same command again"):
        annotate(model, given, tmp_path / "out" / "x.jsonl", batch_size=10)
    assert not (tmp_path / "out" / "x.jsonl").exists()
    annotate(model, given, tmp_path / "out" / "x.jsonl", batch_size=10)
    assert files_in(tmp_path / "out") == files_in(tmp_path / "whole")


KILLER = """
import os, signal
from spacy.language import Language

@Language.component("scale_test_killed", assigns=["doc.ents"])
def killed(doc):
    if "KILL" in doc.text:
        os.kill(os.getpid(), signal.SIGKILL)
    return doc
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_that_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As the system does where memory ends; what was whole before stays."""
    assert signal.SIGKILL
    package = tmp_path / "killer"
    nlp = spacy.blank("en")
    exec(KILLER, {})
    nlp.add_pipe("scale_test_killed")
    nlp.to_disk(package)
    (tmp_path / "sitecustomize.py").write_text(KILLER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    given = write_lines(tmp_path / "in.jsonl", [*rows(60), {"text": "KILL"}, *rows(5)])
    out = tmp_path / "out" / "x.jsonl"
    with pytest.raises(FewnerError, match="one was killed"):
        annotate(nlp, given, out, batch_size=5, n_process=2)
    assert not out.exists() and out.with_name("x.jsonl.unfinished").is_dir()


def test_a_pipeline_that_raises_on_everything(tmp_path: Path):
    given = write_lines(tmp_path / "in.jsonl", [{"text": "they slept"}] * 20)
    with pytest.raises(FewnerError, match="RuntimeError: cannot sleep"):
        annotate(pipeline("scale_test_raises"), given, tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == [given]


def test_memory_that_ends(given: Path, tmp_path: Path):
    @Language.component("scale_test_memory", assigns=["doc.ents"])
    def memory(doc: Doc) -> Doc:
        raise MemoryError

    with pytest.raises(FewnerError, match="must have memory"):
        annotate(pipeline("scale_test_memory"), given, tmp_path / "out.jsonl")


def test_output_in_the_input(model: Path, given: Path, tmp_path: Path):
    for out in (given, tmp_path / "out.jsonl"):
        with pytest.raises(FewnerError, match="must not lie in the input"):
            annotate(model, [tmp_path, given], out)


@pytest.mark.parametrize("name", ["out.xml", "out.json"])
def test_output_of_no_format(name: str, model: Path, given: Path, tmp_path: Path):
    with pytest.raises(FewnerError, match="must end in one of"):
        annotate(model, given, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_pipeline_that_finds_nothing(given: Path, tmp_path: Path):
    with pytest.raises(FewnerError, match="must have a component that finds something"):
        annotate(spacy.blank("en"), given, tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == [given]


def test_words_are_forgotten(tmp_path: Path):
    """A vocabulary that grew with each text would fill the memory in the end."""
    nlp = ruler()
    given = write_lines(tmp_path / "in.jsonl", [{"text": f"Rome no{n}"} for n in range(300)])
    annotate(nlp, given, tmp_path / "a.jsonl", batch_size=30)
    assert not any(f"no{n}" in nlp.vocab.strings for n in range(300))


def test_rejects_are_read_and_not_replaced(model: Path, tmp_path: Path):
    rejects = write_lines(tmp_path / "out.rejects.jsonl", rows(3))
    with pytest.raises(FewnerError, match="must not lie in the input"):
        annotate(model, rejects, tmp_path / "out.jsonl", overwrite=True)
    assert len(read_lines(rejects)) == 3


def test_a_pipeline_that_changed_in_memory(model: Path, given: Path, tmp_path: Path):
    nlp = spacy.load(model)
    annotate(nlp, given, tmp_path / "out.jsonl")
    nlp.get_pipe("entity_ruler").add_patterns([{"label": "WHO", "pattern": "Ada"}])
    with pytest.raises(FewnerError, match="pipeline differ"):
        annotate(nlp, given, tmp_path / "out.jsonl")


def test_a_pipeline_that_processes_cannot_load(given: Path, tmp_path: Path):
    nlp = pipeline("scale_test_found")
    with pytest.raises(FewnerError, match="scale_test_found"):
        annotate(nlp, given, tmp_path / "out.jsonl", n_process=2)
