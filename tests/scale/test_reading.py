"""Every format, from any place on; rows that are broken cost no other."""

import csv
import gzip
import io
import sys
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from scale_helpers import rows, write_lines
from spacy.tokens import DocBin

from spacy_fewner.errors import FewnerError
from spacy_fewner.scale.reading import tables
from spacy_fewner.scale.reading.items import Item, Place
from spacy_fewner.scale.reading.read import read_items
from spacy_fewner.scale.reading.rows import Bad, Row, row_of
from spacy_fewner.scale.reading.sources import sources_of

TEXTS = [f"{row['text']} {row['id']}" for row in rows(12)]


def jsonl(path: Path) -> None:
    write_lines(path, [{"text": text, "n": n} for n, text in enumerate(TEXTS)])


def packed(path: Path) -> None:
    jsonl(path)
    path.write_bytes(gzip.compress(path.read_bytes()))


def table(path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([("n", "text"), *enumerate(TEXTS)])


def parquet(path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pip install 'spacy-fewner[parquet]'")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": TEXTS, "n": range(len(TEXTS))}), path, row_group_size=5)


def docbin(path: Path) -> None:
    nlp = spacy.blank("en")
    DocBin(docs=map(nlp.make_doc, TEXTS)).to_disk(path)


def lines(path: Path) -> None:
    path.write_text("\n\n".join(TEXTS), "utf8")


WRITERS = {
    "a.jsonl": jsonl,
    "a.jsonl.gz": packed,
    "a.csv": table,
    "a.parquet": parquet,
    "a.spacy": docbin,
    "a.txt": lines,
}


def read(path: Path | str, start: Place | None = None, **how) -> list[tuple[Item, Place]]:
    return list(read_items(sources_of([path], **how), start or Place()))


def made(items: list[tuple[Item, Place]], longest: int = 1000) -> list[Row | Bad]:
    return [row_of(item, None, longest) for item, _ in items]


@pytest.mark.parametrize("name", WRITERS)
def test_all_rows_from_any_place_on(name: str, tmp_path: Path):
    WRITERS[name](tmp_path / name)
    whole = read(tmp_path / name)
    assert [row.text for row in made(whole) if isinstance(row, Row)] == TEXTS
    for number, (_, place) in enumerate(whole, start=1):
        assert read(tmp_path / name, place) == whole[number:]


def test_files_one_after_the_other(tmp_path: Path):
    for name in WRITERS:
        (tmp_path / "in").mkdir(exist_ok=True)
        WRITERS[name](tmp_path / "in" / name)
    (tmp_path / "in" / ".hidden.txt").write_text("no")
    whole = read(tmp_path / "in")
    assert len(whole) == len(TEXTS) * len(WRITERS)
    for number in (1, 11, 12, 13, 40, 60, 71):
        assert read(tmp_path / "in", whole[number - 1][1]) == whole[number:]
    assert len(read(str(tmp_path / "*" / "a.[jc]s*"))) == len(TEXTS) * 3


def test_a_file_that_is_one_text(tmp_path: Path):
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(f"{name}\n\nmore", "utf8")
    items = read(tmp_path, whole_files=True)
    assert [row.text for row in made(items) if isinstance(row, Row)] == [
        "a.txt\n\nmore",
        "b.txt\n\nmore",
    ]
    assert read(tmp_path, items[0][1], whole_files=True) == items[1:]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "txt"])
def test_stdin(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    WRITERS[f"a.{kind}"](tmp_path / "x")
    content = (tmp_path / "x").read_bytes()

    def piped(start: Place | None = None) -> list[tuple[Item, Place]]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        return read("-", start, format=kind)

    whole = piped()
    assert [row.text for row in made(whole) if isinstance(row, Row)] == TEXTS
    assert piped(whole[4][1]) == whole[5:]
    content = content.replace(TEXTS[0].encode(), b"else")
    with pytest.raises(FewnerError, match="must begin with what the run"):
        piped(whole[4][1])


def test_input_that_changed_in_the_middle(tmp_path: Path):
    jsonl(tmp_path / "a.jsonl")
    place = read(tmp_path / "a.jsonl")[6][1]
    changed = (tmp_path / "a.jsonl").read_text("utf8").replace('"n": 3', '"n": 4')
    (tmp_path / "a.jsonl").write_text(changed, "utf8")
    with pytest.raises(FewnerError, match="begin anew with --overwrite"):
        read(tmp_path / "a.jsonl", place)


BAD = [
    ("{", "not JSON"),
    ("[1]", "not JSON"),
    ("NaN", "not JSON"),
    ('{"text": "\\ud800"}', "not JSON"),
    ("{}", "no text"),
    ('{"text": 3}', "no text"),
    ('{"text": null}', "no text"),
    ('{"text": " \\n"}', "no text"),
    ('{"text": "%s"}' % ("x" * 1001), "text too long"),
    ('{"text": "a b", "tokens": ["a", "c"]}', "tokens do not fit"),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_rows_that_are_none(line: str, reason: str, tmp_path: Path):
    path = write_lines(tmp_path / "a.jsonl", ['{"text": "first"}', line, '{"text": "last"}'])
    first, bad, last = made(read(path))
    assert isinstance(first, Row) and isinstance(last, Row) and isinstance(bad, Bad)
    assert (bad.item.line, bad.reason) == (2, reason) and bad.detail


def test_bytes_that_are_no_characters(tmp_path: Path):
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "a"}\n{"text": "\xff"}\n')
    (tmp_path / "a.csv").write_bytes(b"text,n\na,\xff\nb,1\n")
    _, bad, also, fine = made(read(tmp_path / "a.jsonl") + read(tmp_path / "a.csv"))
    assert isinstance(bad, Bad) and bad.reason == "not UTF-8" and "\\xff" in bad.raw
    assert isinstance(also, Bad) and also.reason == "not UTF-8"
    assert isinstance(fine, Row)


@pytest.mark.parametrize("row", ['2,"open', "2", "2,b,c", '2,"b"x', '2,"open and\nclosed" x'])
def test_a_broken_row_of_a_table(row: str, tmp_path: Path):
    (tmp_path / "a.csv").write_text(f'n,text\n1,a\n{row}\n3,c\n4,"d\nd"\n', "utf8")
    items = read(tmp_path / "a.csv")
    found = made(items)
    texts = [one.text for one in found if isinstance(one, Row)]
    assert texts == ["a", "c", "d\nd"]
    assert next(one.item.line for one in found if isinstance(one, Bad)) == 3
    for number, (_, place) in enumerate(items, start=1):
        assert read(tmp_path / "a.csv", place) == items[number:]


CELLS = st.text(alphabet='ab",;\n\r\t é|', max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12))
def test_tables_as_csv_writes_them(tmp_path_factory: pytest.TempPathFactory, cells):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf8", newline="") as stream:
        csv.writer(stream).writerows([("text", "x"), *cells])
    items = read(path)
    assert [tuple(item.content[1].values()) for item, _ in items] == [
        pair for pair in cells if any(cell.strip() for cell in pair)
    ]
    for number, (_, place) in enumerate(items, start=1):
        assert read(path, place) == items[number:]


def test_a_quote_without_an_end_is_not_looked_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tables, "LONGEST", 50)
    (tmp_path / "a.csv").write_text('n,text\n1,"a\n' + "2,b\n" * 100, "utf8")
    bad, *others = made(read(tmp_path / "a.csv"))
    assert isinstance(bad, Bad) and len(others) == 100


def test_a_table_without_names(tmp_path: Path):
    (tmp_path / "a.csv").write_text("1,some words\n2,others\n", "utf8")
    with pytest.raises(FewnerError, match="--text-column 1"):
        read(tmp_path / "a.csv")
    sources = sources_of([tmp_path / "a.csv"])
    items = [item.content for item, _ in read_items(sources, Place(), "2")]
    assert items[0] == ("some words", {"1": "1", "2": "some words"})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xml", b"<a/>", "must end in one of"),
        ("a.jsonl", "\ufeff{}".encode("utf-16-le"), "must be UTF-8"),
        ("a.parquet", b"PAR1 and no end", "must be readable"),
        ("a.jsonl.gz", b"no gzip", "must be readable"),
        ("a.spacy", b"no DocBin", "must be readable"),
        ("a.csv", b"", "must begin with a row of cells"),
    ],
)
def test_files_that_are_none(name: str, content: bytes, said: str, tmp_path: Path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FewnerError, match=said):
        read(tmp_path / name)


def test_names_that_are_not_there(tmp_path: Path):
    for name, said in (("no.jsonl", "must exist"), ("*.jsonl", "must match a file")):
        with pytest.raises(FewnerError, match=said):
            read(str(tmp_path / name))
    (tmp_path / "empty").mkdir()
    with pytest.raises(FewnerError, match="must hold files"):
        read(tmp_path / "empty")


def test_own_tokens(tmp_path: Path):
    path = write_lines(tmp_path / "a.jsonl", [{"tokens": ["New", "York", "!"]}])
    (row,) = made(read(path))
    assert isinstance(row, Row) and row.tokens
    assert row.text == "New York !" and row.tokens.words == ["New", "York", "!"]
