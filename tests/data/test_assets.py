"""The embedded demo data set: what its README promises holds for the shipped files."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from spacy_fewner.data import read_samples
from spacy_fewner.data.auditing.audit import audit
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

ORGAN = Path(__file__).parents[2] / "assets" / "organ"
ANNOTATED = ("train", "test")
TEXTS = (*ANNOTATED, "unlabelled")
NEAR_DUPLICATE = 0.5  # Jaccard overlap of lower-cased words

Surface = tuple[str, ...]
Interval = tuple[int, int]  # tokens, end exclusive


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.blank("en")


@cache
def samples(name: str) -> Sequence[Sample]:
    return tuple(read_samples(ORGAN / f"{name}.jsonl"))


@cache
def schema() -> Schema:
    rows = [json.loads(line) for line in (ORGAN / "schema.jsonl").read_text("utf8").splitlines()]
    return Schema(
        tuple(
            LabelSpec(row["id"], row["description"], tuple(row["examples"]), tuple(row["synonyms"]))
            for row in rows
        )
    )


def label_counts(name: str) -> Counter[str]:
    return Counter(span.label for sample in samples(name) for span in sample.spans)


def holds(outer: CharSpan, inner: CharSpan) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def span_pairs(name: str) -> Iterator[tuple[CharSpan, CharSpan]]:
    for sample in samples(name):
        yield from combinations(sorted(sample.spans), 2)


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def intervals(doc: Doc, sample: Sample) -> Mapping[Interval, str]:
    found = {}
    for span in sample.spans:
        aligned = doc.char_span(span.start, span.end)
        assert aligned is not None, f"{span.surface(sample.text)!r} in {sample.text!r}"
        found[(aligned.start, aligned.end)] = span.label
    return found


def test_sizes_reach_the_promised_minimum() -> None:
    assert 5 <= len(schema()) <= 8
    assert 35 <= len(samples("train")) <= 50
    assert len(samples("test")) >= 150
    assert len(samples("unlabelled")) >= 500


def test_every_label_has_about_twelve_training_examples() -> None:
    counts = label_counts("train")
    assert set(counts) == set(schema().ids)
    assert all(12 <= count <= 16 for count in counts.values()), counts


def test_every_label_has_enough_test_mentions_to_be_scored() -> None:
    counts = label_counts("test")
    assert set(counts) == set(schema().ids)
    assert min(counts.values()) >= 40, counts


@pytest.mark.parametrize("name", ANNOTATED)
def test_spans_sit_on_token_boundaries(name: str, nlp: Language) -> None:
    for sample in samples(name):
        assert len(intervals(nlp(sample.text), sample)) == len(sample.spans)
        for span in sample.spans:
            surface = span.surface(sample.text)
            assert surface and surface == surface.strip(), sample.text


@pytest.mark.parametrize("name", ANNOTATED)
def test_spans_nest_but_never_cross_or_repeat(name: str) -> None:
    for first, second in span_pairs(name):
        assert (first.start, first.end) != (second.start, second.end)
        apart = first.end <= second.start
        assert apart or holds(first, second) or holds(second, first), (first, second)
        assert apart or first.label != second.label, (first, second)


@pytest.mark.parametrize("name", ANNOTATED)
def test_a_good_share_of_spans_is_nested(name: str) -> None:
    involved = 0
    for sample in samples(name):
        pairs = [p for p in combinations(sorted(sample.spans), 2) if p[0].end > p[1].start]
        involved += len({span for pair in pairs for span in pair})
    assert involved / label_counts(name).total() >= 0.15


@pytest.mark.parametrize("name", ANNOTATED)
def test_some_sentences_hold_no_entity(name: str) -> None:
    empty = sum(not sample.spans for sample in samples(name))
    assert 0.05 <= empty / len(samples(name)) <= 0.12


@pytest.mark.parametrize("name", ANNOTATED)
def test_ids_are_unique(name: str) -> None:
    ids = [sample.meta["id"] for sample in samples(name)]
    assert len(ids) == len(set(ids))


def test_unlabelled_rows_hold_nothing_but_text() -> None:
    lines = (ORGAN / "unlabelled.jsonl").read_text("utf8").splitlines()
    assert all(json.loads(line).keys() == {"text"} for line in lines)


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_clean(name: str) -> None:
    for sample in samples(name):
        assert sample.text == sample.text.strip()
        assert not re.search(r"\s{2}|[\[\]\n\t]", sample.text), sample.text


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_twice_in_a_file(name: str) -> None:
    seen: dict[str, str] = {}
    for sample in samples(name):
        key = " ".join(re.findall(r"\w+", sample.text.lower()))
        assert key not in seen, (seen[key], sample.text)
        seen[key] = sample.text


@pytest.mark.parametrize(("one", "other"), combinations(TEXTS, 2))
def test_files_share_no_near_duplicates(one: str, other: str) -> None:
    right = [words(sample.text) for sample in samples(other)]
    for sample in samples(one):
        left = words(sample.text)
        nearest = max(len(left & candidate) / len(left | candidate) for candidate in right)
        assert nearest < NEAR_DUPLICATE, sample.text


def test_a_surface_is_annotated_wherever_it_stands_free(nlp: Language) -> None:
    rows = [(nlp(s.text), s) for name in ANNOTATED for s in samples(name)]
    gold = [(doc, intervals(doc, sample)) for doc, sample in rows]
    known: dict[Surface, set[str]] = {}
    for doc, spans in gold:
        for (start, end), label in spans.items():
            known.setdefault(tuple(t.text for t in doc[start:end]), set()).add(label)
    assert {s: labels for s, labels in known.items() if len(labels) > 1} == {}
    missed = [miss for doc, spans in gold for miss in free_mentions(doc, spans, known)]
    assert missed == []


def free_mentions(
    doc: Doc, spans: Mapping[Interval, str], known: Mapping[Surface, set[str]]
) -> Iterator[tuple[Surface, str]]:
    """Known surfaces that overlap no annotated span."""
    longest = max(map(len, known))
    for start in range(len(doc)):
        for end in range(start + 1, min(len(doc), start + longest) + 1):
            surface = tuple(t.text for t in doc[start:end])
            free = all(end <= left or right <= start for left, right in spans)
            if free and surface in known:
                yield surface, doc.text


def test_most_test_mentions_are_new() -> None:
    def mentions(name: str) -> list[tuple[str, str]]:
        return [(s.surface(x.text).lower(), s.label) for x in samples(name) for s in x.spans]

    known = set(mentions("train"))
    tested = mentions("test")
    assert sum(mention not in known for mention in tested) / len(tested) >= 0.5


def test_schema_describes_labels_with_real_examples() -> None:
    train = {(s.surface(x.text), s.label) for x in samples("train") for s in x.spans}
    for label in schema():
        assert label.description and label.synonyms
        assert all((example, label.id) in train for example in label.examples), label


def test_readme_counts_are_those_of_the_files() -> None:
    readme = (ORGAN / "README.md").read_text("utf8")
    train, test = label_counts("train"), label_counts("test")
    for label in schema().ids:
        assert f"| {label} | {train[label]} | {test[label]} |" in readme, label
    for name in TEXTS:
        assert f"| `{name}.jsonl` | {len(samples(name))} |" in readme, name


def test_our_own_audit_has_nothing_to_say(nlp: Language) -> None:
    others = {name: samples(name) for name in TEXTS if name != "train"}
    report = audit(samples("train"), nlp, labels=schema(), against=others)
    assert not report.issues, report.table()
