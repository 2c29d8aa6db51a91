"""Chats as tokens, in the form that the tokenizer's own template gives them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ...errors import FewnerError
from ..types import Message

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_PROBE = (Message("user", "a"), Message("assistant", "b"))
_TAIL = 16  # tokens at the end of an answer in which the end of the turn may stand


@dataclass(frozen=True)
class Chats:
    """tokenizer: with a chat template, else FewnerError is raised."""

    tokenizer: "PreTrainedTokenizerBase"

    def __post_init__(self) -> None:
        if not self.tokenizer.chat_template:
            remedy = "Take an instruct model, or tune it: distill --chat-template chatml."
            rule = "must have a tokenizer with a chat template"
            raise FewnerError("path", rule, self.tokenizer.name_or_path or "none", remedy)

    def text(self, messages: Sequence[Message], opened: bool = True) -> str:
        """opened: to be continued by the assistant. Raises what the template raises, for chats it
        does not take."""
        turns = [asdict(message) for message in messages]
        return str(
            self.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=opened)
        )

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """Of a chat that the assistant is to continue."""
        found = self.tokenizer(self.text(messages), add_special_tokens=False)
        return list(found["input_ids"])

    @cached_property
    def end_of_turn(self) -> str:
        """What the template puts behind an answer; "" where it puts nothing there."""
        return self.text(_PROBE, opened=False).rpartition(_PROBE[-1].content)[2].strip()

    def stops(self, model: "PreTrainedModel") -> frozenset[int]:
        """Tokens that end an answer: the model's and the tokenizer's own, and the template's."""
        named = getattr(model.generation_config, "eos_token_id", None)
        ids = [named] if isinstance(named, int) else list(named or ())
        ids.append(self.tokenizer.eos_token_id)
        tail = self.tokenizer(self.end_of_turn, add_special_tokens=False)["input_ids"]
        return frozenset(
            one for one in [*ids, *(tail if len(tail) == 1 else ())] if one is not None
        )

    def is_ended(self, answer: Sequence[int]) -> bool:
        """Whether it ends with the end of a turn that is several tokens."""
        end = self.end_of_turn
        return bool(end) and self._raw(answer[-_TAIL:]).rstrip().endswith(end)

    def answer(self, tokens: Sequence[int]) -> str:
        """Text of an answer, without the end of the turn."""
        said = self.tokenizer.decode(
            list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        end = self.end_of_turn
        return str(said.rstrip().removesuffix(end) if end and said.rstrip().endswith(end) else said)

    def _raw(self, tokens: Sequence[int]) -> str:
        return str(self.tokenizer.decode(list(tokens), clean_up_tokenization_spaces=False))
