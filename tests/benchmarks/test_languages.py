"""The benchmark on characters: its data, what its peers do to pieces, its page."""

import argparse

import pytest
import torch
from transformers import BertConfig, BertForTokenClassification

from benchmarks import languages
from benchmarks.datasets import Sentence, TokenSpan, read_split, to_sample
from benchmarks.languages_data import DATASETS, SIZES, load, tuning
from benchmarks.languages_page import page
from benchmarks.peers.pieces import train_rows
from benchmarks.peers.spacy_common import to_doc
from benchmarks.store import Key
from spacy_fewner.errors import FewnerError

JAPANESE = Sentence(tuple("東京 に行く"), (TokenSpan(0, 2, "LOC"), TokenSpan(0, 4, "X")), joiner="")


def test_characters_are_joined_by_nothing():
    sample = to_sample(JAPANESE)
    assert sample.text == "東京 に行く"
    assert [(s.start, s.end, s.label) for s in sample.spans] == [(0, 2, "LOC"), (0, 4, "X")]
    assert sample.tokens == tuple((i, i + 1) for i in range(6))


def test_docs_of_characters_have_the_text():
    import spacy

    doc = to_doc(spacy.blank("en"), JAPANESE.tokens, JAPANESE.joiner)
    assert doc.text == JAPANESE.text and len(doc) == 6


@pytest.mark.parametrize("name", DATASETS)
def test_nothing_of_dev_or_test_is_trained_on(name, published):
    published(name)
    held = {one.text for split in ("dev", "test") for one in read_split(name, split, "")}
    for size in DATASETS[name].sizes:
        train, test = load(name, size, 0)
        assert train and not held & {one.text for one in train}
        assert train != load(name, size, 1)[0] and train == load(name, size, 0)[0]
        assert {one.text for one in test} <= held
    assert size != "250" or len(train) == 250
    _, dev = tuning(name, size, 0)
    assert not {one.text for one in dev} & {one.text for one in read_split(name, "test", "")}


def test_a_size_that_a_set_has_not_is_refused():
    with pytest.raises(FewnerError, match="Choose from 250"):
        load("msr_cws", "k=5", 0)
    with pytest.raises(FewnerError, match="Choose from weibo"):
        load("weib", "k=5", 0)


def test_training_seen_rows_alone_is_training_all_of_them():
    """But for the decay of the other rows, which is left out here."""
    ids, labels = torch.tensor([[2, 5, 7, 5, 3]]), torch.tensor([[0, 1, 2, 1, 0]])
    others = torch.tensor([[2, 9, 5, 3]])
    answers = []
    for rows in ("all", "seen"):
        model = tiny_bert()
        train_rows(model, rows, ids.flatten().tolist())
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.0)
        for _ in range(5):
            model(input_ids=ids, labels=labels).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        answers.append(model(input_ids=others).logits)
    torch.testing.assert_close(*answers)
    assert not torch.allclose(answers[0], tiny_bert()(input_ids=others).logits)


def tiny_bert():
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=12,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        num_labels=3,
    )
    return BertForTokenClassification(config).eval()


def test_first_seeds_and_few_examples_come_first():
    told = argparse.Namespace(
        seeds=[0, 1], sizes=SIZES, datasets=list(DATASETS), systems=["bio", "fewner_text"]
    )
    cells = list(languages.cells(told))
    assert cells[0] == ("weibo", "k=5", "bio", 0) and len(cells) == 2 * 8 * 2
    assert [cell.seed for cell in cells] == [0] * 16 + [1] * 16
    assert [cell.size for cell in cells[:16]] == ["k=5"] * 4 + ["k=10"] * 4 + ["250"] * 8


def test_the_page_has_means_and_says_what_is_missing():
    def row(system, seed, f1, recipe="a"):
        key = Key("weibo k=5", "e", system, seed, recipe)
        return {"key": key, "f1": f1, "cpu_seconds": 10 * seed, "recipe": {"lr": recipe}}

    rows = [row("bio", seed, 0.3 + 0.01 * seed) for seed in range(3)]
    rows += [row("bio", 0, 0.9, "b"), row("fewner_text", 0, 0.4)]
    text = page(rows, {"date": "today"})
    assert "| weibo k=5 | 31.0 ± 1.0 | – | 40.0 (1) | 35.6 |" in text
    assert "| weibo k=5 | 10 | – | 0 |" in text
    assert "- bio: lr a" in text and "lr b" not in text and "- date: today" in text
