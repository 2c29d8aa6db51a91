"""One token a character where words are not spaced; nothing of a text is lost."""

import pickle
import unicodedata

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.data.tokens.characters import characters
from spacy_fewner.data.tokens.pipeline import (
    blank_pipeline,
    by_characters,
    settled_tokens,
)
from spacy_fewner.data.tokens.tiles import all_tile, tiles
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

MIXED = "我在北京用iPhone14买了3.5元。 LG전자는 서울에서 กขิน้ำ don't!\n\u200bعَرَبِيّ हिन्दी ｶﾞ"
SIGNS = "ab 9.,\n\t我京。（ア가나ᄒ\u1161\u11abกิ้हि\u094dا\u064e\u0301\u200d👩👍🏽🇩🇪𠮷ﾞｶ\u3000'"
SCRIPTS = st.text(st.sampled_from(SIGNS))


def words(text: str, lang: str = "xx", tokens: str = "auto") -> list[str]:
    return [token.text for token in blank_pipeline(lang, tokens)(text)]


@given(st.one_of(SCRIPTS, st.text(st.characters(exclude_categories=["Cs"]))))
def test_nothing_of_a_text_is_lost(text: str):
    for nlp in PIPELINES:
        doc = nlp(text)
        assert doc.text == text
        assert [token.text for token in nlp(doc.text)] == [token.text for token in doc]


PIPELINES = [
    blank_pipeline("xx"),
    blank_pipeline("en"),
    blank_pipeline("zh"),
    blank_pipeline("xx", "characters"),
]


@given(SCRIPTS)
def test_characters_are_in_order_and_hold_all_but_white_space(text: str):
    found = list(characters(text))
    left, position = "", 0
    for start, end in found:
        assert position <= start < end
        left, position = left + text[position:start], end
    assert not (left + text[position:]).strip()


@given(st.text(st.characters(max_codepoint=0x17F, exclude_categories=["Cs"])))
def test_a_text_without_such_scripts_is_cut_as_spacy_cuts_it(text: str):
    ours, plain = PIPELINES[1](text), ENGLISH(text)
    assert [(t.text, t.whitespace_) for t in ours] == [(t.text, t.whitespace_) for t in plain]


ENGLISH = spacy.blank("en")


@pytest.mark.parametrize("lang", ["zh", "ja", "ko", "th", "vi", "xx"])
def test_scripts_without_spaces_are_cut_by_character_in_every_language(lang: str):
    found = words(MIXED, lang)
    phone, price = (["iPhone14"], ["3.5"]) if lang in ("vi", "xx") else (RUNS[:3], RUNS[3:])
    first = ["我", "在", "北", "京", "用", *phone, "买", "了", *price, "元", "。"]
    assert found[: len(first)] == first
    after = found[len(first) :]
    assert after[:8] == ["LG", "전", "자", "는", "서", "울", "에", "서"]
    assert after[-2:] == ["हिन्दी", "ｶﾞ"]


RUNS = ["i", "Phone", "14", "3", ".", "5"]


def test_runs_part_names_that_touch_signs_and_digits():
    assert words("//@JoJo武夫 kitty@FL727@ E12http", "zh") == [
        *("/", "/", "@", "Jo", "Jo", "武", "夫", "kitty", "@", "FL", "727", "@"),
        *("E", "12", "http"),
    ]
    assert words("Ｂ站 O\u0301льга Ünal", "zh") == ["Ｂ", "站", "O\u0301льга", "Ünal"]


def test_every_character_is_a_token_when_asked():
    assert words("Merkels né", tokens="characters") == [*"Merkels", "n", "é"]
    assert words("ne\u0301 👩\u200d👧🇩🇪🇫🇷 안녕", tokens="characters") == [
        *("n", "e\u0301", "👩\u200d👧", "🇩🇪", "🇫🇷", "안", "녕")
    ]


def test_conjoining_jamo_and_syllables_are_one_character():
    text = unicodedata.normalize("NFD", "한국")
    assert [text[a:b] for a, b in characters(text)] == [
        unicodedata.normalize("NFD", syllable) for syllable in "한국"
    ]


@pytest.mark.parametrize("tokens", ["auto", "characters"])
def test_a_pipeline_keeps_its_tokenizer(tmp_path, tokens: str):
    nlp = blank_pipeline("ja", tokens)
    nlp.to_disk(tmp_path)
    expected = [token.text for token in nlp(MIXED)]
    same = [spacy.load(tmp_path), pickle.loads(pickle.dumps(nlp))]
    same.append(spacy.blank("ja", config=nlp.config).from_bytes(nlp.to_bytes()))
    for one in same:
        assert [token.text for token in one(MIXED)] == expected
        assert by_characters(one) == ("runs" if tokens == "auto" else "characters")
    (piped,) = nlp.pipe([MIXED], n_process=1)
    assert [token.text for token in piped] == expected


def test_spaced_languages_keep_their_own_tokenizer_unless_the_texts_need_ours():
    assert settled_tokens("auto", "en", ["plain text"]) == "words"
    assert settled_tokens("auto", "en", ["plain", "北京"]) == "mixed"
    assert settled_tokens("auto", "zh", ["plain text"]) == "mixed"
    assert settled_tokens("characters", "en", ["plain"]) == "characters"


@pytest.mark.parametrize(
    ("lang", "tokens", "argument", "said"),
    [
        ("km", "auto", "lang", "xx"),
        ("km", "words", "lang", "xx"),
        ("zho", "auto", "lang", "Use zh."),
        ("zh-CN", "auto", "lang", "Use zh."),
        ("PT_br", "auto", "lang", "Use pt."),
        ("eng", "words", "lang", "Use en."),
        ("ja", "words", "tokens", "SudachiPy"),
        ("ko", "words", "tokens", "--tokens auto"),
        ("th", "words", "tokens", "PyThaiNLP"),
        ("en", "letters", "tokens", "auto, words, mixed, characters"),
    ],
)
def test_what_is_not_here_is_named(lang: str, tokens: str, argument: str, said: str):
    with pytest.raises(FewnerError) as error:
        blank_pipeline(lang, tokens)  # type: ignore[arg-type]
    assert error.value.argument == argument
    assert said in str(error.value)


def sample(text: str, *spans: tuple[int, int]) -> Sample:
    return Sample(text, tuple(CharSpan(*span, "WORD") for span in spans))


def test_spans_tile_a_text():
    assert tiles(sample("我 爱北京", (0, 1), (2, 3), (3, 5)))
    assert not tiles(sample("我爱北京", (0, 1), (2, 4)))  # a gap
    assert not tiles(sample("我爱北京", (0, 2), (1, 4)))  # an overlap
    assert not tiles(sample("我爱北京", (0, 3)))
    assert tiles(sample(" \n"))
    assert all_tile([sample("我爱", (0, 1), (1, 2)), sample("")])
    assert not all_tile([sample("")])
    assert not all_tile([sample("我爱", (0, 1), (1, 2)), sample("北京")])
