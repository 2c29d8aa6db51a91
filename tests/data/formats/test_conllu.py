"""CoNLL-U: tokens of the text, their tags, and what is malformed."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.data.losses import not_kept
from spacy_fewner.errors import FewnerError

GERMAN = [
    "# newdoc id = d1",
    "# sent_id = s-1",
    "# text = Ada war im  Haus.",
    "1\tAda\tAda\tPROPN\tNE\t_\t2\tnsubj\t_\t_",
    "2\twar\tsein\tAUX\tVAFIN\t_\t0\troot\t_\t_",
    "3-4\tim\t_\t_\t_\t_\t_\t_\t_\t_",
    "3\tin\tin\tADP\tAPPR\t_\t5\tcase\t_\t_",
    "4\tdem\tder\tDET\tART\t_\t5\tdet\t_\t_",
    "5\tHaus\tHaus\tNOUN\tNN\t_\t2\tobl\t_\tSpaceAfter=No",
    "5.1\twar\tsein\tAUX\t_\t_\t_\t_\t0:root\t_",
    "6\t.\t.\tPUNCT\t$.\t_\t2\tpunct\t_\t_",
]
CHINESE = [
    "1\t王小明\t王小明\tPROPN\tNR\t_\t2\tnsubj\t_\tSpaceAfter=No",
    "2\t来\t来\tVERB\tVV\t_\t0\troot\t_\tSpaceAfter=No",
    "3\t_\t_\t_\tPU\t_\t2\tpunct\t_\tX=1|SpaceAfter=No",
]


def write(folder: Path, *blocks: list[str], name: str = "s.conllu") -> Path:
    path = folder / name
    path.write_text("".join("\n".join(lines) + "\n\n" for lines in blocks), "utf8")
    return path


def tagged(path: Path, **how) -> list[list[tuple[str, str]]]:
    return [
        [(span.surface(sample.text), span.label) for span in sample.spans]
        for sample in read_samples(path, **how)
    ]


def test_words_are_spans_with_their_tags(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = write(tmp_path, GERMAN, CHINESE)
    with caplog.at_level(logging.INFO, "spacy_fewner.data"):
        first, second = read_samples(path)
    assert caplog.messages == [
        "CoNLL-U of s.conllu: text 2, tags 4; 1 tokens of several words, such as im ADP+DET; "
        "1 empty nodes left out"
    ]
    assert (first.text, second.text) == ("Ada war im  Haus.", "王小明来_")
    assert first.tokens == ((0, 3), (4, 7), (8, 10), (12, 16), (16, 17))
    assert first.meta == {"sent_id": "s-1"} and second.meta == {}
    assert (first.place, second.place) == (f"{path}:4", f"{path}:13")
    assert tagged(path) == [
        [("Ada", "PROPN"), ("war", "AUX"), ("im", "ADP+DET"), ("Haus", "NOUN"), (".", "PUNCT")],
        [("王小明", "PROPN"), ("来", "VERB")],
    ]
    assert second.tokens == ((0, 3), (3, 4), (4, 5))


def test_other_columns(tmp_path: Path):
    path = write(tmp_path, GERMAN, CHINESE)
    for column in (5, -6):
        german, chinese = tagged(path, tag_column=column)
        assert german[2] == ("im", "APPR+ART") and chinese[2] == ("_", "PU")
    both = tagged(path, tag_column=[4, 5])[0]
    assert both[:2] == [("Ada", "PROPN"), ("Ada", "NE")]
    assert ("im", "APPR+ART") in both and len(both) == 10
    assert tagged(path, tag_column=8)[0][2] == ("im", "case+det")
    for column in (0, 1, 2, 11, -9, -10):
        with pytest.raises(FewnerError, match=r"--tag-column.*columns 3 to 10"):
            read_samples(path, tag_column=column)
    assert tagged(path, token_column=2) == tagged(path)
    with pytest.raises(FewnerError, match="--format conll"):
        read_samples(path, token_column=3)


def test_the_row_of_several_words_may_have_a_tag_of_its_own(tmp_path: Path):
    lines = [line.replace("im\t_\t_\t", "im\t_\tAPPRART\t") for line in GERMAN]
    assert tagged(write(tmp_path, lines))[0][2] == ("im", "APPRART")


def test_without_a_text_it_is_rebuilt(tmp_path: Path):
    path = write(tmp_path, [line for line in GERMAN if "# text" not in line])
    (sample,) = read_samples(path)
    assert sample.text == "Ada war im Haus."
    assert sample.tokens == ((0, 3), (4, 7), (8, 10), (11, 15), (15, 16))
    assert read_samples(path, joiner="")[0].text == "AdawarimHaus."
    spaced = [line.replace("_\tSpaceAfter=No", "_\t_") for line in CHINESE]
    assert read_samples(write(tmp_path, spaced), joiner="")[0].text == "王小明来_"


def test_words_with_spaces_and_marks(tmp_path: Path):
    rows = ["20 000", "𠮷野家", "مُحَمَّد", "कि", "👩‍👩‍👧"]
    lines = [f"{n}\t{word}\t_\tX\t_\t_\t_\t_\t_\t_" for n, word in enumerate(rows, 1)]
    text = "20\u00a0000 𠮷野家 مُحَمَّد  कि👩‍👩‍👧"
    (found,) = tagged(write(tmp_path, [f"# text = {text}", *lines]))
    assert [word for word, _ in found] == ["20\u00a0000", *rows[1:]]


def test_it_is_written_as_it_was_and_not_otherwise(tmp_path: Path):
    path, out = write(tmp_path, GERMAN, CHINESE), tmp_path / "out.conllu"
    samples = read_samples(path)
    write_samples(samples, out)
    assert out.read_bytes() == path.read_bytes()
    write_samples(samples[1:], out)
    assert out.read_text("utf8") == "\n".join(CHINESE) + "\n\n"
    assert not_kept(samples, "conllu") == ""
    for changed in (replace(samples[0], spans=()), replace(samples[0], source=None)):
        with pytest.raises(FewnerError, match=r"s\.conllu:4: CoNLL-U is only .* \.conll, \.jsonl"):
            write_samples([changed], out)
    assert not_kept([replace(samples[0], weight=2)], "conllu") == "not kept in CoNLL-U: weight 1"
    assert "further columns of sentences 2, empty nodes 1" in not_kept(samples, "jsonl")


def test_it_becomes_columns(tmp_path: Path):
    samples = read_samples(write(tmp_path, GERMAN))
    write_samples(samples, tmp_path / "out.conll")
    assert "im\tB-ADP+DET\n" in (tmp_path / "out.conll").read_text("utf8")
    assert "empty nodes 1" in not_kept(samples, "conll")


ROW = "\t_\tX\t_\t_\t_\t_\t_\t_"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["1 Ada Ada PROPN _ _ 0 root _ _"], r"s\.conllu:1: .*10 columns.*1 in"),
        ([f"1\tAda{ROW}", "2\tb\tc"], r"s\.conllu:2: .*10 columns.*3 in"),
        ([f"1\tAda{ROW}", f"3\tb{ROW}"], r"s\.conllu:2: .*without a gap; got 3.*Write 2"),
        ([f"2\tAda{ROW}"], r"s\.conllu:1: .*got 2"),
        ([f"1\tAda{ROW}", f"1\tb{ROW}"], r"s\.conllu:2: .*got 1"),
        ([f"x\tAda{ROW}"], r"s\.conllu:1: .*got x"),
        ([f"1-2\tim{ROW}", f"1\tin{ROW}"], r"s\.conllu:1: .*words to 2, where the last is 1"),
        ([f"1\ta{ROW}", f"2-5\tim{ROW}", f"2\tin{ROW}", f"3\tb{ROW}"], r"s\.conllu:2: .*to 5"),
        ([f"2-3\tim{ROW}"], r"s\.conllu:1: .*Write 1-2"),
        ([f"1-0\tim{ROW}", f"1\tin{ROW}"], r"s\.conllu:1: "),
        ([f"1-3\ta{ROW}", f"1\tb{ROW}", f"2-3\tc{ROW}"], r"s\.conllu:3: "),
        (
            [f"1-2\ta{ROW}", f"1\tb{ROW}", f"2-3\tc{ROW}", f"2\td{ROW}", f"3\te{ROW}"],
            r"s\.conllu:3: .*as one with others once; got 2-3, before 2 of",
        ),
        ([f"1\ta{ROW}", f"3.1\tb{ROW}"], r"s\.conllu:2: .*Write 1\.1"),
        ([f"0.1\ta{ROW}"], r"s\.conllu:1: "),
        ([f"1\t{ROW}"], r"s\.conllu:1: .*no column"),
        (["# text = Ada met", f"1\tAda{ROW}", f"2\tm{ROW}"], r"s\.conllu:3: .*no word for 'et'"),
        (["# text = Ada", f"1\tBob{ROW}"], r"s\.conllu:2: words must make up.*'Bob', where.*'Ada'"),
        (["# text = Ada", f"1\tAda{ROW}", f"2\tb{ROW}"], r"s\.conllu:3: .*'b', where.*''"),
        (["# text = _ _", f"1\t_{ROW}", f"2\t_{ROW}"], "words in column 2"),
        (["# only = a comment"], "must hold examples"),
        (
            [f"1\tAda{ROW[:-1]}B-PER", f"2\tmet{ROW[:-1]}O"],
            r"O in column 10.*--format conll --token-column 2 --tag-column 10",
        ),
    ],
)
def test_malformed(tmp_path: Path, lines: list[str], says: str):
    path = write(tmp_path, lines)
    column = 10 if "column 10" in says else None
    with pytest.raises(FewnerError, match=says):
        read_samples(path, tag_column=column)


def test_an_empty_node_may_be_the_first(tmp_path: Path):
    assert tagged(write(tmp_path, [f"0.1\ta{ROW}", f"1\tAda{ROW}"])) == [[("Ada", "X")]]


CELLS = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(
    words=st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["", " ", "  "])), min_size=1),
    told=st.booleans(),
)
def test_offsets_whatever_the_words(tmp_path_factory, words: list[tuple], told: bool):
    text = "".join(
        word + (space if told else " " * bool(space)) for word, _, space in words
    ).strip()
    rows = [
        f"{n}\t{word}\t_\t{tag}\t_\t_\t_\t_\t_\t{'_' if space else 'SpaceAfter=No'}"
        for n, (word, tag, space) in enumerate(words, 1)
    ]
    path = write(tmp_path_factory.mktemp("u"), [f"# text = {text}"] * told + rows)
    if all(word == "_" for word, _, _ in words):
        return
    (sample,) = read_samples(path)
    assert sample.text == text
    assert [text[start:end] for start, end in sample.tokens] == [word for word, _, _ in words]
    assert [span.label for span in sample.spans] == [tag for _, tag, _ in words if tag != "_"]


def test_under_another_suffix_it_is_columns_and_told_how_else(tmp_path: Path):
    path = write(tmp_path, GERMAN, CHINESE, name="s.conll")
    for how in ({}, {"tag_column": 4}):
        with pytest.raises(FewnerError, match="--format conllu"):
            read_samples(path, **how)
    assert tagged(path, format="conllu") == tagged(write(tmp_path, GERMAN, CHINESE))
    entities = [[*"123"], ["Ada", "met", "Bo"], ["B-PER", "O", "B-PER"]]
    rows = [
        f"{n}\t{word}\t_\tX\t_\t_\t_\t_\t_\t{tag}" for n, word, tag in zip(*entities, strict=True)
    ]
    assert tagged(write(tmp_path, ["# text = Ada met Bo", *rows], name="ner.conll")) == [
        [("Ada", "PER"), ("Bo", "PER")]
    ]
