"""A span's own text is held against its offsets, and says how they count."""

import json
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spacy_fewner.data import read_samples
from spacy_fewner.errors import FewnerError

WORDS = ["e\u0301te\u0301", "👩‍👩‍👧", "Ada", "naïve", "東京", "🇨🇭", "Bo", "u\u0308ber", "x"]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def utf8(text: str) -> int:
    return len(text.encode())


COUNTS = {
    "UTF-16 units": lambda text, start, end: (utf16(text[:start]), utf16(text[:end])),
    "bytes of UTF-8": lambda text, start, end: (utf8(text[:start]), utf8(text[:end])),
    "tokens": lambda text, start, end: (
        len(text[:start].split()),
        len(text[:start].split()) + len(text[start:end].split()),
    ),
    "end inclusive": lambda text, start, end: (start, end - 1),
    "from 1, or a byte order mark": lambda text, start, end: (start + 1, end + 1),
    "from 1, the end inclusive": lambda text, start, end: (start + 1, end),
    "a start and a length": lambda text, start, end: (start, end - start),
    "NFC": lambda text, start, end: (
        len(unicodedata.normalize("NFC", text[:start])),
        len(unicodedata.normalize("NFC", text[:end])),
    ),
}


def records(texts: list[list[str]], count) -> list[dict]:
    """Each word of each text as a span that says its text."""
    made = []
    for words in texts:
        text, spans, position = " ".join(words), [], 0
        for word in words:
            start, end = count(text, position, position + len(word))
            spans.append({"start": start, "end": end, "label": "X", "text": word})
            position += len(word) + 1
        made.append({"text": text, "spans": spans})
    return made


def write(folder, made: list[dict]):
    path = folder / "s.jsonl"
    path.write_text("\n".join(map(json.dumps, made)), encoding="utf8")
    return path


TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(texts=TEXTS)
def test_right_offsets_pass(tmp_path_factory, texts):
    path = write(tmp_path_factory.mktemp("c"), records(texts, lambda _, start, end: (start, end)))
    for sample, words in zip(read_samples(path), texts, strict=True):
        assert [span.surface(sample.text) for span in sample.spans] == words


@settings(max_examples=50, deadline=None)
@given(texts=TEXTS)
@pytest.mark.parametrize("counting", COUNTS)
def test_wrong_offsets_never_pass(tmp_path_factory, counting, texts):
    made = records(texts, COUNTS[counting])
    assume(made != records(texts, lambda _, start, end: (start, end)))
    with pytest.raises(FewnerError, match=r"s\.jsonl:\d+ spans\[\d\]"):
        read_samples(write(tmp_path_factory.mktemp("c"), made))


@pytest.mark.parametrize("counting", COUNTS)
def test_the_counting_is_named(tmp_path, counting):
    texts = [["x", "👩‍👩‍👧", "naïve", "Ada"], ["e\u0301te\u0301", "Bo", "東京", "u\u0308ber"]]
    with pytest.raises(FewnerError, match=f"fit all 8 spans if they count .*{counting}"):
        read_samples(write(tmp_path, records(texts, COUNTS[counting])))


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({"text": "a\nAda", "spans": [(3, 6, "Ada")]}, "each line end as two"),
        ({"text": "a\r\nAda", "spans": [(2, 5, "Ada")]}, "as one character"),
        ({"text": " x Ada", "spans": [(2, 5, "Ada")]}, "without the spaces at its start"),
        ({"text": "Bo met Ada", "spans": [(0, 2, "Ada")]}, "has it at 7 to 10"),
        ({"text": "Bo met Ada", "spans": [(0, 2, "Cy")]}, "does not have it"),
        ({"tokens": ["Bo", "met", "Ada"], "spans": [(7, 10, "Ada")]}, "count characters"),
        ({"text": "Ada", "spans": [(2, 5, "Ada")]}, "has it at 0 to 3"),
    ],
)
def test_other_faults(tmp_path, record, says):
    spans = [{"start": s, "end": e, "label": "X", "text": own} for s, e, own in record["spans"]]
    with pytest.raises(FewnerError, match=says):
        read_samples(write(tmp_path, [{**record, "spans": spans}]))


def test_spaces_and_composition_do_not_matter(tmp_path):
    text = "New  York e\u0301te\u0301"
    spans = [
        {"start": 0, "end": 9, "label": "X", "text": "New York"},
        {"start": 10, "end": 15, "label": "X", "text": "été"},
        {"start": 0, "end": 3, "label": "X", "text": None},
    ]
    assert len(read_samples(write(tmp_path, [{"text": text, "spans": spans}]))[0].spans) == 3
