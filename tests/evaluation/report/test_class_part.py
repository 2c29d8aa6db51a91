"""Classes on the evaluation page."""

from collections import Counter

import numpy as np
import pytest

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation.classes.aggregate import aggregate_class_seeds
from spacy_fewner.evaluation.classes.calibration import confidences, reliability
from spacy_fewner.evaluation.classes.scores import class_scores, confusions
from spacy_fewner.evaluation.report.class_part import ClassPart, collect_class_errors
from spacy_fewner.evaluation.report.contents import Report
from spacy_fewner.evaluation.report.page import render_page

CLASSES = ["A", "B<b>"]
TEXTS = ["first", "second <script>", "third", "fourth"]
GOLD = [["A"], ["A"], ["B<b>"], ["B<b>"]]
PREDICTED = [{"A"}, {"B<b>"}, {"A"}, set()]
SAID = np.array([[0.9, 0.1], [0.4, 0.6], [0.95, 0.05], [0.45, 0.3]])


def errors():
    return collect_class_errors(TEXTS, GOLD, PREDICTED, SAID, CLASSES)


def test_the_surest_errors_come_first():
    found = errors()
    assert [one.text for one in found] == ["third", "fourth", "second <script>"]
    assert [one.sure for one in found] == pytest.approx([0.95, 0.7, 0.6])
    assert found[1].gold == ("B<b>",) and found[1].predicted == ()


def test_a_class_that_the_model_does_not_know_is_an_error_of_which_it_was_sure():
    (found,) = collect_class_errors(["new"], [["NEW"]], [set()], SAID[:1], CLASSES)
    assert found.sure == 1.0


def test_refuses_lists_of_different_length():
    with pytest.raises(FewnerError, match="texts"):
        collect_class_errors(TEXTS[1:], GOLD, PREDICTED, SAID, CLASSES)


def page(**more):
    part = ClassPart(
        aggregate_class_seeds([class_scores(GOLD, PREDICTED, CLASSES)]),
        True,
        confusions(GOLD, PREDICTED),
        errors(),
        [("before", 0.123)],
        reliability(*confidences(SAID, GOLD, CLASSES, True)),
        ["a note"],
        **more,
    )
    return render_page(Report("title", "dev.jsonl (4 texts)", classes=part))


def test_the_page_shows_them_escaped():
    html = page()
    for told in ("accuracy 25.0", "Calibration", "12.3", "a note", "third"):
        assert told in html
    assert "<script>" not in html and "B<b>" not in html and "&lt;script&gt;" in html
    assert "Scores per label" not in html


def test_parts_that_are_empty_are_left_out():
    scores = aggregate_class_seeds([class_scores(GOLD, GOLD, CLASSES)])
    html = render_page(Report("title", "dev", classes=ClassPart(scores, False, Counter())))
    assert "micro F1 100.0" in html and "any number of classes" in html
    for absent in ("Calibration", "taken for one another", "Errors, the surest", "Learning curve"):
        assert absent not in html
