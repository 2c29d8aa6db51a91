"""Answers held to a JSON schema or to a grammar, token by token (llguidance)."""

import json
import re
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from ....data.installed import is_installed
from ....errors import FewnerError
from ...types import Prompt

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

# As `json.dumps` writes it, which is what rows have; more freedom is only room to go astray.
_JSON: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
_BYTES, _BYTES_SETTINGS = "ByteLevel", ("add_prefix_space", "trim_offsets", "use_regex")
_RULE = re.compile(r'([a-z]\w*) ::= ((?:"(?:[^"\\]|\\.)*"|[a-z]\w*|[| ])+)')


class Constraints:
    """tokenizer: a fast one. stops: tokens that end an answer. Raises FewnerError without the
    package llguidance."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase", stops: frozenset[int]):
        if not is_installed("llguidance"):
            remedy = "Run: pip install 'spacy-fewner[distill]', or set constrained to false."
            rule = "needs the package llguidance to hold answers to their form"
            raise FewnerError("constrained", rule, "not installed", remedy)
        from llguidance import LLTokenizer

        self._size = len(tokenizer)
        eos: Any = sorted(stops) or tokenizer.eos_token_id
        self._tokens = LLTokenizer(_described(tokenizer), n_vocab=self._size, eos_token=eos)

    def of(self, prompt: Prompt) -> "Constraint | None":
        """None where the prompt wants none, or where its schema says what cannot be held to.
        Raises FewnerError for a grammar that is none."""
        from llguidance import LLMatcher

        if prompt.grammar is not None:
            made = LLMatcher(self._tokens, LLMatcher.grammar_from_lark(_lark(prompt.grammar)))
            if made.is_error():
                rule, remedy = "must be GBNF, as llama.cpp reads it", "Mend it."
                raise FewnerError("grammar", rule, made.get_error(), remedy)
            return Constraint(made)
        if prompt.schema is None:
            return None
        schema = json.dumps(dict(prompt.schema))
        made = LLMatcher(self._tokens, LLMatcher.grammar_from_json_schema(schema, defaults=_JSON))
        return None if made.is_error() else Constraint(made)


class Constraint:
    """Of one answer; see generation.Constraint."""

    def __init__(self, matcher: Any):
        self._matcher = matcher

    def allow(self, scores: "torch.Tensor") -> None:
        import torch

        # A bit for each token. llguidance's own function would compile a kernel first: seconds.
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        may_come = np.unpackbits(bits, bitorder="little")[: len(scores)].astype(bool)
        scores.masked_fill_(~torch.from_numpy(may_come).to(scores.device), float("-inf"))

    def take(self, token: int) -> bool:
        self._matcher.consume_token(token)
        return bool(self._matcher.is_stopped())


def _described(tokenizer: Any) -> str:
    """As tokenizer.json has it. Of one that works on bytes the decoder says so and no more: GGUF
    files get one that first looks for other things, which llguidance takes for what it is."""
    backend = copy(tokenizer.backend_tokenizer)
    backend.no_padding()
    backend.no_truncation()
    described = json.loads(backend.to_str())
    if _BYTES in json.dumps(described["pre_tokenizer"]):
        described["decoder"] = {"type": _BYTES, **dict.fromkeys(_BYTES_SETTINGS, True)}
        described["model"]["byte_fallback"] = False
    return json.dumps(described)


def _lark(grammar: str) -> str:
    """In the language of llguidance. Its own translation takes a time that grows with the square of
    the length, so rules that are nothing but texts and names are translated here."""
    rules = [_RULE.fullmatch(line) for line in grammar.strip().split("\n")]
    simple = [(one[1], one[2]) for one in rules if one]
    if len(simple) < len(rules):
        from llguidance.gbnf_to_lark import gbnf_to_lark

        return str(gbnf_to_lark(grammar))
    return "\n".join(["%llguidance {}", "start: root", *(f"{one}: {two}" for one, two in simple)])
