from dataclasses import replace

import pytest
import spacy

from spacy_fewner.data.auditing.audit import audit
from spacy_fewner.data.auditing.report import KINDS
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

NLP = spacy.blank("en")


def sample(text: str, *spans: tuple[str, str]) -> Sample:
    """Spans by (surface, label), first occurrence."""
    found = (CharSpan(text.index(s), text.index(s) + len(s), label) for s, label in spans)
    return Sample(text, tuple(found))


GOOD = [
    sample("Ada lives in London.", ("Ada", "PER"), ("London", "LOC")),
    sample("Bob left Paris today.", ("Bob", "PER"), ("Paris", "LOC")),
]


def kinds(samples, **asked):
    return dict(audit([*GOOD, *samples], NLP, **asked).counts)


def test_clean_data():
    report = audit(GOOD, NLP, flat=True, labels=Schema((LabelSpec("PER"), LabelSpec("LOC"))))
    assert report.issues == ()
    assert report.label_counts == {"PER": 2, "LOC": 2}
    report.raise_on_errors(also=set(KINDS))


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        (sample("Merkels Rede", ("Merkel", "PER")), {"misaligned": 1}),
        (sample("Eve  ", ("Eve ", "PER")), {"edge whitespace": 1}),
        (sample("Eve  x", ("  ", "PER")), {"blank span": 1}),
        (sample("", *()), {"empty text": 1}),
        (sample(" \n ", *()), {"empty text": 1}),
        (Sample("Eve", (CharSpan(0, 4, "PER"),)), {"bad offsets": 1}),
        (Sample("Eve", (CharSpan(2, 2, "PER"),)), {"bad offsets": 1}),
        (Sample("Eve", (CharSpan(0, 3, ""),)), {"no label": 1}),
        (Sample("Eve", (CharSpan(0, 9, " "),)), {"bad offsets": 1, "no label": 1}),
        (Sample("Eve", (CharSpan(0, 3, "PER"),) * 2), {"duplicate span": 1}),
        (GOOD[0], {"duplicate text": 1}),
        (sample(GOOD[0].text, ("Ada", "LOC")), {"conflicting texts": 1}),
        (sample("Eve ran", ("Eve", "PET")), {"rare label": 1}),
    ],
)
def test_kinds(bad, found):
    assert kinds([bad]) == found


def test_spans_without_a_label_are_no_label_of_the_data():
    report = audit([*GOOD, Sample("Eve", (CharSpan(0, 3, ""),))], labels=Schema.from_samples(GOOD))
    assert report.label_counts == {"PER": 2, "LOC": 2}
    with pytest.raises(FewnerError, match="must have a label; got characters 0 to 3"):
        report.raise_on_errors()
    alone = audit([Sample("Eve", (CharSpan(0, 3, ""),))])
    assert dict(alone.counts) == {"no label": 1}


def test_flat_mode():
    nested = sample("the London Eye", ("London Eye", "PER"), ("London", "LOC"))
    crossing = sample("New York City", ("New York", "PER"), ("York City", "LOC"))
    twice = sample("Orange", ("Orange", "PER"), ("Orange", "LOC"))
    assert kinds([nested, crossing, twice]) == {"crossing spans": 1, "two labels": 1}
    assert kinds([nested, crossing, twice], flat=True) == {
        "conflicting labels": 1,
        "overlapping spans": 2,
    }


def test_unknown_label():
    report = audit(GOOD, NLP, labels=Schema((LabelSpec("PER"),)))
    assert report.counts == {"unknown label": 2}
    assert [issue.excerpt for issue in report.issues] == [
        "Ada lives in [London].",
        "Bob left [Paris] today.",
    ]


def test_counts_of_labels():
    assert audit([], NLP).counts == {"no spans": 1}
    assert audit([Sample("a b"), Sample("c")], NLP).counts == {"no spans": 1}
    one = sample("Eve met Joe", ("Eve", "PER"), ("Joe", "PER"))
    assert audit([one], NLP).counts == {"single label": 1}
    words = sample("Eve met", ("Eve", "X"), ("met", "X"))
    assert audit([words], NLP).counts == {}  # each word of the text is an X
    rare = sample("Rex barked", ("Rex", "PET"))
    assert kinds([rare], min_count=1) == {}
    assert kinds([rare], min_count=3) == {"rare label": 3}
    detail = audit([*GOOD, rare], NLP).issues[0].detail
    assert detail == "1 span of PET, 2 needed"


def test_labels_lost_to_the_tokens():
    bad = sample("Merkels Haus, Kohls Haus", ("Merkel", "PET"), ("Kohl", "PET"))
    report = audit([*GOOD, bad], NLP)
    assert report.counts == {"lost label": 1, "misaligned": 2}
    assert kinds([bad], alignment="expand") == {"misaligned": 2}
    assert "becomes 'Merkels'" in audit([bad], NLP, alignment="expand").table()
    half = sample("Merkels Rex", ("Merkel", "PET"), ("Rex", "PET"))
    assert kinds([half]) == {"misaligned": 1, "rare label": 1}


def test_own_tokens_need_no_pipeline():
    tokens = ((0, 7), (8, 12))
    bad = Sample("Merkels Rede", (CharSpan(0, 6, "PER"),), tokens)
    assert audit([*GOOD, bad]).counts == {"misaligned": 1}
    assert audit([*GOOD, Sample(bad.text, bad.spans)]).counts == {}


def test_wide_spans():
    wide = sample("the Bank of the West", ("Bank of the West", "LOC"))
    assert kinds([wide], max_span_width=4) == {}
    assert kinds([wide], max_span_width=3) == {"wide span": 1}


def test_leakage():
    test = [
        Sample("Something else"),
        Sample("ada lives  in london."),
        Sample("Bob left Rome today."),
    ]
    report = audit(GOOD, NLP, against={"test": test, "dev": test[:1]})
    assert [(issue.kind, issue.index) for issue in report.issues] == [
        ("leakage", 0),
        ("near leakage", 1),
    ]
    assert "test example 2" in report.issues[0].detail
    assert "Rome" in report.issues[1].detail


def test_table():
    many = [sample(f"Merkels Rede {number}", ("Merkel", "PER")) for number in range(12)]
    report = audit([*GOOD, *many, GOOD[1]], NLP, flat=True)
    lines = report.table(examples=2).splitlines()
    assert lines[0] == "15 examples, 18 spans, 2 labels: 0 errors, 13 warnings"
    assert lines[1:5] == [
        "label  spans",
        "-----  -----",
        "PER       15",
        "LOC        3",
    ]
    summary = lines[6:10]
    assert summary[2].startswith("warning   misaligned         12  Correct the offsets")
    assert summary[3].startswith("warning   duplicate text      1  Remove")
    assert "misaligned (12, the first 2)" in lines
    assert "example 3  PER 'Merkel' in 'Merkels', lost  [Merkel]s Rede 0" in lines
    assert sum(line.startswith("example") for line in lines) == 3


def test_one_clear_error():
    report = audit(
        [*GOOD, sample(GOOD[0].text, ("Ada", "LOC")), Sample(" "), sample("Rex", ("Rex", "PET"))],
        NLP,
    )
    with pytest.raises(FewnerError) as caught:
        report.raise_on_errors()
    said = str(caught.value)
    assert said.startswith("example 4: a text must have more than spaces")
    assert "Remove the example." in said
    assert "1 more: rare label." in said and "1 more: conflicting texts." in said
    report.raise_on_errors(ignore={"empty text", "rare label", "conflicting texts"})


def test_warnings_can_be_made_errors():
    report = audit([*GOOD, sample("Merkels Rede", ("Merkel", "PER"))], NLP)
    report.raise_on_errors()
    with pytest.raises(FewnerError, match="'Merkel' in 'Merkels', lost"):
        report.raise_on_errors(also={"misaligned"})
    with pytest.raises(FewnerError, match="also"):
        report.raise_on_errors(also={"misspelt"})


def test_errors_come_first():
    severities = [kind.severity for kind in KINDS.values()]
    assert severities == sorted(severities)


def test_extensions_overlap_and_are_rare_and_of_no_scheme():
    text = "Merkels Rede in Ulm"
    spans = [CharSpan(0, 19, "ext/event"), CharSpan(8, 19, "ext/talk"), CharSpan(0, 6, "ext/x")]
    bad = Sample(text, (CharSpan(16, 19, "LOC"), *spans))
    schema = Schema((LabelSpec("PER"), LabelSpec("LOC")))
    asked = {"labels": schema, "flat": True}
    assert kinds([bad], **asked) == {"misaligned extension": 1}
    assert kinds([bad, replace(bad, spans=bad.spans[:1])], **asked) == {
        "misaligned extension": 1,
        "duplicate text": 1,
    }
    assert audit([*GOOD, bad], NLP).label_counts == {"PER": 2, "LOC": 3}
    assert audit([Sample("a b", (CharSpan(0, 1, "ext/x"),))], NLP).counts == {"no spans": 1}


def test_issues_of_another_set():
    report = audit([sample("Merkels Rede", ("Merkel", "PER"))], NLP).named("dev")
    both = audit(GOOD, NLP).with_issues_of(report)
    assert {issue.place for issue in both.issues} == {"all dev examples", "dev example 1"}
    assert (both.samples, both.label_counts) == (2, {"PER": 2, "LOC": 2})
    with pytest.raises(FewnerError, match="all dev examples: "):
        both.raise_on_errors()
