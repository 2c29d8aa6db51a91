"""Characters of more than one code unit, marks, full and half widths, right-to-left text: offsets
are the same after each format, or an error says why not."""

import json
from pathlib import Path

import pytest
import spacy

from spacy_fewner.cascade.rows.geic import read_geic, write_geic
from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.data.tokens.pipeline import blank_pipeline
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import WORD, CharSpan, Sample

WORDS = {
    "beyond the BMP": ["𠮷野家", "で", "𩸽", "を", "食べ", "た", "。"],
    "emoji": ["Ada", "👩‍👩‍👧‍👦", "🇨🇭", "👍🏽", "❤️", "Bo"],
    "half-width katakana": ["ﾄｳｷｮｳ", "ﾀﾜｰ", "ﾊﾟﾘ", "に", "行く"],
    "full-width Latin": ["ＡＢＣ", "２０２４", "年", "％", "（株）"],
    "Hindi": ["नरेंद्र", "मोदी", "ने", "दिल्ली", "में", "क्षेत्र"],
    "Arabic with harakat": ["مُحَمَّدٌ", "فِي", "القَاهِرَةِ", "ـ", "كِتَاب"],
    "Hebrew with points": ["שָׁלוֹם", "עוֹלָם", "ירושלים"],
    "decomposed": ["e\u0301te\u0301", "u\u0308ber", "が", "한", "é"],
    "both directions": ["Ada", "אמרה", "\u200fשלום\u200f", "in", "\u2067דן\u2069", "(2024)"],
    "joiners": ["می\u200cخواهم", "क्\u200dष", "co\u00adop", "a\u2060b"],
    "Thai and Khmer": ["กรุงเทพฯ", "เป็น", "ខ្មែរ"],
    "variants": ["葛󠄀城", "辻󠄀", "㍿", "ﷺ", "ﬁn"],
    "controls": ["a\u2028b", "c\x85d", "e\x1cf", "g\x0bh"],
}


def sample_of(words: list[str], joiner: str, label: str = "X") -> Sample:
    tokens, position = [], 0
    for word in words:
        tokens.append((position, position + len(word)))
        position += len(word) + len(joiner)
    spans = [CharSpan(*token, label) for token in tokens]
    return Sample(joiner.join(words), tuple(spans), tuple(tokens))


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("joiner", ["", " ", "\u3000"])
@pytest.mark.parametrize("suffix", ["jsonl", "json", "conll", "spacy", "words"])
def test_offsets_stay(tmp_path: Path, words: list[str], joiner: str, suffix: str):
    given = sample_of(words, joiner, WORD)
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    how = {"joiner": joiner} if suffix in ("conll", "words") else {}
    write_samples([given], first)
    read = read_samples(first, **how)
    assert [(s.text, s.spans) for s in read] == [(given.text, given.spans)]
    assert [span.surface(read[0].text) for span in read[0].spans] == words
    write_samples(read, second)
    assert read_samples(second, **how) == read
    if suffix != "spacy":
        assert second.read_bytes() == first.read_bytes()


CHARACTERS = blank_pipeline("xx", "characters")


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_formats_in_a_row(tmp_path: Path, words: list[str]):
    """From each to the next, and back to the first."""
    given = sample_of(words, "", WORD)
    samples = [given]
    # Columns have no place for white space that no token of the file's own holds.
    spaced = any(sign.isspace() for word in words for sign in word)
    columns = [] if spaced else ["conll"]
    for n, suffix in enumerate(["words", "spacy", *columns, "json", "words", "jsonl"]):
        path = tmp_path / f"{n}.{suffix}"
        write_samples(samples, path, nlp=CHARACTERS)
        how = {"joiner": ""} if suffix in ("conll", "words") else {}
        samples = read_samples(path, **how)
        assert [(one.text, one.spans) for one in samples] == [(given.text, given.spans)]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_texts_without_tokens(tmp_path: Path, words: list[str]):
    """Only JSON has them as they are; a DocBin's tokens are those of its own tokenizer."""
    tokenized = sample_of(words, " ")
    given = Sample(tokenized.text, tokenized.spans)
    for suffix in ("jsonl", "json"):
        write_samples([given], tmp_path / f"a.{suffix}")
        assert read_samples(tmp_path / f"a.{suffix}") == [given]
    path = tmp_path / "a.spacy"
    write_samples([given], path, nlp=spacy.blank("xx"), alignment="expand")
    (read,) = read_samples(path)
    assert read.text == given.text
    for span, own in zip(read.spans, given.spans, strict=True):
        assert own.surface(given.text) in span.surface(read.text)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_geic_and_tables(tmp_path: Path, words: list[str]):
    given = sample_of(words, " ")
    write_geic([given], tmp_path / "geic.json")
    found = read_geic(tmp_path / "geic.json", purpose="training")
    assert found.rejects == [] and found.samples[0].text == given.text
    assert {(s.start, s.end) for s in found.samples[0].spans} == set(given.tokens or ())
    for suffix in ("csv", "tsv"):
        path = tmp_path / f"a.{suffix}"
        texts = [Sample(given.text, cats={"数": 1.0}, spans_annotated=False)]
        write_samples(texts, path, suffix)
        assert [(s.text, s.cats) for s in read_samples(path)] == [(given.text, {"数": 1.0})]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("name", ["beyond the BMP", "emoji", "variants"])
def test_utf16_offsets_are_told(tmp_path: Path, name: str):
    given = sample_of(WORDS[name], "")
    spans = [
        {"start": utf16(given.text[: s.start]), "end": utf16(given.text[: s.end]), "label": "X",
         "text": s.surface(given.text)}
        for s in given.spans
    ]  # fmt: skip
    path = tmp_path / "s.jsonl"
    path.write_text(json.dumps({"text": given.text, "spans": spans}), "utf8")
    with pytest.raises(FewnerError, match=rf"all {len(spans)} spans .* UTF-16 units"):
        read_samples(path)


@pytest.mark.parametrize(
    ("text", "start", "end", "own", "says"),
    [
        ("ＡＢＣ社", 0, 3, "ABC", "half-width forms: write the span's own as 'ＡＢＣ'"),
        ("行くﾊﾟﾘ", 2, 5, "パリ", "write the span's own as 'ﾊﾟﾘ'"),
        ("ﾊﾟﾘに行く", 0, 2, "パリ", r"made plain \(NFKC\).*normalize\('NFKC', text\)"),
        ("ﾊﾟﾘでﾊﾟﾘ", 3, 5, "パリ", r"made plain \(NFKC\)"),
        ("ＡＢＣ社", 1, 3, "パリ", "The text does not have it"),
    ],
)
def test_a_text_of_another_width_is_told(
    tmp_path: Path, text: str, start: int, end: int, own: str, says: str
):
    """ﾊﾟﾘ is パリ to a reader; one character more to a computer."""
    span = {"start": start, "end": end, "label": "X", "text": own}
    path = tmp_path / "s.jsonl"
    path.write_text(json.dumps({"text": text, "spans": [span]}), "utf8")
    with pytest.raises(FewnerError, match=says):
        read_samples(path)


LONE = "a\ud842b"


@pytest.mark.parametrize("escape", ["\\ud842", "\\udfb7", "\\ud842x", "\\udfb7\\ud842"])
@pytest.mark.parametrize("suffix", ["jsonl", "json"])
def test_lone_surrogates_are_refused(tmp_path: Path, escape: str, suffix: str):
    path = tmp_path / f"s.{suffix}"
    record = f'{{"text": "ab{escape}", "spans": []}}'
    path.write_text(f"[{record}]" if suffix == "json" else record, "ascii")
    with pytest.raises(FewnerError, match=r"s\.json.*half of a surrogate pair"):
        read_samples(path)
    path.write_text(path.read_text("ascii").replace(escape, "\\ud842\\udfb7"), "ascii")
    assert read_samples(path)[0].text == "ab𠮷"


@pytest.mark.parametrize("suffix", ["jsonl", "json", "conll", "spacy", "words", "csv", "tsv"])
def test_lone_surrogates_are_not_written(tmp_path: Path, suffix: str):
    spans = (CharSpan(0, 3, WORD),)
    if suffix in ("csv", "tsv"):
        sample = Sample(LONE, cats={"A": 1.0}, spans_annotated=False)
    else:
        sample = Sample(LONE, spans, ((0, 3),))
    with pytest.raises(FewnerError):
        write_samples([sample], tmp_path / f"s.{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["jsonl", "json", "conll", "conllu", "words", "csv"])
def test_surrogates_as_bytes_are_no_utf8(tmp_path: Path, suffix: str):
    path = tmp_path / f"s.{suffix}"
    path.write_bytes(LONE.encode("utf-8", "surrogatepass"))
    with pytest.raises(FewnerError, match="must be UTF-8; got byte 0xed at offset 1"):
        read_samples(path)
