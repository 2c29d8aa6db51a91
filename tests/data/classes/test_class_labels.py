"""Which classes texts have, and of which kind they are."""

from dataclasses import replace

import pytest

from spacy_fewner.data.classes.labels import (
    check_exclusive,
    chosen,
    classes_of,
    classified,
    held,
    is_classified,
    is_unsure,
    kind_of,
)
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample


def text(**cats: float) -> Sample:
    return Sample("some text", cats=cats)


def test_a_text_without_cats_is_not_annotated():
    samples = [text(a=1), text(), text(b=0)]
    assert [is_classified(sample) for sample in samples] == [True, False, True]
    assert classified(samples) == [samples[0], samples[2]]


def test_classes_are_all_that_cats_name_and_hold_from_a_half():
    samples = [text(b=0.5, c=0.49), text(a=0.0, b=1.0), text()]
    assert classes_of(samples) == ["a", "b", "c"]
    assert [held(sample) for sample in samples] == [["b"], ["b"], []]


@pytest.mark.parametrize(
    ("cats", "kind"),
    [
        ([{"a": 1}, {"b": 1, "a": 0}], "exclusive"),
        ([{"a": 1}, {}], "exclusive"),  # a text without cats says nothing
        ([{"a": 1}, {"a": 0.3, "b": 0.4}], "exclusive"),  # nobody was sure
        ([{"a": 1}, {"a": 1, "b": 0.6}], "multilabel"),
        ([{"a": 1}, {"a": 0}], "multilabel"),  # said to have none
        ([{"sport": 1, "sport/ball": 1}, {"news": 1}], "exclusive"),
        ([{"sport/run": 1, "sport/ball": 1}, {"news": 1}], "multilabel"),
        ([{"sport": 1, "sports": 1}], "multilabel"),  # no path of the other
    ],
)
def test_the_kind_is_found_from_the_data(cats: list[dict[str, float]], kind: str):
    samples = [text(**{}) if not one else replace(text(), cats=one) for one in cats]
    assert kind_of(samples) == kind
    if kind == "exclusive":
        check_exclusive(samples)
    else:
        with pytest.raises(FewnerError):
            check_exclusive(samples)


def test_of_a_path_the_deepest_is_chosen():
    assert chosen(replace(text(), cats={"a": 1, "a/b": 1, "a/b/c": 1, "ab": 1})) == ["a/b/c", "ab"]


def test_several_classes_where_one_is_asked_are_an_error_that_names_the_text():
    samples = [text(a=1), replace(text(a=1, b=1), place="train.jsonl:7")]
    with pytest.raises(FewnerError) as caught:
        check_exclusive(samples, "--exclusive")
    said = str(caught.value)
    assert all(part in said for part in ("--exclusive", "'a' and 'b'", "train.jsonl:7"))
    with pytest.raises(FewnerError, match="none of a in example 2"):
        check_exclusive([text(b=1), text(a=0)])


def test_a_text_of_which_nobody_is_sure_is_told():
    assert is_unsure(text(a=0.3, b=0.4)) and not is_unsure(text(a=0)) and not is_unsure(text())


def test_spans_are_annotated_unless_said_otherwise():
    assert Sample("a").spans_annotated
    only_cats = Sample("Ada left", cats={"x": 1.0}, spans_annotated=False)
    assert not only_cats.spans_annotated
    assert replace(only_cats, spans=(CharSpan(0, 3, "PER"),)).spans_annotated
