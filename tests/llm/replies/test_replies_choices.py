"""Verdicts on mentions."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.llm.replies.choices import Asked, Verdict, read_choices
from spacy_fewner.llm.replies.parsed import Problem

ANN = Asked("Ann Lee", "actor")
NONE = Verdict("none")
KEPT = Verdict("kept")


def read_one(answer: str):
    (found,) = read_choices(f'1. Text Span: "Ann Lee"\n{answer}', [ANN])
    return found


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("Label: (A). Correct Entity Annotation.", KEPT),
        ("   Label: (A)", KEPT),
        ("**Label:** A", KEPT),
        ("Label: (D). Not a Named Entity.", NONE),
        ('Label: (B). The correct span boundary is "Ann".', Verdict("boundary", ("Ann",))),
        ('Label: (B).\nCorrect span boundary: "Ann"', Verdict("boundary", ("Ann",))),
        ('Label: (B). "Ann Lee" should be "Ann" and "Lee"', Verdict("boundary", ("Ann", "Lee"))),
        ('Label: (B). "Ann Lee" to "Dr. Ann Lee".', Verdict("boundary", ("Dr. Ann Lee",))),
        ('Label: (B). It is "{{Ann}}"', Verdict("boundary", ("Ann",))),
        ("Label: (C). Wrong Type. The correct entity type is Song.", Verdict("type", (), "Song")),
        ("Label: (C). A named entity but the category is not actor. Entity Type: other",
         Verdict("type", (), "other")),
        ("Label: (C). The category is not actor (Song)", Verdict("type", (), "Song")),
        ("Label: (C). A named entity but the category is not actor, it is a Genre.",
         Verdict("type", (), "Genre")),
        ("Label: (C) - viewers' rating", Verdict("type", (), "viewers' rating")),
        ('Label: (C). The correct type is "MPAA Rating".', Verdict("type", (), "MPAA Rating")),
        ("Label: (C)\nEntity type: [Title]", Verdict("type", (), "Title")),
    ],
)  # fmt: skip
def test_answers(answer, verdict):
    assert read_one(answer) == verdict


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Label: yes", "no option chosen"),
        ("Label: (E)", "no option chosen"),
        ("Label: (B). Wrong boundary.", "no corrected boundary"),
        ('Label: (B). The correct span boundary is "Ann Lee".', "correction changes nothing"),
        ("Label: (C). A named entity but the category is not actor", "no corrected type"),
        ("Label: (C). The span is not a named entity", "no corrected type"),
        ("Label: (C). Entity type: Actor", "correction changes nothing"),
    ],
)  # fmt: skip
def test_problems(answer, reason):
    found = read_one(answer)
    assert isinstance(found, Problem) and found.reason == reason


ASKED = [ANN, Asked("Bob", "actor"), Asked("Cid", "actor")]


def test_forms_of_a_reply():
    wanted = (KEPT, NONE, Verdict("type", (), "Song"))
    assert wanted == read_choices("1. (A)\n2. (D)\n3. (C) Song", ASKED)
    assert wanted == read_choices(
        "Sure!\n1. Label: (A)\n\n2. Label: (D)\n3. Label: (C). Song", ASKED
    )
    spans = [f'Text Span: "{one.surface}"\nLabel: ' for one in ASKED]
    assert wanted == read_choices(f"{spans[0]}(A)\n{spans[1]}(D)\n\n{spans[2]}(C). Song", ASKED)
    query = 'Query: "was {{x}} (A) or (B)?"\n'
    numbered = [f"{number}. {query}{span}" for number, span in enumerate(spans, start=1)]
    assert wanted == read_choices(
        f"{numbered[0]}(A)\n{numbered[1]}(D)\n\n{numbered[2]}(C). Song", ASKED
    )


def test_what_was_asked_decides_what_comes_out():
    found = read_choices('3. (A)\n1. Text Span: "Eve"\nLabel: (A)\n9. (A)\n3. (D)', ASKED)
    assert [getattr(one, "reason", one) for one in found] == [
        "answer about another span", "not answered", KEPT,
    ]  # fmt: skip
    assert [one.reason for one in read_choices("", ASKED)] == ["empty reply"] * 3
    assert [one.reason for one in read_choices("I'm sorry.", ASKED)] == ["refusal"] * 3


def test_options_in_another_order():
    options = {"A": "none", "B": "kept"}
    assert read_choices("1. (A)\n2. (B)\n3. (C)", ASKED, options)[:2] == (NONE, KEPT)


LINES = [
    '1. Text Span: "Ann Lee"',
    "Label: (A)",
    "2. (B)",
    'be "x"',
    "Text Span: Bob",
    "(C) y",
    "3.",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=12), max_size=10).map("\n".join))
def test_one_outcome_for_each_span_asked(reply):
    assert len(read_choices(reply, ASKED)) == 3


@pytest.mark.parametrize(
    "piece", ["[", '"', "1. ", "(B)", "(B) '", "type is ", "it is ", "\n1. (C) ("]
)
def test_a_megabyte_takes_no_time(piece):
    started = time.process_time()
    read_choices("1. (B) " + piece * (1_000_000 // len(piece)), ASKED)
    read_choices("1. (C) " + piece * (1_000_000 // len(piece)), ASKED)
    assert time.process_time() - started < 4
