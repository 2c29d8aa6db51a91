"""The one place that spacy-transformers is imported through, if the installed transformers fits."""

from .versions import check_transformers

check_transformers()

from spacy_transformers.data_classes import (  # noqa: E402
    FullTransformerBatch,
    HFObjects,
    TransformerData,
    WordpieceBatch,
)
from spacy_transformers.layers import TransformerModel, split_trf_batch  # noqa: E402
from spacy_transformers.layers._util import replace_listener  # noqa: E402
from spacy_transformers.layers.hf_shim import HFShim  # noqa: E402
from spacy_transformers.layers.trfs2arrays import forward as forward_trfs2arrays  # noqa: E402

__all__ = [
    "FullTransformerBatch",
    "HFObjects",
    "HFShim",
    "TransformerData",
    "TransformerModel",
    "WordpieceBatch",
    "forward_trfs2arrays",
    "replace_listener",
    "split_trf_batch",
]
