"""Documents: folders, single files, lines; what cannot be read is a reject with its reason."""

import json
from pathlib import Path

import pytest

from spacy_fewner.discovery.documents import read_documents
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import Reject, Sample


def read(path: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(id, text) of documents, (reason, what) of rejects."""
    found = list(read_documents(path))
    samples = [(one.meta["id"], one.text) for one in found if isinstance(one, Sample)]
    return samples, [(one.reason, one.text) for one in found if isinstance(one, Reject)]


def test_each_text_file_of_a_folder_is_a_document(tmp_path: Path):
    (tmp_path / "b").mkdir()
    (tmp_path / "a.txt").write_text("\ufeffOne.\n\nTwo.\n", "utf8")
    (tmp_path / "b" / "c.md").write_text("# Three", "utf8")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    (tmp_path / "binary.txt").write_bytes(b"a\x00b")
    (tmp_path / "latin.txt").write_bytes("Größe".encode("latin-1"))
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "dots.rst").write_text("...")
    (tmp_path / "twice.txt").write_text("one.  TWO.")
    samples, rejects = read(tmp_path)
    assert samples == [("a.txt", "One.\n\nTwo.\n"), (str(Path("b") / "c.md"), "# Three")]
    assert rejects == [
        ("not UTF-8 text", "binary.txt"),
        ("no text", "dots.rst"),
        ("no text", "empty.txt"),
        ("not UTF-8 text", "latin.txt"),
        ("no text file", "photo.png"),
        ("repeated document", "one.  TWO."),
    ]


def test_a_text_file_is_one_document(tmp_path: Path):
    (tmp_path / "a.txt").write_text("One.\nTwo.")
    assert read(tmp_path / "a.txt") == ([("a.txt", "One.\nTwo.")], [])


def test_each_line_of_a_jsonl_file_is_a_document(tmp_path: Path):
    lines = [
        json.dumps({"text": "One.", "meta": {"id": "x", "src": "y"}}),
        "",
        '{"text": "Two."}',
        '{"text": 2}',
        "not json",
        '{"spans": []}',
        "[1]",
        '{"text": "one."}',
        '{"text": "a\\u0000b"}',
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    with (tmp_path / "a.jsonl").open("ab") as file:
        file.write(b'\n{"text": "\xff"}')
    samples, rejects = read(tmp_path / "a.jsonl")
    assert [text for _, text in samples] == ["One.", "Two."]
    assert samples[0][0] == "x"
    assert rejects == [
        ("not a JSON object with a text", "a.jsonl:4"),
        ("not a JSON object with a text", "a.jsonl:5"),
        ("not a JSON object with a text", "a.jsonl:6"),
        ("not a JSON object with a text", "a.jsonl:7"),
        ("repeated document", "one."),
        ("not UTF-8 text", "a.jsonl:9"),
        ("not UTF-8 text", "a.jsonl:10"),
    ]


def test_lines_are_read_when_they_are_wanted(tmp_path: Path):
    lines = "".join(f'{{"text": "Text {n}."}}\n' for n in range(3))
    (tmp_path / "a.jsonl").write_text(lines)
    found = read_documents(tmp_path / "a.jsonl")
    assert next(found).text == "Text 0."
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write('{"text": "Later."}\n')
    assert [one.text for one in found] == ["Text 1.", "Text 2.", "Later."]


def test_other_files_of_examples_are_read_without_their_spans(tmp_path: Path):
    (tmp_path / "a.conll").write_text("Ada\tB-PER\nleft\tO\n\n")
    (found,) = read_documents(tmp_path / "a.conll")
    assert (found.text, found.spans) == ("Ada left", ())


def test_there_must_be_something(tmp_path: Path):
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    for path in (tmp_path, tmp_path / "no.txt", tmp_path / "no.jsonl", tmp_path / "no"):
        with pytest.raises(FewnerError, match=r"must (hold text files|exist)"):
            read_documents(path)
