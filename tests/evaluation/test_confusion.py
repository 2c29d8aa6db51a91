"""Which kind of error a wrong span is."""

from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.evaluation import count_errors, find_errors, span_strict
from spacy_fewner.types import CharSpan

spans = st.lists(
    st.builds(
        lambda start, width, label: CharSpan(start, start + width, label),
        st.integers(0, 12),
        st.integers(1, 6),
        st.sampled_from("abc"),
    ),
    max_size=6,
)


def kinds(gold, predicted):
    return [error.kind for error in find_errors(gold, predicted)]


def test_each_kind():
    gold = [CharSpan(0, 5, "a")]
    assert kinds(gold, gold) == []
    assert kinds(gold, []) == ["missed"]
    assert kinds([], gold) == ["spurious"]
    assert kinds(gold, [CharSpan(0, 5, "b")]) == ["label"]
    assert kinds(gold, [CharSpan(2, 5, "a")]) == ["boundary"]
    assert kinds(gold, [CharSpan(2, 5, "b")]) == ["both"]
    assert kinds(gold, [CharSpan(5, 7, "a")]) == ["missed", "spurious"]


def test_pairs_the_closest_first():
    gold = [CharSpan(0, 10, "a")]
    predicted = [CharSpan(0, 10, "b"), CharSpan(0, 9, "a"), CharSpan(0, 3, "a")]
    label, *rest = sorted(find_errors(gold, predicted), key=lambda e: e.kind)
    assert (label.kind, label.predicted) == ("label", CharSpan(0, 10, "b"))
    assert [e.kind for e in rest] == ["spurious", "spurious"]


def test_an_exact_match_takes_no_part_in_errors():
    outer, inner = CharSpan(0, 10, "a"), CharSpan(0, 4, "a")
    assert kinds([outer, inner], [inner]) == ["missed"]


def test_scores_of_predictions_are_kept():
    (error,) = find_errors([], [CharSpan(0, 2, "a", 0.75)])
    assert error.predicted.score == 0.75


@given(spans, spans)
def test_every_wrong_span_is_in_exactly_one_error(gold, predicted):
    errors = find_errors(gold, predicted)
    wrong_gold, wrong_predicted = set(gold) - set(predicted), set(predicted) - set(gold)
    assert sorted(e.gold for e in errors if e.gold) == sorted(wrong_gold)
    assert sorted(e.predicted for e in errors if e.predicted) == sorted(wrong_predicted)
    for error in errors:
        pair = [s for s in (error.gold, error.predicted) if s]
        assert error.start == min(s.start for s in pair)
        assert error.end == max(s.end for s in pair)


@given(spans, spans)
def test_counts_agree_with_the_strict_scorer(gold, predicted):
    table = count_errors([gold], [predicted])
    micro = span_strict([gold], [predicted]).micro
    total = {kind: counts.total() for kind, counts in table.kinds.items()}
    paired = total["label"] + total["boundary"] + total["both"]
    assert table.correct.total() == micro.tp
    assert total["missed"] + paired == micro.fn
    assert total["spurious"] + paired == micro.fp
    assert table.labels.total() == total["label"] + total["both"]


def test_confused_labels_are_counted_from_gold_to_predicted():
    gold = [[CharSpan(0, 5, "person")], [CharSpan(0, 5, "person")]]
    predicted = [[CharSpan(0, 5, "place")], [CharSpan(1, 5, "place")]]
    assert count_errors(gold, predicted).labels == {("person", "place"): 2}
