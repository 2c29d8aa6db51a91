"""Gold on tokens: what cannot be learnt is found, and said once."""

import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span
from spacy.training import Example

from spacy_fewner.spans.targets import GoldAudit, aligned_gold, audit_gold, wide_gold

NLP = spacy.blank("en")
PLACES = st.tuples(st.integers(0, 11), st.integers(1, 6)).map(lambda p: (p[0], min(12, sum(p))))


def example(words, gold_words, *spans):
    """spans: first and last (exclusive) gold word and label of each."""
    predicted, reference = (
        Doc(NLP.vocab, words=own, spaces=[False] * len(own)) for own in (words, gold_words)
    )
    reference.spans["sc"] = [Span(reference, *place, label) for *place, label in spans]
    return Example(predicted, reference)


@given(st.lists(PLACES, max_size=12))
def test_crossing_gold_is_found(places):
    doc = Doc(NLP.vocab, words=[f"w{number}" for number in range(12)])
    audit = GoldAudit()
    audit.note_clashes([Span(doc, *place, "A") for place in places], lambda label: label)
    crossing = [
        doc[start:end].text
        for start, end in sorted(set(places))
        if any(before < start < stop < end for before, stop in places)
    ]
    assert audit.crossing == crossing


def test_gold_is_placed_on_the_tokens_of_the_pipeline():
    gold = ["semi", "auto", "matic", "x"]
    places = [(0, 1, "A"), (0, 3, "B"), (1, 3, "C"), (3, 4, "D"), (2, 4, "E"), (0, 4, "F")]
    aligned, misaligned = aligned_gold(example(["semi", "automatic", "x"], gold, *places), "sc")
    found = [(span.start, span.end, span.label_) for span in aligned]
    assert found == [(0, 1, "A"), (0, 2, "B"), (1, 2, "C"), (2, 3, "D"), (0, 3, "F")]
    assert misaligned == ["maticx"]


def test_all_that_cannot_be_learnt_is_said_in_one_warning(caplog):
    places = [(0, 1, "A"), (1, 3, "A"), (1, 3, "B"), (2, 4, "A"), (1, 4, "A"), (4, 5, "A")]
    words = ["ab", "c", "d", "e", "f"]
    examples = [example(words, ["a", "bc", "d", "e", "f"], *places), example(words, words, *places)]
    audit = audit_gold(examples, "sc", lambda label: label)
    audit.too_wide = wide_gold(examples, "sc", 2)
    audit.log("fewner", 2)
    assert len(caplog.records) == 1
    said = caplog.text
    assert "some of the 12 gold spans cannot be learnt: " in said
    assert "4 with an edge inside a token, such as 'a', 'bcd', 'bcde' (change the offsets" in said
    assert "1 wider than max_width=2 tokens, such as 'cde' (raise max_width)" in said
    assert "1 with conflicting labels, of which one is predicted, such as 'cd' (keep" in said
    assert "1 crossing another, of which one is predicted, such as 'de' (keep" in said


def test_sound_gold_is_not_warned_of(caplog):
    audit_gold([example(["a", "b"], ["a", "b"], (0, 1, "A"))], "sc").log("fewner", 1)
    assert not caplog.records


def test_white_space_at_an_edge_is_not_learnt_and_is_said(caplog):
    words = ["\n", "ab", "\n", "c", "\n"]
    places = [(0, 3, "A"), (3, 4, "B"), (4, 5, "A")]
    audit = audit_gold([example(words, words, *places)], "sc")
    aligned, misaligned = aligned_gold(example(words, words, *places), "sc")
    assert [(span.text, span.label_) for span in aligned] == [("ab", "A"), ("c", "B")]
    assert misaligned == []
    assert (audit.spaced, audit.blank) == (["\nab\n"], ["\n"])
    audit.log("fewner", 1)
    assert "1 with white space at an edge, learnt without it" in caplog.text
    assert "some of the 3 gold spans" in caplog.text and "1 of white space alone" in caplog.text


def test_spans_that_share_tokens_are_said_in_flat_mode():
    words = ["a", "b", "c", "d"]
    places = [(0, 3, "A"), (1, 2, "A"), (2, 4, "A"), (3, 4, "X")]
    found = audit_gold(
        [example(words, words, *places)],
        "sc",
        lambda label: label,
        flat=True,
        known=lambda label: label == "A",
    )
    assert (found.overlapping, found.crossing) == (["b", "cd", "d"], [])
    assert found.unknown == ["X d"]


def test_a_kind_is_said_once(caplog):
    words = ["a", "b"]
    audit, said = audit_gold([example(words, words, (0, 2, "A"))], "sc"), set()
    audit.too_wide = ["ab"]
    for _ in range(3):
        audit.log("fewner", 1, said)
    assert len(caplog.records) == 1
