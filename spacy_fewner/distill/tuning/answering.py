"""The model while it is tuned, asked as it will be when it is served."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...llm.chat_rows import ChatRow
from ...llm.tuned.base import Base
from ...llm.tuned.chats import Chats
from ...llm.tuned.generating.choosing import Sampling
from ...llm.tuned.generating.generation import Generator
from ...llm.tuned.model import TunedModel
from ...llm.tuned.opened import Opened
from ...llm.tuned.shared import SharedBase
from ..measuring.measure import measure

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MOST_MEASURED = 100  # rows; generation takes longer than training
MOST_TOKENS = 512  # of an answer


class InTraining(TunedModel):
    """model: with its adapter, in evaluation mode. Its answers are those of its weights now: make a
    new one after an update."""

    def __init__(self, model: Any, tokenizer: "PreTrainedTokenizerBase", context: int):
        super().__init__("in training", max_tokens=MOST_TOKENS)
        self._identity = {"api": "in training"}
        generator = Generator(model, Chats(tokenizer), Sampling())
        base = SharedBase(Base("in training", "", model, tokenizer))
        self._opened = Opened(base, "", generator, context)


def generated_f1(
    model: Any, tokenizer: "PreTrainedTokenizerBase", rows: Sequence[ChatRow], seed: int
) -> float:
    """F1, in [0, 1], of what the model answers to held-out rows; of so many that it takes no longer
    than the training between two checks."""
    context = getattr(model.config, "max_position_embeddings", None) or 1 << 20
    return measure(InTraining(model, tokenizer, context), rows, MOST_MEASURED, seed).f
