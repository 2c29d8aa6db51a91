"""On published data, where it lies beside the repository or under FEWNER_DATA."""

import pytest
import spacy

from spacy_fewner.data import folds, k_shot, read_samples, samples_to_docs, write_samples
from spacy_fewner.data.auditing.audit import audit

FILES = {  # samples, spans, as published
    "crossner_ai/train.jsonl": (100, 532),
    "crossner_politics/test.jsonl": (651, 4209),
    "mit_movie/test.jsonl": (2443, 5339),
    "weibo/train.jsonl": (1350, 1895),
    "stockmark_ner/dev.jsonl": (534, 1372),
    "genia/dev.jsonl": (353, 970),
    "anythingner_example/dev.jsonl": (90, 281),
    "trec/test.jsonl": (500, 0),
}
NLP = spacy.blank("xx")


@pytest.mark.parametrize("name", FILES)
def test_counts_and_texts(name, published):
    samples = read_samples(published(name))
    assert (len(samples), sum(len(sample.spans) for sample in samples)) == FILES[name]
    docs, misaligned = samples_to_docs(samples, NLP)
    assert misaligned == []
    assert [doc.text for doc in docs] == [sample.text for sample in samples]


@pytest.mark.parametrize("suffix", ["jsonl", "conll", "spacy"])
def test_round_trip_of_formats(tmp_path, suffix, published):
    samples = read_samples(published("crossner_ai/train.jsonl"))
    write_samples(samples, tmp_path / f"s.{suffix}")
    read = read_samples(tmp_path / f"s.{suffix}")
    assert [(s.text, s.spans, s.tokens) for s in read] == [
        (s.text, s.spans, s.tokens) for s in samples
    ]


def test_audit_agrees_with_the_record(published):
    """SOURCES.md beside the data: 24 texts in train and test; 265 sentences with nested spans."""
    train, test = (
        read_samples(published("mit_movie/train.jsonl")),
        read_samples(published("mit_movie/test.jsonl")),
    )
    report = audit(train, against={"test": test}, flat=True)
    leaked = {train[issue.index].text for issue in report.issues if issue.kind == "leakage"}
    assert len(leaked) == 24
    assert not {"overlapping spans", "misaligned", "rare label"} & set(report.counts)
    nested = audit(read_samples(published("genia/train.jsonl")), flat=True)
    found = {issue.index for issue in nested.issues if issue.kind == "overlapping spans"}
    assert len(found) == 265


def test_samplers_on_real_data(published):
    train = read_samples(published("mit_movie/train.jsonl"))
    five, ten = k_shot(train, 5), k_shot(train, 10)
    assert ten[: len(five)] == five
    assert len(ten) < 120  # 12 labels
    made = folds(read_samples(published("crossner_ai/train.jsonl")), 5)
    assert all(16 <= len(held) <= 24 for _, held in made)
