import json
from dataclasses import replace
from pathlib import Path

import pytest
from data_strategies import char_samples, token_samples
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data.formats.jsonl import read_json, read_jsonl, write_json, write_jsonl
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

GOOD = '{"text": "Ada Lovelace", "spans": [{"start": 0, "end": 12, "label": "PER"}]}'


def write(tmp_path: Path, *lines: str, name: str = "examples.jsonl") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def scores(samples: list[Sample]) -> list[list[float | None]]:
    return [[span.score for span in sample.spans] for sample in samples]


@settings(max_examples=150, deadline=None)
@given(samples=st.lists(char_samples() | token_samples(), min_size=1, max_size=3))
def test_round_trip(tmp_path_factory, samples):
    folder = tmp_path_factory.mktemp("jsonl")
    for write_them, read_them, name in (
        (write_jsonl, read_jsonl, "s.jsonl"),
        (write_json, read_json, "s.json"),
    ):
        write_them(samples, folder / name)
        read = read_them(folder / name)
        assert read == samples
        assert scores(read) == scores(samples)


def test_prodigy_form(tmp_path):
    record = {
        "text": "Ada wrote.",
        "spans": [{"start": 0, "end": 3, "label": "PER", "token_start": 0, "token_end": 0}],
        "tokens": [
            {"text": "Ada", "start": 0, "end": 3, "id": 0, "ws": True},
            {"text": "wrote.", "start": 4, "end": 10, "id": 1, "ws": False},
        ],
        "meta": {"source": "me"},
        "weight": 0.4,
        "answer": "accept",
        "_input_hash": 17,
    }
    path = write(tmp_path, json.dumps(record), "", json.dumps({**record, "answer": "reject"}))
    assert read_jsonl(path) == [
        Sample(
            "Ada wrote.",
            (CharSpan(0, 3, "PER"),),
            ((0, 3), (4, 10)),
            meta={"source": "me"},
            weight=0.4,
        )
    ]
    write_jsonl(read_jsonl(path), path)
    written = json.loads(path.read_text())
    assert written["tokens"] == record["tokens"]


def test_token_form_counts_tokens(tmp_path):
    record = {
        "tokens": ["New", "York", "is", "big"],
        "spans": [{"start": 0, "end": 2, "label": "LOC"}],
    }
    joined = read_jsonl(write(tmp_path, json.dumps(record)))[0]
    assert joined.text == "New York is big"
    assert [span.surface(joined.text) for span in joined.spans] == ["New York"]
    given_text = read_jsonl(write(tmp_path, json.dumps({**record, "text": "New  Yorkis big "})))[0]
    assert given_text.tokens == ((0, 3), (5, 9), (9, 11), (12, 15))
    assert given_text.spans[0].surface(given_text.text) == "New  York"


def test_repeated_tokens_are_found_in_order(tmp_path):
    sample = read_jsonl(
        write(
            tmp_path,
            '{"tokens": ["a", "a", "aa", "a"], "spans": [{"start": 3, "end": 4, "label": "X"}]}',
        )
    )[0]
    assert sample.text == "a a aa a"
    assert sample.spans == (CharSpan(7, 8, "X"),)


@pytest.mark.parametrize(
    ("cats", "expected"),
    [
        ('"NUM"', {"NUM": 1.0}),
        ('["A", "B"]', {"A": 1.0, "B": 1.0}),
        ('{"A": true, "B": 0.25}', {"A": 1.0, "B": 0.25}),
    ],
)
def test_cats(tmp_path, cats, expected):
    assert read_jsonl(write(tmp_path, f'{{"text": "x", "cats": {cats}}}'))[0].cats == expected


def test_byte_order_mark_and_line_separators(tmp_path):
    path = tmp_path / "windows.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode() + b'\r\n{"text": "a\xe2\x80\xa8b"}\r\n')
    assert [sample.text for sample in read_jsonl(path)] == ["Ada Lovelace", "a\u2028b"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{not json", "must be JSON"),
        ('["a"]', "must be a JSON object"),
        ('{"spans": []}', "'text' must be a string"),
        ('{"text": 3}', "'text' must be a string"),
        ('{"text": "ab", "spans": [{"start": 0, "end": 3, "label": "X"}]}', "2 characters"),
        ('{"text": "ab", "spans": [{"start": -1, "end": 1, "label": "X"}]}', "2 characters"),
        ('{"text": "ab", "spans": [{"start": 1, "end": 1, "label": "X"}]}', "before 'end'"),
        ('{"text": "ab", "spans": [{"start": 0.0, "end": 1, "label": "X"}]}', "integers"),
        ('{"text": "ab", "spans": [{"start": false, "end": true, "label": "X"}]}', "integers"),
        ('{"text": "ab", "spans": [{"start": 0, "label": "X"}]}', "integers"),
        ('{"text": "ab", "spans": [{"start": 0, "end": 1, "label": " "}]}', "non-empty"),
        ('{"text": "ab", "spans": [{"start": 0, "end": 1}]}', "no label"),
        ('{"text": "ab", "spans": [[0, 1, "X"]]}', "must be an object"),
        ('{"text": "ab", "spans": {"start": 0}}', "must be a list"),
        ('{"text": "ab", "entities": [[0, 1, "X"]]}', "must be in 'spans'"),
        ('{"text": "ab", "tokens": ["a", "x"]}', "follow each other"),
        ('{"text": "axb", "tokens": ["a", "b"]}', "follow each other"),
        ('{"tokens": ["a", ""]}', "non-empty strings"),
        ('{"tokens": ["a", {"start": 0, "end": 1}]}', "non-empty strings"),
        ('{"tokens": ["a"], "spans": [{"start": 0, "end": 2, "label": "X"}]}', "1 tokens"),
        (
            '{"text": "ab", "tokens": [{"start": 0, "end": 2}, {"start": 1, "end": 2}]}',
            "in order",
        ),
        ('{"text": "ab", "weight": -1}', "0 or more"),
        ('{"text": "ab", "weight": 1' + "0" * 400 + "}", "0 or more"),
        ('{"text": "ab", "weight": NaN}', "must be JSON"),
        ('{"text": "ab", "cats": {"X": 2}}', "between 0 and 1"),
        ('{"text": "ab", "cats": 3}', "labels with scores"),
        ('{"text": "ab", "meta": "me"}', "'meta' must be an object"),
        ('{"text": "a\\ud800"}', "surrogate"),
        ("[" * 100_000, "must be JSON"),
    ],
)
def test_bad_line_is_named(tmp_path, line, says):
    path = write(tmp_path, GOOD, "", line)
    with pytest.raises(FewnerError, match=r"examples\.jsonl:3\b") as caught:
        read_jsonl(path)
    assert says in str(caught.value)
    assert caught.value.remedy


def test_wrong_encoding_names_line_and_byte(tmp_path):
    path = tmp_path / "latin.jsonl"
    first = GOOD.encode() + b"\n"
    path.write_bytes(first + '{"text": "café"}'.encode("latin-1"))
    with pytest.raises(FewnerError, match=r"latin\.jsonl:2: must be UTF-8") as caught:
        read_jsonl(path)
    assert f"byte 0xe9 at offset {len(first) + 13}" in str(caught.value)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    with pytest.raises(FewnerError, match=f"at offset {len(first) + 16}"):
        read_jsonl(path)
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(FewnerError, match="UTF-16"):
        read_jsonl(path)


@pytest.mark.parametrize("content", ["", "\n \n", '{"text": "a", "answer": "ignore"}'])
def test_nothing_to_read(tmp_path, content):
    with pytest.raises(FewnerError, match="must hold examples"):
        read_jsonl(write(tmp_path, content))


def test_bad_record_of_an_array_is_named(tmp_path):
    with pytest.raises(FewnerError, match=r"list\.json\[1\]"):
        read_json(write(tmp_path, f"[{GOOD}, 3]", name="list.json"))


@pytest.mark.parametrize(
    "bad", [Sample("a", meta={"x": object()}), Sample("a", weight=float("nan")), Sample("\ud800")]
)
def test_unwritable_sample_leaves_the_old_file(tmp_path, bad):
    path = write(tmp_path, GOOD)
    good = read_jsonl(path)
    with pytest.raises(FewnerError):
        write_jsonl([replace(good[0], text="Ada Lovelace!"), bad], path)
    assert read_jsonl(path) == good
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
