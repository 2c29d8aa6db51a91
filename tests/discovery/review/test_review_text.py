"""The review file as text: what is written is read; what is no review is told with its line."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data.trees import paths
from spacy_fewner.discovery.found_types import FoundType, Types
from spacy_fewner.discovery.review.read import read_review
from spacy_fewner.discovery.review.write import review_text
from spacy_fewner.errors import FewnerError


def is_name(text: str) -> bool:
    try:
        return paths.check_path(text, "x") == text and "/" not in text and paths.key(text) != ""
    except FewnerError:
        return False


HARD = ["no", "null", "1984", "- a", "a: b", "a #b", "'", '"', "*x", "&x", "!x", "~", "[", "Größe"]
LINE = st.text(min_size=1, max_size=200).map(lambda text: " ".join(text.split()))
NAME = st.one_of(st.sampled_from(HARD), LINE.filter(bool)).filter(is_name)
TEXT = st.one_of(
    st.just(""), st.sampled_from(HARD), LINE, st.text(string.ascii_letters + " :#", max_size=400)
)
TEXTS = st.lists(NAME, max_size=3, unique=True).map(tuple)
FIELD = st.builds(
    FoundType,
    NAME,
    TEXTS,
    TEXT.map(lambda text: " ".join(text.split())).filter(lambda text: text.isprintable()),
    TEXTS,
    mentions=st.integers(0, 3),
    shown=st.lists(st.text(max_size=80), max_size=2).map(tuple),
)
KIND = st.builds(
    lambda one, fields: FoundType(
        one.name, one.labels, one.definition, one.synonyms, 1, 1, one.shown, tuple(fields)
    ),
    FIELD,
    st.lists(FIELD, max_size=2),
)


@settings(max_examples=150, deadline=None)
@given(kinds=st.lists(KIND, max_size=3))
def test_what_is_written_is_read(kinds, tmp_path_factory):
    file = tmp_path_factory.mktemp("review") / "review.yaml"
    file.write_text(review_text(Types(tuple(kinds), [])), "utf8")
    assert [said(entry) for entry in read_review(file).entries] == [said(one) for one in kinds]


def said(one):
    fields = [said(below) for below in one.fields]
    return (one.name, one.definition, one.synonyms, one.labels, fields)


GOOD = """\
types:
- name: organ
  definition: An instrument.
  labels: [organ]
"""


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("", "", "must hold types"),
        ("# nothing but this\n", "", "must hold types"),
        ("types: [", ":1", "must be YAML"),
        ("a b c", ":1", "a review must have keys"),
        ("- organ", ":1", "a review must have keys"),
        ("typs: []", ":1", "a review has types"),
        ("types: organ", ":1", "`types` must be a list"),
        ("types:\n- organ", ":2", "a type must have keys"),
        (GOOD + "  merge_in: x\n", ":5", "a type has name"),
        (GOOD + "  merge_into: [x]\n", ":5", "`merge_into` must be a text"),
        (GOOD + "  drop: maybe\n", ":5", "`drop` is true or false"),
        (GOOD + "  drop: true\n  merge_into: organ\n", ":5", "dropped or merged, not both"),
        (GOOD + "  name: organ\n", ":5", "a key must stand once"),
        (GOOD + "  synonyms: pipes\n", ":5", "`synonyms` must be a list"),
        (GOOD + "  fields:\n  - definition: x\n", ":6", "an entry must have a name"),
        (GOOD + "  fields:\n  - name: x\n    fields: []\n", ":7", "a field has name"),
        (GOOD + "- name: a/b\n", ":5", "a name must have no '/'"),
        (GOOD + "- name: ext\n", ":5", "no label may lie under 'ext/'"),
        (GOOD + "- name: &x y\n  synonyms: [*x]\n", ":5", "no anchors and aliases"),
        (GOOD + "- name: !!python/object:os.system x\n", ":5", "must have no tags"),
        (GOOD + "---\ntypes: []\n", ":5", "must be one document"),
        (GOOD + "? [a]\n: b\n", ":5", "a key must be a word"),
        ("types:\n" + "- " * 100 + "x", ":2", "at most 8 levels"),
        ("[" * 100_000, ":1", "at most 8 levels"),
        (GOOD + "\tname: x\n", ":5", "must be YAML"),
        ("types:\n- name: a\x07b", "", "must be YAML"),
    ],
)
def test_what_is_no_review_is_told_with_its_line(text: str, line: str, rule: str, tmp_path):
    file = tmp_path / "review.yaml"
    file.write_text(text, "utf8")
    with pytest.raises(FewnerError) as raised:
        read_review(file)
    assert rule in raised.value.rule
    assert raised.value.argument == f"{file}{line}"


def test_a_billion_laughs_are_refused_at_once(tmp_path):
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    file = tmp_path / "review.yaml"
    file.write_text("\n".join(lines), "utf8")
    with pytest.raises(FewnerError, match="no anchors and aliases"):
        read_review(file)


@settings(max_examples=200, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "types:",
                    "\n",
                    "- ",
                    "name:",
                    " ",
                    "a",
                    "[",
                    "]",
                    "{",
                    "}",
                    "&a",
                    "*a",
                    ": ",
                    "#",
                    "|",
                    ">-",
                    '"',
                    "'",
                    "\t",
                    "!x",
                    "---",
                    "%",
                    "? ",
                ]
            ),
            max_size=30,
        ).map("".join),
    )
)
def test_any_text_is_a_review_or_an_error_of_ours(text: str, tmp_path_factory):
    file = tmp_path_factory.mktemp("review") / "review.yaml"
    file.write_text(text, "utf8", "surrogatepass")
    try:
        read_review(file)
    except FewnerError as err:
        assert str(file) in err.argument


def test_the_file_reads_well():
    field = FoundType("year built", ("organ/year built",), "Year.", mentions=1, documents=1)
    long = "A musical instrument with pipes that are blown by wind, built into a church or hall."
    shown = ("The [Great organ] of St Mary.",)
    one = FoundType("organ", ("organ", "Organs"), long, ("pipe organ",), 2, 2, shown, (field,))
    text = review_text(Types((one,), [], documents=2))
    assert text.startswith("# 1 type with 3 mentions in 2 documents.\n")
    assert (
        text.partition("\ntypes:\n")[2]
        == """
- name: organ  # 2 mentions in 2 documents
  definition: >-
    A musical instrument with pipes that are blown by wind, built into a church or hall.
  synonyms: [pipe organ]
  labels: [organ, Organs]
  # The [Great organ] of St Mary.
  fields:
  - name: year built  # 1 mention in 1 document
    definition: Year.
    labels: [organ/year built]
"""
    )
