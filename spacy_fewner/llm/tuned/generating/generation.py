"""A batch of prompts through a causal model, until each has its answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Protocol

from ..chats import Chats
from .choosing import Sampling
from .drafts import Drafts
from .planning import Sharing, prefix, sharing
from .reading import Reading
from .repeats import repeats

if TYPE_CHECKING:
    import torch


class Constraint(Protocol):
    """What an answer must follow, told of each token of it."""

    def allow(self, scores: "torch.Tensor") -> None:
        """Make the scores of tokens that may not come now -inf, in place; shape (vocabulary)."""

    def take(self, token: int) -> bool:
        """Whether nothing can come behind this token."""


@dataclass
class Row:
    """A prompt, as tokens, and its answer so far. most: tokens of the answer. noise: see Sampling.
    finish: "" while it grows, then "stop" or "length"."""

    prompt: list[int]
    most: int
    noise: "torch.Generator | None" = None
    constraint: Constraint | None = None
    answer: list[int] = field(default_factory=list)
    finish: str = ""

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(self.prompt)


@dataclass
class Generator:
    """model: causal, in evaluation mode. drafts: guess at what answers copy. What all prompts of a
    batch begin with is kept for the next."""

    model: Any
    chats: Chats
    sampling: Sampling
    drafts: bool = True
    kept: tuple[list[int], Reading] | None = None

    def __post_init__(self) -> None:
        self.stops = self.chats.stops(self.model)

    def run(self, rows: Sequence[Row]) -> None:
        """Fill in the answers. A row's does not depend on the others, but for the last digits of
        its scores. An answer ends with the end of the turn, when it is complete by its constraint,
        at its most tokens, or when it only repeats itself; the last two are "length"."""
        import torch

        with torch.inference_mode():
            reading, scores = self._begin([row.prompt for row in rows])
            live = list(rows)
            guesses: list[list[int]] = [[] for _ in live]
            while True:
                for at, (row, guess) in enumerate(zip(live, guesses, strict=True)):
                    reading.forget(at, self._extend(row, guess, scores[at]))
                going = [at for at, row in enumerate(live) if not row.finish]
                if not going:
                    return
                if len(going) < len(live):
                    reading.keep(going)
                    live = [live[at] for at in going]
                guesses = [self._guess(row) for row in live]
                pieces = [
                    [row.answer[-1], *guess] for row, guess in zip(live, guesses, strict=True)
                ]
                scores = reading.read(pieces, max(map(len, pieces)))

    def _guess(self, row: Row) -> list[int]:
        return row.drafts.guess(row.answer, row.most - len(row.answer) - 1) if self.drafts else []

    def _extend(self, row: Row, guess: Sequence[int], scores: "torch.Tensor") -> int:
        """Take the next tokens, as far as the guess was right and one more. Returns how many tokens
        of the guess were wrong. scores: shape (tokens, vocabulary), of which the last are those of
        the token before the guess, and of the guess."""
        for right, own in enumerate(scores[len(scores) - 1 - len(guess) :]):
            self._take(row, self._chosen(row, own))
            is_right = right < len(guess) and not row.finish and row.answer[-1] == guess[right]
            if not is_right:
                break
        row.drafts.learn(right, len(guess))
        return len(guess) - right

    def _begin(self, prompts: Sequence[list[int]]) -> tuple[Reading, "torch.Tensor"]:
        """The prompts, read in three steps: what all share, what neighbours share, the rest."""
        plan = sharing(prompts)
        reading = self._opened(prompts[0][: plan.common])
        reading.keep(self._families(reading, prompts, plan))
        starts = [most for count, most in plan.groups for _ in range(count)]
        pieces = [prompt[start:] for prompt, start in zip(prompts, starts, strict=True)]
        return reading, reading.read(pieces)

    def _families(self, reading: Reading, prompts: Sequence[list[int]], plan: Sharing) -> list[int]:
        """For each prompt, the row of the reading that has the beginning of its family."""
        ends = list(accumulate(count for count, _ in plan.groups))
        firsts = [end - count for end, (count, _) in zip(ends, plan.groups, strict=True)]
        pieces = [
            prompts[at][plan.common : most]
            for at, (_, most) in zip(firsts, plan.groups, strict=True)
        ]
        if not any(pieces):
            return [0] * len(prompts)
        reading.keep([0] * len(pieces))
        reading.read(pieces)
        return [number for number, (count, _) in enumerate(plan.groups) for _ in range(count)]

    def _chosen(self, row: Row, scores: "torch.Tensor") -> int:
        scores = scores[: len(self.chats.tokenizer)]  # a model may have scores for no token
        if row.constraint:
            row.constraint.allow(scores)
        return self.sampling.choose(scores, row.noise)

    def _take(self, row: Row, token: int) -> None:
        if token in self.stops:
            row.finish = "stop"
            return
        row.answer.append(token)
        if (row.constraint and row.constraint.take(token)) or self.chats.is_ended(row.answer):
            row.finish = "stop"
        elif len(row.answer) >= row.most or repeats(row.answer, row.prompt):
            row.finish = "length"

    def _opened(self, tokens: list[int]) -> Reading:
        """A reading of these tokens, in one row."""
        known, kept = self.kept or ([], Reading(self.model))
        same = prefix(known, tokens)
        reading = kept.begun(same)
        if tokens[same:]:
            reading.read([tokens[same:]])
        if tokens:
            self.kept = (tokens, reading.begun(len(tokens)))
        return reading
