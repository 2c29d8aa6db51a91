"""A model that is loaded and can be asked, and what may be wrong while it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FewnerError, called
from .base import GGUF, load_tokenizer
from .card import TunedCard, is_tuned, read_card
from .chats import Chats
from .generating.choosing import Sampling
from .generating.constraints import Constraints
from .generating.generation import Generator
from .shared import SharedBase, shared_base

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

_CONTEXT = 1 << 20  # tokens, of models that do not say theirs


@dataclass(frozen=True)
class Opened:
    """adapter: its name in the base, or "". context: tokens of prompt and answer together."""

    base: SharedBase
    adapter: str
    generator: Generator
    context: int

    @cached_property
    def constraints(self) -> Constraints:
        return Constraints(self.generator.chats.tokenizer, self.generator.stops)


def open_model(
    path: str, base: str, revision: str, dtype: "torch.dtype", device: str, sampling: Sampling
) -> Opened:
    """path, base, revision: see TunedModel. Raises FewnerError for what cannot be loaded."""
    card = read_card(path) if is_tuned(path) else None
    if card is None or not card.is_adapter:
        check_no_base(base, path)
        with called(base="path"):
            shared = shared_base(path, revision, dtype, device)
            return _opened(shared, "", shared.base.tokenizer, sampling)
    shared = shared_base(base_of(card, path, base), revision or card.revision, dtype, device)
    adapter = shared.add(Path(path), card)
    with called(base="path"):
        return _opened(shared, adapter, load_tokenizer(path), sampling)


def _opened(
    shared: SharedBase, adapter: str, tokenizer: "PreTrainedTokenizerBase", sampling: Sampling
) -> Opened:
    config = shared.base.model.config
    # In a window of so many tokens, those that were guessed wrong would take up room.
    drafts = getattr(config, "sliding_window", None) is None
    generator = Generator(shared.base.model, Chats(tokenizer), sampling, drafts)
    context = getattr(config, "max_position_embeddings", None)
    return Opened(shared, adapter, generator, context or _CONTEXT)


@contextmanager
def enough_memory() -> Iterator[None]:
    """Says what to lower where a batch does not fit."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as err:
        raise _too_large(err) from err
    except RuntimeError as err:  # what torch raises for a processor's memory
        if "allocate memory" not in str(err):
            raise
        raise _too_large(err) from err


def _too_large(err: Exception) -> FewnerError:
    rule, remedy = "must fit into the memory", "Lower batch, or ask about shorter texts."
    return FewnerError("batch", rule, str(err).partition("\n")[0], remedy)


def base_of(card: TunedCard, path: str, base: str = "") -> str:
    """Where the base of an adapter is. base: in place of what the card says. Raises FewnerError for
    a file that is gone, which would else be taken for a hub name."""
    named = base or card.base
    is_file = named.lower().endswith(GGUF) or Path(named).is_absolute()
    if is_file and not Path(named).expanduser().exists():
        rule = f"{path} was tuned on a model that must be there"
        raise FewnerError("base", rule, named, "Put it back, or say here where it is now.")
    return named


def check_no_base(base: str, path: str) -> None:
    """Raises FewnerError for a base beside what is no adapter."""
    if base:
        rule = "goes with an adapter that `distill` wrote, which is put into its base"
        raise FewnerError("base", rule, f"{base}, beside {path}", "Leave it out.")
