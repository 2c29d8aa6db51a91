"""Layouts of published column files: which columns are text and tags, and what is no token."""

import logging
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data import read_samples
from spacy_fewner.data.formats.conll import read_conll
from spacy_fewner.errors import FewnerError

GERMEVAL = (
    "#\thttp://de.wikipedia.org/wiki/Kickers [2009-10-17]\n"
    "1\tFC\tB-ORG\tO\n2\tKickers\tI-ORG\tO\n3\tDarmstadt\tI-ORG\tB-LOC\n4\tsiegt\tO\tO\n\n"
    "#\thttp://n-tv.de [2005-02-26]\n1\t#\tO\tO\n2\tUlm\tB-LOC\tO\n"
)
CONLLU = (
    "# sent_id = 1\n# text = Im\tHaus\n"
    "1-2\tIm\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "1\tIn\tin\tADP\tAPPR\t_\t3\tcase\t_\tO\n"
    "2\tdem\tder\tDET\tART\t_\t3\tdet\t_\tO\n"
    "3\tUlm\tUlm\tPROPN\tNE\t_\t0\troot\t_\tB-LOC\n"
    "3.1\twar\tsein\tVERB\tVA\t_\t_\t_\t_\tO\n"
)
NEURONLP2 = "1 EU NNP I-NP I-ORG\n2 rejects VBZ I-VP O\n3 German JJ I-NP I-MISC\n"
CONLL2003 = "EU NNP I-NP I-ORG\nrejects VBZ I-VP O\nGerman JJ I-NP I-MISC\n"
ONTONOTES = (
    "bc/cctv/00 0 0 In IN O\nbc/cctv/00 0 1 Hong NNP B-GPE\nbc/cctv/00 0 2 Kong NNP I-GPE\n\n"
    "bc/cctv/00 0 0 Ada NNP B-PERSON\n"
)
CONLL2012 = (
    "#begin document (bc/cctv/00); part 000\n"
    "bc/cctv/00 0 0 In IN (TOP(PP* - - - Ann * * -\n"
    "bc/cctv/00 0 1 Hong NNP (NP* - - - Ann (GPE* * (0\n"
    "bc/cctv/00 0 2 Kong NNP *))) - - - Ann *) * 0)\n\n"
    "bc/cctv/00 0 0 Ada NNP (NP*) - - - Ann (PERSON) -\n"
    "#end document\n"
)
KAGGLE = "Sentence: 1\tIn\tIN\tO\n\tUlm\tNNP\tB-geo\n\ttoday\tNN\tO\n"


def found(samples) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (sample.text, [(span.surface(sample.text), span.label) for span in sample.spans])
        for sample in samples
    ]


def write(tmp_path, text: str, name="s.conll"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


LAYOUTS = {
    "germeval": (
        GERMEVAL,
        [
            (
                "FC Kickers Darmstadt siegt",
                [("FC Kickers Darmstadt", "ORG"), ("Darmstadt", "LOC")],
            ),
            ("# Ulm", [("Ulm", "LOC")]),
        ],
        "text 2, tags 3 and 4 (nested) of 4",
    ),
    "conll-u": (
        CONLLU,
        [("In dem Ulm", [("Ulm", "LOC")])],
        "text 2, tags 10 of 10; 2 rows left out that are no word (ranges, empty nodes)",
    ),
    "japanese": (
        "東 B-LOC\n京 I-LOC\nに O\n",
        [("東京に", [("東京", "LOC")])],
        "text 1, tags 2 of 2; joined without spaces",
    ),
    "neuronlp2": (
        NEURONLP2,
        [("EU rejects German", [("EU", "ORG"), ("German", "MISC")])],
        "text 2, tags 5 of 5",
    ),
    "conll2003": (
        CONLL2003,
        [("EU rejects German", [("EU", "ORG"), ("German", "MISC")])],
        "text 1, tags 4 of 4",
    ),
    "tag first": ("O\tin\nB-LOC\tUlm\n", [("in Ulm", [("Ulm", "LOC")])], "text 2, tags 1 of 2"),
    "ontonotes": (
        ONTONOTES,
        [("In Hong Kong", [("Hong Kong", "GPE")]), ("Ada", [("Ada", "PERSON")])],
        "text 4, tags 6 of 6",
    ),
    "kaggle": (KAGGLE, [("In Ulm today", [("Ulm", "geo")])], "text 2, tags 4 of 4"),
    "comment with a tab": (
        "#\thttp://n-tv.de\nin O\nUlm B-LOC\n# O\n",
        [("in Ulm #", [("Ulm", "LOC")])],
        "text 1, tags 2 of 2",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_are_found_and_said(tmp_path, caplog, layout):
    text, expected, said = LAYOUTS[layout]
    with caplog.at_level(logging.INFO, "spacy_fewner.data"):
        assert found(read_conll(write(tmp_path, text))) == expected
    assert caplog.messages == [f"Columns of s.conll: {said}"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_line_ends_and_byte_order_marks_change_nothing(tmp_path, layout, end, mark):
    text, expected, _ = LAYOUTS[layout]
    assert found(read_conll(write(tmp_path, mark + text.replace("\n", end)))) == expected


def test_no_other_character_ends_a_line(tmp_path):
    sample = read_conll(write(tmp_path, "a\u2028b\tB-X\nc\x85d\x0be\tO\n"))[0]
    assert found([sample]) == [("a\u2028b c\x85d\x0be", [("a\u2028b", "X")])]


def test_columns_by_number(tmp_path):
    path = write(tmp_path, GERMEVAL, "g.tsv")
    outer = read_samples(path, tag_column=3)
    assert [span.label for sample in outer for span in sample.spans] == ["ORG", "LOC"]
    assert found(read_samples(path, tag_column=-1))[0][1] == [("Darmstadt", "LOC")]
    assert len(read_samples(path, tag_column=[3, 4])[0].spans) == 2
    lemmas = write(tmp_path, "1\tgoes\tgo\tO\n2\tAdas\tAda\tB-PER\n")
    assert found(read_samples(lemmas)) == [("goes Adas", [("Adas", "PER")])]
    assert found(read_samples(lemmas, token_column=3)) == [("go Ada", [("Ada", "PER")])]
    assert found(read_samples(lemmas, token_column=-2)) == [("go Ada", [("Ada", "PER")])]


def test_rows_of_any_width_where_both_columns_are_named(tmp_path):
    path = write(tmp_path, CONLL2012)
    with pytest.raises(FewnerError, match="--token-column 4 --tag-column 11"):
        read_conll(path)
    read = read_conll(path, token_column=4, tag_column=11)
    assert found(read) == [
        ("In Hong Kong", [("Hong Kong", "GPE")]),
        ("Ada", [("Ada", "PERSON")]),
    ]


@pytest.mark.parametrize(
    ("text", "columns", "says"),
    [
        (  # conlleval: gold and predicted
            "Ada B-PER B-PER\nmet O O\nBo B-PER B-LOC\nin O O\nUlm B-LOC B-LOC\n",
            {},
            "tags in columns 2 and 3.*--tag-column 3",
        ),
        ("EU NNP\nwill VB\n", {}, r"\.conll: .* O among them.*--tag-column 2"),
        ("EU NNP\nwill _\n", {"tag_column": 2}, r"s\.conll:1: tags must have O.*NNP, _"),
        (CONLL2003, {"tag_column": 4, "token_column": 4}, "different columns"),
        (CONLL2003, {"token_column": 5}, "--token-column.*one of 4 columns"),
        ("#\tNN\tO\nAda\tNN\tB-PER\n#\tO\n", {}, r"s\.conll:3: .*same columns"),
        ("1-1\t0-2\tEU\tORG[1]\n1-2\t3-10\trejects\t_\n", {}, "must hold tags"),  # WebAnno
        ("1-1\t0-2\tEU\tORG[1]\n1-2\t3-10\tno\t_\n", {"tag_column": 4}, "must have O"),
        ("Word\tPOS\tTag\nAda\tNNP\tB-PER\nran\tVBD\tO\n", {}, "1: a tag must.*heading"),
    ],
)
def test_what_is_unclear_is_refused(tmp_path, text, columns, says):
    with pytest.raises(FewnerError, match=says):
        read_conll(write(tmp_path, text), **columns)


@pytest.mark.parametrize(
    ("text", "column", "expected", "said"),
    [
        (
            CONLL2003,
            2,
            [("EU rejects German", [("EU", "NNP"), ("rejects", "VBZ"), ("German", "JJ")])],
            "text 1, tags 2 of 4; a tag for each word",
        ),
        (
            "王小明\tNR\n在\tP\n北京\tNR\n",
            2,
            [("王小明在北京", [("王小明", "NR"), ("在", "P"), ("北京", "NR")])],
            "text 1, tags 2 of 2; a tag for each word; joined without spaces",
        ),
        (
            "王\tB\n小\tM\n明\tE\n在\tS\n",
            2,
            [("王小明在", [("王小明", "WORD"), ("在", "WORD")])],
            "text 1, tags 2 of 2; joined without spaces",
        ),
        (
            "Ada B\nLee I\nmet O\n",
            2,
            [("Ada Lee met", [("Ada Lee", "entity")])],
            "text 1, tags 2 of 2",
        ),
    ],
)
def test_tags_of_words_and_prefixes_alone(tmp_path, caplog, text, column, expected, said):
    with caplog.at_level(logging.INFO, "spacy_fewner.data"):
        samples = read_conll(write(tmp_path, text), tag_column=column)
    assert found(samples) == expected
    assert caplog.messages == [f"Columns of s.conll: {said}"]
    assert (samples[0].tokens is None) == ("WORD" in str(expected))


NUMBERED = re.compile(r"[\d.,:/_-]+")
TAGGED = st.lists(
    st.tuples(
        st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=5),
        st.sampled_from(["O", "B-PER", "I-PER", "B-LOC"]),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(
    sentences=st.lists(TAGGED, min_size=1, max_size=3), middle=st.lists(st.just("_"), max_size=3)
)
def test_an_index_column_changes_nothing(tmp_path_factory, sentences, middle):
    """Whatever the tokens are, numbers and hashes too."""
    folder = tmp_path_factory.mktemp("columns")
    bare = "\n\n".join("\n".join(f"{word}\t{tag}" for word, tag in rows) for rows in sentences)
    counted = "\n\n".join(
        "\n".join("\t".join([str(n), word, *middle, tag]) for n, (word, tag) in enumerate(rows, 1))
        for rows in sentences
    )
    expected = read_conll(write(folder, bare, "bare.conll"), token_column=1, tag_column=2)
    samples = read_conll(write(folder, counted, "counted.conll"), token_column=2)
    assert samples == expected
    # Guessed only where a column of tokens is not one of numbers, as "0" and ":" are.
    if not all(NUMBERED.fullmatch(word) or word == "_" for rows in sentences for word, _ in rows):
        words = [word for rows in sentences for word, _ in rows]
        if sum(word == "_" for word in words) <= len(words) / 2 and len(set(words)) == len(words):
            assert read_conll(folder / "counted.conll") == expected
