"""The one place that spacy-transformers is imported through, if it is there and fits."""

from .versions import check_spacy_transformers

check_spacy_transformers()

from spacy_transformers.data_classes import (  # noqa: E402
    FullTransformerBatch,
    TransformerData,
    WordpieceBatch,
)
from spacy_transformers.layers import split_trf_batch  # noqa: E402

__all__ = ["FullTransformerBatch", "TransformerData", "WordpieceBatch", "split_trf_batch"]
