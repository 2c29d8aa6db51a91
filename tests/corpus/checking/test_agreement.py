"""AgreementCheck: what a trained model contradicts with confidence goes, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.corpus.checking.agreement import AgreementCheck
from spacy_fewner.corpus.checking.chain import BATCH
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Reject, Sample

TEXT = "Penrose sent the roller"
MAKER, PART = CharSpan(0, 7, "MAKER"), CharSpan(17, 23, "PART")


def span(like: CharSpan, score: float, label: str = "") -> CharSpan:
    return CharSpan(like.start, like.end, label or like.label, score)


def judged(spans: list[CharSpan], candidates: list[CharSpan], **settings: float) -> Sample | Reject:
    check = AgreementCheck(lambda samples: [candidates for _ in samples], **settings)
    (outcome,) = check([Sample(TEXT, tuple(spans))])
    return outcome


@pytest.mark.parametrize(
    "candidates",
    [
        [],
        [span(MAKER, 0.99), span(PART, 0.95)],
        [span(MAKER, 0.01)],  # doubt alone
        [span(MAKER, 0.6, "PART"), span(PART, 0.3, "MAKER")],  # not sure
        [span(MAKER, 0.95, "PART"), span(MAKER, 0.6)],  # sure of another, but not in doubt of ours
    ],
)
def test_kept(candidates):
    assert judged([MAKER, PART], candidates) == Sample(TEXT, (MAKER, PART))


@pytest.mark.parametrize(
    ("spans", "candidate", "reason"),
    [
        ([MAKER], span(PART, 0.9), "model marks more"),
        ([], span(MAKER, 0.95), "model marks more"),
        ([MAKER], span(MAKER, 0.95, "PART"), "model marks another span"),
        ([MAKER], CharSpan(0, 12, "MAKER", 0.92), "model marks another span"),
    ],
)
def test_rejected(spans, candidate, reason):
    outcome = judged(spans, [candidate])
    assert isinstance(outcome, Reject)
    assert (outcome.reason, outcome.stage, outcome.text) == (reason, "agreement", TEXT)
    assert candidate.label in outcome.detail and f"{candidate.score:.2f}" in outcome.detail


def test_the_limits_are_settings():
    strict = judged([MAKER], [span(PART, 0.6)], sure=0.6)
    assert isinstance(strict, Reject)
    lenient = judged([MAKER], [span(MAKER, 0.95, "PART")], doubt=0.0)
    assert isinstance(lenient, Sample)


@pytest.mark.parametrize("limits", [(0.4, 0.5), (1.1, 0.5), (0.9, -0.1), (float("nan"), 0.5)])
def test_bad_limits(limits):
    with pytest.raises(FewnerError, match="doubt <= sure"):
        AgreementCheck(lambda samples: [], *limits)


kinds = st.lists(st.sampled_from(["agreed", "denied", "reject"]), max_size=2 * BATCH + 3)


@given(kinds)
def test_in_order_and_each_with_its_own_candidates(kinds):
    """Rejects between samples must not shift what the model said of which."""
    flow = [
        Reject("no reply", "", "generate", str(n)) if kind == "reject"
        else Sample(f"{kind} {n}", (CharSpan(0, 6, "MAKER"),))
        for n, kind in enumerate(kinds)
    ]  # fmt: skip

    def candidates(samples):
        label = {"agreed": "MAKER", "denied": "PART"}
        return [[CharSpan(0, 6, label[sample.text.split()[0]], 0.99)] for sample in samples]

    found = list(AgreementCheck(candidates)(flow))
    assert [outcome.text for outcome in found] == [outcome.text for outcome in flow]
    assert [isinstance(outcome, Sample) for outcome in found] == [k == "agreed" for k in kinds]


def test_what_was_not_annotated_for_spans_is_not_contradicted():
    check = AgreementCheck(lambda samples: [[span(MAKER, 0.99)] for _ in samples])
    classed = Sample(TEXT, cats={"letter": 1.0}, spans_annotated=False)
    (kept, rejected) = check([classed, Sample(TEXT)])
    assert kept == classed and isinstance(rejected, Reject)
