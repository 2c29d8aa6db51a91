"""The one place that knows about versions: spacy-transformers is imported through here.

spacy-transformers 1.4 asks transformers for names that transformers 5 has moved; they are
put back before its first import.
"""

from types import ModuleType


def _restore_batch_encoding() -> None:
    """transformers 5 serves `transformers.tokenization_utils` from another module, which
    lacks the `BatchEncoding` that spacy-transformers imports from it."""
    import transformers.tokenization_utils_base as source

    target = _moved_tokenization_module()
    if target is not None and not hasattr(target, "BatchEncoding"):
        target.BatchEncoding = source.BatchEncoding  # type: ignore[attr-defined]


def _moved_tokenization_module() -> ModuleType | None:
    try:
        import transformers.tokenization_utils_sentencepiece as module
    except ImportError:  # transformers 4: nothing has moved
        return None
    return module


_restore_batch_encoding()

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
