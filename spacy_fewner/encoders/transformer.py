"""Registered architectures: a LoRA encoder as `transformer` component, and as tok2vec."""

from collections.abc import Callable
from functools import partial
from typing import Any

from spacy.tokens import Doc
from thinc.api import Model, chain
from thinc.types import Floats2d, Ragged

from ..data.installed import needs_training
from ..errors import FewnerError
from .inputs.poolings import n_parts
from .settings import LoraSettings
from .versions import check_spacy_transformers


def lora_transformer(
    name: str,
    get_spans: Callable | None = None,
    tokenizer_config: dict[str, Any] = {},  # noqa: B006 (never changed)
    transformer_config: dict[str, Any] = {},  # noqa: B006
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] = {},  # noqa: B006
    revision: str = "",
    rank: int = 16,
    alpha: float = 32.0,
    dropout: float = 0.1,
    targets: list[str] = [],  # noqa: B006
    trainable: str = "lora",
    train_norms: bool = False,
    save: str = "adapter",
    lr_scale: float = 1.0,
    grad_checkpointing: bool = False,
    train_precision: str = "float32",
    predict_precision: str = "float32",
) -> Model:
    """`spacy-fewner.LoraTransformer.v1`: for spacy-transformers' `transformer` component.

    name, revision: the base encoder (see encoders/base.py).
    get_spans: `spacy-fewner.StridedWindows.v1` (default), or any span getter of
        spacy-transformers; what exceeds the encoder's positions is cut into windows.
    tokenizer_config, transformer_config: for `from_pretrained`; keywords.py says which.
    mixed_precision, grad_scaler_config: as in `spacy-transformers.TransformerModel.v3`.
    The rest: see `LoraSettings`.
    Returns Model[List[Doc], FullTransformerBatch].
    """
    needs_training("spacy-fewner.LoraTransformer.v1")
    check_spacy_transformers()
    from .transformer_model import LoraTransformerModel

    return LoraTransformerModel(
        LoraSettings(
            name=name,
            revision=revision,
            rank=rank,
            alpha=alpha,
            dropout=dropout,
            targets=tuple(targets),
            trainable=trainable,
            train_norms=train_norms,
            save=save,
            lr_scale=lr_scale,
            grad_checkpointing=grad_checkpointing,
            train_precision=train_precision,
            predict_precision=predict_precision,
        ),
        get_spans,
        tokenizer_config,
        transformer_config,
        mixed_precision,
        grad_scaler_config,
    )


def lora_tok2vec(
    name: str,
    pooling: Model[Ragged, Floats2d],
    grad_factor: float = 1.0,
    get_spans: Callable | None = None,
    tokenizer_config: dict[str, Any] = {},  # noqa: B006
    transformer_config: dict[str, Any] = {},  # noqa: B006
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] = {},  # noqa: B006
    revision: str = "",
    rank: int = 16,
    alpha: float = 32.0,
    dropout: float = 0.1,
    targets: list[str] = [],  # noqa: B006
    trainable: str = "lora",
    train_norms: bool = False,
    save: str = "adapter",
    lr_scale: float = 1.0,
    grad_checkpointing: bool = False,
    train_precision: str = "float32",
    predict_precision: str = "float32",
    mark_places: bool = False,
    width: int | None = None,
) -> Model[list[Doc], list[Floats2d]]:
    """`spacy-fewner.LoraTok2Vec.v1`: the same encoder inside one component, or as the model of
    spaCy's component `tok2vec`, which several listen to.

    pooling: from a token's word pieces to its vector, such as `reduce_mean.v1`.
    grad_factor: multiplies the gradient into the encoder.
    mark_places: see `LoraSettings`.
    width: of the vectors, for listeners to refer to; checked where it is given.
    The rest: see `lora_transformer`.
    """
    needs_training("spacy-fewner.LoraTok2Vec.v1")
    from .model import LoraEncoder
    from .pooling import pool_tokens

    encoder = LoraEncoder(
        LoraSettings(
            name=name,
            revision=revision,
            rank=rank,
            alpha=alpha,
            dropout=dropout,
            targets=tuple(targets),
            trainable=trainable,
            train_norms=train_norms,
            save=save,
            lr_scale=lr_scale,
            grad_checkpointing=grad_checkpointing,
            train_precision=train_precision,
            predict_precision=predict_precision,
            mark_places=mark_places,
        ),
        get_spans,
        tokenizer_config,
        transformer_config,
        mixed_precision,
        grad_scaler_config,
    )
    # A chain in a chain, as nlp.replace_listeners builds it: what one stored the other loads.
    body: Model = chain(encoder, _whole_batch())
    model: Model = chain(body, pool_tokens(pooling, grad_factor))
    model.init = partial(_init_tok2vec, width=width)
    return model


def _whole_batch() -> Model:
    """Where spacy-transformers splits a batch into documents, which `pool_tokens` does."""
    return Model("split-trf-batch", _pass_on)


def _pass_on(model: Model, read: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    return read, _back


def _back(d_read: Any) -> Any:
    return d_read


def _init_tok2vec(model: Model, X: Any = None, Y: Any = None, *, width: int | None) -> None:
    """The width is the encoder's, whatever the sample documents hold."""
    body, pool = model.layers
    encoder, pooling = body.layers[0], pool.layers[0]
    encoder.initialize()
    pooling.initialize()
    found = encoder.get_dim("nO") * n_parts(pooling)
    if pooling.has_dim("nO"):
        found = pooling.get_dim("nO")
    if width not in (None, found):
        rule = f"must be the width of the encoder's vectors, {found}"
        raise FewnerError("width", rule, width, f"Set width = {found}.")
    for node in (body, pool, model):
        node.set_dim("nO", found)
