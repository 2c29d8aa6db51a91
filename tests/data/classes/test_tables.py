"""Tables of texts and their classes, in and out."""

import csv
from pathlib import Path

import pytest
from data_strategies import CLASSES
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.data.classes.labels import chosen
from spacy_fewner.data.losses import not_kept
from spacy_fewner.errors import FewnerError, FewnerWarning
from spacy_fewner.types import CharSpan, Sample

CSV = (
    'id,text,label\r\n1,"She said ""hi"", twice",greeting\r\n'
    '2,"two\r\nlines",farewell\r\n3,none,\r\n'
)


def write(folder: Path, content: str, name: str = "t.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def pairs(samples: list[Sample]) -> list[tuple[str, list[str]]]:
    return [(sample.text, chosen(sample)) for sample in samples]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_quotes_line_ends_and_marks_of_byte_order(tmp_path: Path, encoding: str):
    samples = read_samples(write(tmp_path, CSV, encoding=encoding))
    assert pairs(samples) == [
        ('She said "hi", twice', ["greeting"]),
        ("two\r\nlines", ["farewell"]),
        ("none", []),
    ]
    assert not any(sample.spans_annotated for sample in samples)
    assert [sample.place.rsplit(":", 1)[1] for sample in samples] == ["2", "3", "5"]


@pytest.mark.parametrize(
    "header", ["text,label", "Utterance, Intent", "category,title", "x,cats,Text"]
)
def test_columns_are_known_by_usual_names(tmp_path: Path, header: str):
    names = [name.strip().lower() for name in header.split(",")]
    cells = ["hello" if n in ("text", "utterance", "title") else "g" for n in names]
    (sample,) = read_samples(write(tmp_path, f"{header}\n{','.join(cells)}\n"))
    assert pairs([sample]) == [("hello", ["g"])]


@pytest.mark.parametrize(
    ("content", "how"),
    [
        ("hello,g\n", {"text_column": 1, "label_column": 2}),
        ("g,x,hello\n", {"text_column": "-1", "label_column": ["1"]}),
        ("Satz;Art\nhello;g\n", {"text_column": "Satz", "label_column": "Art"}),
        ("hello\tg\n", {"text_column": "1", "label_column": "2"}),
        ("label|text\ng|hello\n", {}),
        ("text;label\nhello;g\n", {}),
    ],
)
def test_columns_can_be_named_or_counted(tmp_path: Path, content: str, how: dict):
    assert pairs(read_samples(write(tmp_path, content), **how)) == [("hello", ["g"])]


def test_several_classes_stand_in_several_columns_or_in_one(tmp_path: Path):
    columns = write(tmp_path, "text,label,label\na,x,y\nb,,y\nc,x,\n")
    several = [("a", ["x", "y"]), ("b", ["y"]), ("c", ["x"])]
    assert pairs(read_samples(columns)) == several
    cell = write(tmp_path, "text,label\na,x; y\nb,y\nc,;x\n")
    assert pairs(read_samples(cell, label_separator=";")) == several
    assert pairs(read_samples(cell))[0] == ("a", ["x; y"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("text,label\na,x\nb, c,y\n", "t.csv:3: every row must have 2 cells"),
        ('text,label\na,x\n"b\nc,y\n', "t.csv:3: a table must have its quotes in pairs"),
        ("one,two\na,x\n", "must be known to hold the text and label; got one, two"),
        ("text,two\na,x\n", "hold the label"),
        ("text,label\n", "a header alone"),
        ("\n\n", "must be known"),
        ("text,label\na, \n", None),
    ],
)
def test_bad_tables_are_named_by_line(tmp_path: Path, content: str, says: str | None):
    path = write(tmp_path, content)
    if says is None:
        assert read_samples(path)[0].cats == {}
        return
    with pytest.raises(FewnerError) as caught:
        read_samples(path)
    assert says in str(caught.value)


@pytest.mark.parametrize("column", ["Art", "3", "0", "-3"])
def test_columns_that_are_not_there_are_an_error(tmp_path: Path, column: str):
    with pytest.raises(FewnerError, match="must be a name in the first row, or one of 2"):
        read_samples(write(tmp_path, "text,label\na,x\n"), label_column=column)
    with pytest.raises(FewnerError, match="different columns"):
        read_samples(write(tmp_path, "text,label\na,x\n"), label_column=1)


def test_what_is_odd_about_classes_is_said(tmp_path: Path):
    with pytest.warns(FewnerWarning, match="1 names of classes without the spaces"):
        samples = read_samples(write(tmp_path, "text,label\na, x\nb,y\n"))
    assert pairs(samples) == [("a", ["x"]), ("b", ["y"])]
    with pytest.warns(FewnerWarning, match=r"numbers \(0, 1\)"):
        read_samples(write(tmp_path, "text,label\na,0\nb,1\n"))


def test_tabs_without_regard_to_quotes(tmp_path: Path):
    loose = write(tmp_path, 'text\tlabel\n"so\tx\nand" so\ty\n', "t.tsv")
    assert pairs(read_samples(loose)) == [('"so', ["x"]), ('and" so', ["y"])]
    quoted = write(tmp_path, 'text\tlabel\n"so\nand"\tx\n"a\tb"\ty\n', "t.tsv")
    assert pairs(read_samples(quoted)) == [("so\nand", ["x"]), ("a\tb", ["y"])]


def test_a_file_of_columns_stays_one(tmp_path: Path):
    """.tsv is a table only where its first row names both, and no tags follow."""
    spans = write(tmp_path, "text\tlabel\nAda\tB-PER\nleft\tO\nBo\tB-PER\n", "t.tsv")
    with pytest.raises(FewnerError, match="a tag must be O"):
        read_samples(spans)
    plain = write(tmp_path, "Ada\tB-PER\nleft\tO\n", "t.tsv")
    assert read_samples(plain)[0].spans == (CharSpan(0, 3, "PER"),)
    assert read_samples(plain)[0].spans_annotated


def test_texts_alone_need_no_classes(tmp_path: Path):
    path = write(tmp_path, "id,text\n1,a\n2,b\n")
    assert pairs(read_samples(path, texts_only=True)) == [("a", []), ("b", [])]


def test_long_texts_are_whole(tmp_path: Path):
    before = csv.field_size_limit()
    samples = [Sample("word " * 100_000 + "end", cats={"a": 1.0}), Sample("b", cats={"b": 1.0})]
    write_samples(samples, tmp_path / "t.csv")
    assert pairs(read_samples(tmp_path / "t.csv")) == pairs(samples)
    assert csv.field_size_limit() == before


def test_rows_keep_their_other_columns(tmp_path: Path):
    path, out = write(tmp_path, CSV.replace("\r\n", "\n")), tmp_path / "out.csv"
    first, second, third = read_samples(path)
    write_samples([third, first], out)
    assert out.read_text() == 'id,text,label\n3,none,\n1,"She said ""hi"", twice",greeting\n'
    assert not_kept([third, first], "csv") == ""
    assert not_kept([third, first], "jsonl") == "not kept in JSONL: column id 2"
    second.cats.clear()
    second.cats.update({"a": 1.0, "b": 1.0})
    write_samples([first, second], out)  # no room for two
    assert out.read_text().startswith("text,label,label\n")
    assert "column id 2" in not_kept([first, second], "csv")


def test_what_a_table_cannot_hold_is_counted_or_refused(tmp_path: Path):
    said = not_kept([Sample("Ada", (CharSpan(0, 3, "P"),), cats={"a": 0.7, "b": 0.0})], "csv")
    assert said == "not kept in CSV: scores of classes 1, spans 1"
    assert "texts with none of their classes 1" in not_kept([Sample("b", cats={"a": 0.0})], "csv")
    with pytest.raises(FewnerError, match="must hold classes"):
        write_samples([Sample("Ada", (CharSpan(0, 3, "P"),))], tmp_path / "t.csv")
    with pytest.raises(FewnerError, match="read again as written"):
        write_samples(
            [Sample(" ", cats={"a": 0.0}), Sample("b", cats={"a": 1.0})], tmp_path / "t.csv"
        )
    assert not (tmp_path / "t.csv").exists()


SAMPLES = st.lists(
    st.builds(
        lambda text, names: Sample(
            text, cats=dict.fromkeys(sorted(names), 1.0), spans_annotated=False
        ),
        st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30),
        st.sets(CLASSES.filter(lambda name: "/" not in name), max_size=3),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.filterwarnings("ignore::spacy_fewner.errors.FewnerWarning")
@settings(max_examples=300, deadline=None)
@given(SAMPLES, st.sampled_from(["t.csv", "t.tsv"]))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, samples: list[Sample], name: str):
    """What is written is read as it was, or refused."""
    path = tmp_path_factory.mktemp("tables") / name
    try:
        write_samples(samples, path)
    except FewnerError:
        odd = any("\t" in sample.text or not sample.text.strip() for sample in samples)
        assume(odd or not any(sample.cats for sample in samples))
        return
    assert read_samples(path, name.removeprefix("t.")) == samples  # a class may be called O
