"""Texts as single vectors."""

import numpy as np
import pytest

from spacy_fewner.encoders.base import load_base, resolve_base
from spacy_fewner.encoders.sentences import read_sentences, sentence_vectors


def test_each_text_by_itself_whatever_stands_beside_it(tiny_bert: str):
    texts = ["Ada", "She met him in June 1833 at a party", "engine " * 300, ""]
    together = read_sentences(tiny_bert, texts)
    assert together.shape == (4, 32)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    alone = np.concatenate([read_sentences(tiny_bert, [text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("family", ["bert", "roberta", "mpnet"])
def test_ten_thousand_words_are_read_to_the_last(family: str, tiny_bases):
    long = "She met him in June . " * 1700
    loaded = load_base(resolve_base(tiny_bases(family)), {}, {})
    pieces = loaded.tokenizer(long, add_special_tokens=False, verbose=False)["input_ids"]
    assert len(pieces) > 10_000
    texts = [long, long + "Babbage " * 60, "Babbage " * 60 + long]
    plain, last, first = sentence_vectors(loaded, texts)
    assert np.abs(plain - last).max() > 1e-4
    assert np.abs(plain - first).max() > 1e-4


def test_a_long_text_is_the_mean_of_its_windows(tiny_bert: str):
    loaded = load_base(resolve_base(tiny_bert), {}, {})
    words = "she met him in june " * 40
    pieces = loaded.tokenizer(words, add_special_tokens=False, verbose=False)["input_ids"]
    parts = [loaded.tokenizer.decode(pieces[at : at + 62]) for at in range(0, len(pieces), 62)]
    again = [loaded.tokenizer(one, add_special_tokens=False)["input_ids"] for one in parts]
    assert [piece for own in again for piece in own] == pieces and len(parts) > 2
    totals = []
    for part in parts:
        inputs = loaded.tokenizer(part, return_tensors="pt")
        totals.append(loaded.transformer(**inputs).last_hidden_state[0].sum(0).detach().numpy())
    mean = np.sum(totals, axis=0)
    (found,) = sentence_vectors(loaded, [words])
    np.testing.assert_allclose(found, mean / np.linalg.norm(mean), atol=1e-5)
