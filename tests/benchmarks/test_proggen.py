"""The published replies of gpt-3.5, asked for over HTTP: read, grounded and corrected."""

import pytest

from benchmarks import proggen
from spacy_fewner.llm.replies.choices import Verdict
from spacy_fewner.types import CharSpan, Reject, Sample

PROMPT = """Examples:

1. Query: 'who played {{Tom}}'
Text Span: "Tom"
Label: (A). Correct Entity Annotation.

---

Please classify the following 2 spans of text:

1. Query: "films by {{Ann Lee}} with 'Tom'"
Text Span: "Ann Lee"

2. Query: 'the {{plot}} of Alien'
Text Span: "plot"
"""


def test_questions_are_those_after_the_examples():
    first, second = proggen.asked_in(PROMPT, "Director")
    assert first.text == "films by Ann Lee with 'Tom'"
    assert (first.asked.surface, first.asked.label) == ("Ann Lee", "Director")
    assert second.text == "the plot of Alien"


def span(text, surface, label):
    return CharSpan(text.index(surface), text.index(surface) + len(surface), label)


@pytest.mark.parametrize(
    ("ruling", "more", "expected"),
    [
        ("kept", {}, [("the plot of alien", "Plot")]),
        ("none", {}, []),
        ("type", {"label": "Title"}, [("the plot of alien", "Title")]),
        ("type", {"label": "other"}, []),
        ("boundary", {"surfaces": ("alien",)}, [("alien", "Plot")]),
    ],
)
def test_verdicts_change_spans(ruling, more, expected):
    text = "tell me the plot of alien"
    sample = Sample(text, (span(text, "the plot of alien", "Plot"),))
    rulings = {(text, "the plot of alien", "plot"): Verdict(ruling, **more)}
    made = proggen.correct(sample, rulings)
    assert [(one.surface(text), one.label) for one in made.spans] == expected


def test_a_boundary_that_is_not_in_the_text_rejects():
    sample = Sample("the plot", (span("the plot", "plot", "Plot"),))
    rulings = {("the plot", "plot", "plot"): Verdict("boundary", ("story",))}
    assert isinstance(proggen.correct(sample, rulings), Reject)


def test_replies_come_over_http_once_and_then_from_the_journal(tmp_path, monkeypatch, published):
    published("proggen_llm_io")
    rows = proggen.rows_of("correction_mit_movie")[:5]
    monkeypatch.setattr(proggen, "rows_of", lambda file: rows)
    first = list(proggen.replies("correction_mit_movie", tmp_path / "journal.jsonl"))
    assert [reply for _, reply in first] == [row["completion"] for row in rows]
    written = (tmp_path / "journal.jsonl").read_bytes()
    assert list(proggen.replies("correction_mit_movie", tmp_path / "journal.jsonl")) == first
    assert (tmp_path / "journal.jsonl").read_bytes() == written
