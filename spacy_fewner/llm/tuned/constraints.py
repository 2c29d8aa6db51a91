"""Answers held to a JSON schema or to a grammar, token by token (llguidance)."""

import json
import re
from typing import TYPE_CHECKING, Any

from ...data.installed import is_installed
from ...errors import FewnerError
from ..types import Prompt

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

# As `json.dumps` writes it, which is what rows have; more freedom is only room to go astray.
_JSON: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
_RULE = re.compile(r'([a-z]\w*) ::= ((?:"(?:[^"\\]|\\.)*"|[a-z]\w*|[| ])+)')


class Constraints:
    """tokenizer: a fast one. stops: tokens that end an answer. Raises FewnerError without the
    package llguidance."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase", stops: frozenset[int]):
        if not is_installed("llguidance"):
            remedy = "Run: pip install 'spacy-fewner[distill]', or set constrained to false."
            rule = "needs the package llguidance to hold answers to their form"
            raise FewnerError("constrained", rule, "not installed", remedy)
        from llguidance import hf

        fast: Any = tokenizer
        self._size = len(tokenizer)
        self._tokens = hf.from_tokenizer(fast, self._size, sorted(stops) or None)

    def of(self, prompt: Prompt) -> "Constraint | None":
        """None where the prompt wants none, or where its schema says what cannot be held to.
        Raises FewnerError for a grammar that is none."""
        from llguidance import LLMatcher

        if prompt.grammar is not None:
            made = LLMatcher(self._tokens, LLMatcher.grammar_from_lark(_lark(prompt.grammar)))
            if made.is_error():
                rule, remedy = "must be GBNF, as llama.cpp reads it", "Mend it."
                raise FewnerError("grammar", rule, made.get_error(), remedy)
            return Constraint(made, self._size)
        if prompt.schema is None:
            return None
        schema = json.dumps(dict(prompt.schema))
        made = LLMatcher(self._tokens, LLMatcher.grammar_from_json_schema(schema, defaults=_JSON))
        return None if made.is_error() else Constraint(made, self._size)


class Constraint:
    """Of one answer; see generation.Constraint."""

    def __init__(self, matcher: Any, size: int):
        from llguidance.torch import allocate_token_bitmask

        self._matcher = matcher
        self._mask = allocate_token_bitmask(1, size)

    def allow(self, scores: "torch.Tensor") -> None:
        from llguidance.torch import apply_token_bitmask_inplace, fill_next_token_bitmask

        fill_next_token_bitmask(self._matcher, self._mask, 0)
        apply_token_bitmask_inplace(scores.unsqueeze(0), self._mask.to(scores.device))

    def take(self, token: int) -> bool:
        self._matcher.consume_token(token)
        return bool(self._matcher.is_stopped())


def _lark(grammar: str) -> str:
    """In the language of llguidance. Its own translation takes a time that grows with the square of
    the length, so rules that are nothing but texts and names are translated here."""
    rules = [_RULE.fullmatch(line) for line in grammar.strip().split("\n")]
    simple = [(one[1], one[2]) for one in rules if one]
    if len(simple) < len(rules):
        from llguidance.gbnf_to_lark import gbnf_to_lark

        return str(gbnf_to_lark(grammar))
    return "\n".join(["%llguidance {}", "start: root", *(f"{one}: {two}" for one, two in simple)])
