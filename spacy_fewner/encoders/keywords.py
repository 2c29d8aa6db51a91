"""Settings that a config, or a stored model, may hand to transformers when it loads a base.

What `from_pretrained` takes beside them runs code (trust_remote_code), reads files or goes to the
network; a pipeline's config comes with the pipeline, from whoever made it.
"""

import math
from collections.abc import Mapping
from typing import Any

from ..errors import FewnerError

SPECIAL_TOKENS = ("bos", "eos", "unk", "sep", "pad", "cls", "mask")
TOKENIZER = {
    **dict.fromkeys(
        (
            *("use_fast", "add_prefix_space", "do_lower_case", "do_basic_tokenize"),
            *("tokenize_chinese_chars", "strip_accents", "keep_accents", "remove_space"),
            *("trim_offsets", "clean_up_tokenization_spaces", "legacy", "split_special_tokens"),
        ),
        bool,
    ),
    **{f"{name}_token": str for name in SPECIAL_TOKENS},
    "model_max_length": int,
}
TRANSFORMER = {
    **dict.fromkeys(
        ("output_attentions", "output_hidden_states", "use_cache", "reference_compile"), bool
    ),
    **dict.fromkeys(
        (
            *("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"),
            *("dropout", "attention_dropout", "activation_dropout", "embedding_dropout"),
            *("mlp_dropout", "dropout_rate", "layerdrop"),
        ),
        float,
    ),
    "attn_implementation": ("eager", "sdpa"),
}


def check_keywords(argument: str, given: Any, allowed: Mapping[str, Any]) -> dict[str, Any]:
    """The settings given, all among those allowed. allowed: the type of each, or its values.

    Raises FewnerError for any other.
    """
    if not isinstance(given, Mapping):
        raise FewnerError(argument, "must be settings by name", given, "Leave it out.")
    for name, value in given.items():
        if name not in allowed:
            known = ", ".join(sorted(allowed))
            remedy = f"Leave it out. Known: {known}. No code that comes with a model is ever run."
            raise FewnerError(argument, "must hold known settings alone", name, remedy)
        if not _fits(value, allowed[name]):
            remedy = "Leave it out, as it then is as the base was published."
            raise FewnerError(argument, _rule(name, allowed[name]), value, remedy)
    return dict(given)


def _fits(value: Any, kind: Any) -> bool:
    if isinstance(kind, tuple):
        return value in kind
    if kind is float:
        return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= 1
    if kind is int:
        return type(value) is int and 1 <= value <= 2**31
    return type(value) is kind


def _rule(name: str, kind: Any) -> str:
    if isinstance(kind, tuple):
        return f"{name} must be one of {', '.join(kind)}"
    kinds = {bool: "true or false", str: "text", int: "a whole number", float: "a rate in [0, 1]"}
    return f"{name} must be {kinds[kind]}"
