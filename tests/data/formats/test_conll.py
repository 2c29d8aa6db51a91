import pytest
from data_strategies import flat_samples
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data.formats.conll import read_conll
from spacy_fewner.data.formats.conll_out import write_conll
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

EXPECTED = [
    Sample(
        "Ada met Bob", (CharSpan(0, 3, "PER"), CharSpan(8, 11, "PER")), ((0, 3), (4, 7), (8, 11))
    ),
    Sample("in London", (CharSpan(3, 9, "LOC"),), ((0, 2), (3, 9))),
]


def write(tmp_path, text, name="s.conll"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@settings(max_examples=150, deadline=None)
@given(samples=st.lists(flat_samples(), min_size=1, max_size=3))
def test_round_trip(tmp_path_factory, samples):
    path = tmp_path_factory.mktemp("conll") / "s.conll"
    write_conll(samples, path)
    assert read_conll(path, joiner=" ") == samples


@settings(max_examples=30, deadline=None)
@given(sample=flat_samples(joiner=""))
def test_round_trip_without_spaces(tmp_path_factory, sample):
    path = tmp_path_factory.mktemp("conll") / "s.conll"
    write_conll([sample], path)
    assert read_conll(path, joiner="") == [sample]


@pytest.mark.parametrize(
    "text",
    [
        "Ada\tB-PER\nmet\tO\nBob\tB-PER\n\nin\tO\nLondon\tB-LOC\n",
        "B-PER\tAda\nO\tmet\nB-PER\tBob\n\nO\tin\nB-LOC\tLondon\n",
        "Ada B-PER\nmet O\nBob B-PER\n\n\n in O\nLondon  B-LOC\n",
        "-DOCSTART- -X- -X- O\n\nAda NNP B-NP I-PER\nmet VBD B-VP O\nBob NNP B-NP I-PER\n\n"
        "-DOCSTART- -X- -X- O\n\nin IN B-PP O\nLondon NNP B-NP I-LOC",
        "# id = 1\nAda\tU-PER\nmet\tO\nBob\tU-PER\n\t\n# id = 2\nin\tO\r\nLondon\tU-LOC\r\n",
        "Ada PER\nmet O\nBob PER\n\nin O\nLondon LOC\n",
    ],
    ids=["tab", "tag first", "spaces", "CoNLL-2003", "comments", "bare labels"],
)
def test_dialects(tmp_path, text):
    assert read_conll(write(tmp_path, text)) == EXPECTED


def test_tag_column_by_hand(tmp_path):
    path = write(tmp_path, "Ada B-PER B-NP\nran O B-VP\n")
    for column in (3, -1):
        found = read_conll(path, tag_column=column)[0].spans
        assert [span.label for span in found] == ["NP", "VP"]
    assert [span.label for span in read_conll(path, tag_column=-2)[0].spans] == ["PER"]
    for column in (0, 4, -4):
        with pytest.raises(FewnerError, match=r"--tag-column.*3 columns"):
            read_conll(path, tag_column=column)


def test_hash_is_a_token_and_tokens_may_be_spaces(tmp_path):
    sample = read_conll(write(tmp_path, "#\tO\n\u3000\tB-X\n# 1\tO\n"))[0]
    assert sample.text == "# \u3000 # 1"
    assert [span.surface(sample.text) for span in sample.spans] == ["\u3000"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Ada\tB-PER\nmet\n", r"s\.conll:2: .*same columns"),
        ("Ada\nmet\n", r"s\.conll:1: .*at least a token and a tag"),
        ("Ada\tB-PER\nmet\tQ-PER\nx\tO\n", r"s\.conll:2: a tag must be"),
        ("Ada\tB-PER\n\tO\n", r"s\.conll:2: must have a token"),
        ("This is\nplain text\n", "a column must hold tags"),
        ("-DOCSTART- O\n\n", "no token"),
        ("", "must hold examples"),
    ],
)
def test_bad_file(tmp_path, text, says):
    with pytest.raises(FewnerError, match=says):
        read_conll(write(tmp_path, text))


@pytest.mark.parametrize(
    "spans",
    [
        (CharSpan(0, 7, "A"), CharSpan(0, 3, "B")),
        (CharSpan(0, 7, "A"), CharSpan(4, 11, "B")),
        (CharSpan(0, 3, "A"), CharSpan(0, 3, "B")),
        (CharSpan(0, 2, "A"),),
        (CharSpan(0, 3, "A\tB"),),
    ],
    ids=["nested", "crossing", "two labels", "inside a token", "tab in the label"],
)
def test_what_conll_cannot_hold(tmp_path, spans):
    path = tmp_path / "s.conll"
    good = Sample("Ada met Bob")
    with pytest.raises(FewnerError, match=r"samples\[1\]"):
        write_conll([good, Sample("Ada met Bob", spans)], path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "  \n"])
def test_sample_without_token_cannot_be_written(tmp_path, text):
    with pytest.raises(FewnerError, match="must hold a token"):
        write_conll([Sample(text)], tmp_path / "s.conll")


def test_tokens_are_made_where_none_are_given(tmp_path):
    path = tmp_path / "s.conll"
    write_conll([Sample("Ada,  in\nLondon", (CharSpan(9, 15, "LOC"),))], path)
    assert path.read_text() == "Ada\tO\n,\tO\nin\tO\nLondon\tB-LOC\n\n"
