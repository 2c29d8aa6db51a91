"""Types in bands of frequency."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.discovery.type_statistics import TypeStatistics, type_statistics
from spacy_fewner.types import CharSpan, Sample


def statistics_of(counts: dict[str, int]) -> TypeStatistics:
    return TypeStatistics(Counter(counts), texts=3)


def test_the_most_frequent_types_come_first_and_shares_are_of_all_mentions():
    counts = {f"kind {n:03}": 1 for n in range(198)} | {"person": 500, "place": 302}
    top, middle, rest = statistics_of(counts).bands
    assert (top.types, top.mentions, top.share) == (("person", "place"), 802, 0.802)
    assert (len(middle.types), middle.mentions) == (18, 18)
    assert middle.types[:2] == ("kind 000", "kind 001")
    assert (len(rest.types), rest.share) == (180, 0.18)


@given(counts=st.dictionaries(st.text(max_size=3), st.integers(1, 50), max_size=250))
def test_every_type_is_in_one_band_and_no_band_is_ahead_of_one_before(counts: dict[str, int]):
    bands = statistics_of(counts).bands
    assert Counter(kind for band in bands for kind in band.types) == Counter(counts.keys())
    assert sum(band.mentions for band in bands) == sum(counts.values())
    assert bool(bands[0].types) == bool(counts)
    order = [counts[kind] for band in bands for kind in band.types]
    assert order == sorted(order, reverse=True)


def test_counts_of_samples_leave_extensions_out():
    spans = (CharSpan(0, 3, "person"), CharSpan(0, 3, "ext/name"), CharSpan(4, 6, "person"))
    found = type_statistics(iter([Sample("Ada Bo", spans), Sample("nobody")]))
    assert found == TypeStatistics(Counter(person=2), 2)


def test_as_text():
    counts = {f"kind {n}": 1 for n in range(8)} | {"per\nson": 1000, "place": 992}
    assert statistics_of(counts).to_text().splitlines() == [
        "3 texts, 2,000 mentions of 10 types",
        r"top 1 %        1 types   50.0 % of mentions  per\nson",
        "1-10 %         0 types    0.0 % of mentions",
        "rest           9 types   50.0 % of mentions  place, kind 0, kind 1, …",
    ]
    assert TypeStatistics(Counter(), 2).to_text() == "2 texts, 0 mentions of 0 types"
