"""Segmented text: a sentence a line, words parted by spaces."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.data.formats.segmented.words import SPACES, read_words
from spacy_fewner.data.losses import not_kept
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import WORD, CharSpan, Sample

UNSPACED = [
    "王小明",
    "在",
    "北京大学",
    "。",
    "𠮷野家",
    "コーヒー",
    "ﾊﾝｶｸ",
    "２０２４",
    "A",
    "👩‍👩‍👧",
    "がぎ",
]
SPACED = [
    "Ada",
    "met",
    "कि",
    "हिन्दी",
    "مُحَمَّد",
    "שלום",
    "한국어",
    "U.S.A.",
    "e\u0301te",
    "10\u00a0000",
]


def segmented(words: list[str], joiner: str = "") -> Sample:
    spans, position = [], 0
    for word in words:
        spans.append(CharSpan(position, position + len(word), WORD))
        position += len(word) + len(joiner)
    return Sample(joiner.join(words), tuple(spans))


def write(folder: Path, text: str, name: str = "s.words") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=SPACES + "\r\n"),
                min_size=1, max_size=4).filter(lambda word: word[0] != "\ufeff")  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    sentences=st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=3),
    joiner=st.sampled_from(["", " ", "\u3000", "--"]),
)
def test_round_trip(tmp_path_factory, sentences: list[list[str]], joiner: str):
    path = tmp_path_factory.mktemp("words") / "s.words"
    samples = [segmented(words, joiner) for words in sentences]
    fits = joiner.strip() == ""
    if not fits and any(len(words) > 1 for words in sentences):
        with pytest.raises(FewnerError, match="must be in spans labelled WORD"):
            write_samples(samples, path)
        return
    write_samples(samples, path)
    assert read_samples(path, joiner=joiner) == samples
    assert not_kept(read_samples(path, joiner=joiner), "words") == ""


@pytest.mark.parametrize("suffix", [".words", ".seg", ".SEG"])
def test_the_suffix_is_enough(tmp_path: Path, suffix: str):
    path = write(tmp_path, "王小明  在\u3000北京大学\r\n\r\n\t他 走\n", f"s{suffix}")
    samples = read_samples(path)
    assert samples == [segmented(["王小明", "在", "北京大学"]), segmented(["他", "走"])]
    assert samples[1].place == f"{path}:3"
    assert read_samples(write(tmp_path, "他 走\n", "s.utf8"), "words") == samples[1:]


@pytest.mark.parametrize(
    "words",
    [UNSPACED, ["ไทย", "ภาษา"], ["မြန်မာ", "စာ"], ["ខ្មែរ", "ភាសា"], ["Ada"], ["1", "2", "%"]],
)
def test_scripts_without_spaces_need_no_joiner(tmp_path: Path, words: list[str]):
    path = write(tmp_path, " ".join(words) + "\n")
    assert read_words(path) == [segmented(words)]


@pytest.mark.parametrize("words", [SPACED, ["Ada", "met"], ["हिन्दी", "भाषा"], ["한국어", "를"]])
def test_scripts_with_spaces_must_say_what_stands_between(tmp_path: Path, words: list[str]):
    path = write(tmp_path, " ".join(words) + "\n")
    with pytest.raises(FewnerError, match=rf"{words[0]}.*--joiner"):
        read_words(path)
    assert read_words(path, joiner=" ") == [segmented(words, " ")]
    assert read_words(path, joiner="") == [segmented(words)]


def test_some_words_of_another_script_are_no_reason_to_ask(tmp_path: Path):
    path = write(tmp_path, "苹果 发布 iPhone Pro 手机 了\n")
    assert read_words(path)[0].text == "苹果发布iPhonePro手机了"


def test_what_was_read_is_written_as_it_was(tmp_path: Path):
    lines = ["王小明  在\u3000北京", "他 走"]
    samples = read_samples(write(tmp_path, "\n".join(lines)))
    out = tmp_path / "out.words"
    write_samples(samples[::-1], out)
    assert out.read_text("utf8") == "\n".join(lines[::-1]) + "\n"
    write_samples([segmented(["王", "小明", "在"])], out)
    assert out.read_text("utf8") == "王 小明 在\n"


@pytest.mark.parametrize(
    ("sample", "says"),
    [
        (Sample("王小明在", (CharSpan(0, 3, WORD),)), "'在' in none"),
        (Sample("王小明在", (CharSpan(0, 3, WORD), CharSpan(2, 4, WORD))), "one behind the other"),
        (Sample("王小明在", (CharSpan(0, 3, "PER"), CharSpan(3, 4, WORD))), "PER, 0 to 3"),
        (Sample("王小明在", (CharSpan(0, 9, WORD),)), "0 to 9"),
        (Sample("New York", (CharSpan(0, 8, WORD),)), "without spaces"),
        (Sample("\ud842", (CharSpan(0, 1, WORD),)), "surrogates"),
        (Sample("\ufeff王", (CharSpan(0, 2, WORD),)), "byte order mark"),
        (Sample("  "), "must hold a word"),
        (Sample("王", cats={"A": 1.0}, spans_annotated=False), "classes"),
    ],
)
def test_what_a_line_of_words_cannot_hold_is_refused(tmp_path: Path, sample: Sample, says: str):
    out = tmp_path / "out.words"
    with pytest.raises(FewnerError, match=says):
        write_samples([sample], out)
    assert not out.exists()


def test_what_else_is_lost_is_counted():
    sample = Sample("王 小明", (CharSpan(0, 1, WORD, 0.5), CharSpan(2, 4, WORD)), meta={"id": 1})
    assert not_kept([sample], "words") == "not kept in words: meta 1, scores 1, spacing of texts 1"
    parts = Sample("王小明", (CharSpan(0, 3, WORD),), ((0, 1), (1, 2), (2, 3)))
    assert not_kept([parts], "words") == "not kept in words: tokens 3"
    assert not_kept([segmented(["王", "小明"])], "words") == ""


@pytest.mark.parametrize("text", ["\n \n\u3000\n", ""])
def test_no_words(tmp_path: Path, text: str):
    with pytest.raises(FewnerError, match="must hold examples"):
        read_samples(write(tmp_path, text))


def test_words_become_columns_and_come_back(tmp_path: Path):
    samples = read_samples(write(tmp_path, "王小明 在 北京\n"))
    write_samples(samples, tmp_path / "out.conll")
    assert (tmp_path / "out.conll").read_text(
        "utf8"
    ) == "王\tB-WORD\n小\tI-WORD\n明\tI-WORD\n在\tB-WORD\n北\tB-WORD\n京\tI-WORD\n\n"
    (read,) = read_samples(tmp_path / "out.conll", joiner="")
    assert (read.text, read.spans) == (samples[0].text, samples[0].spans)


ONE_COLUMN = "# id = 1\n王小明\n在\n#\n\n他\n走\n"


def test_a_file_of_one_column_is_words(tmp_path: Path):
    path = write(tmp_path, ONE_COLUMN, "s.conll")
    expected = [segmented(["王小明", "在", "#"]), segmented(["他", "走"])]
    assert read_samples(path, token_column=1, joiner="") == expected
    assert read_samples(path, token_column=1) == expected
    samples = read_samples(path, token_column=1, joiner=" ")
    assert samples == [segmented(["王小明", "在", "#"], " "), segmented(["他", "走"], " ")]
    english = write(tmp_path, "Ada\nmet\nBob\n", "e.conll")
    with pytest.raises(FewnerError, match="Ada met"):
        read_samples(english, token_column=1)
    write_samples(samples, tmp_path / "out.conll")
    assert (tmp_path / "out.conll").read_text("utf8") == ONE_COLUMN + "\n"
    with pytest.raises(FewnerError, match=r"at least a token and a tag.*--token-column 1"):
        read_samples(path)
    with pytest.raises(FewnerError, match="must be one of 1 columns"):
        read_samples(path, token_column=2)
