"""Guesses at what an answer says next: what follows in the prompt, as answers copy much of it.

The model reads a guess in one step and says of each token whether it would have come to it: what it
answers stays the same, and takes fewer steps. Source: prompt lookup decoding, a form of speculative
decoding with the prompt in place of a smaller model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

_FIRST, _MOST = 4, 8  # tokens of a guess


@dataclass
class Drafts:
    """Of one answer. prompt: its tokens."""

    prompt: Sequence[int]
    _size: int = _FIRST
    _at: int = 0  # where the guess begins in the prompt
    _known: int = -1  # up to where the answer has copied it
    _places: dict[tuple[int, ...], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for at in range(1, len(self.prompt)):
            self._places.setdefault((self.prompt[at - 1],), []).append(at)
            if at > 1:
                self._places.setdefault(tuple(self.prompt[at - 2 : at]), []).append(at)

    def guess(self, answer: Sequence[int], most: int) -> list[int]:
        """At most so many tokens that may come next; none where nothing like it is known."""
        for count in (2, 1):
            places = self._places.get(tuple(answer[-count:])) if len(answer) >= count else None
            if places:
                self._at = self._nearest(places)
                return list(self.prompt[self._at : self._at + min(most, self._size)])
        return []

    def learn(self, right: int, guessed: int) -> None:
        """How many tokens of a guess were right: longer guesses after good ones."""
        if right:
            self._known = self._at + right
        if guessed:
            size = self._size * 2 if right == guessed else self._size // 2 if not right else guessed
            self._size = max(1, min(_MOST, size))

    def _nearest(self, places: Sequence[int]) -> int:
        """The first place behind what was copied; to begin with, the last of all, as a prompt ends
        with what is asked about."""
        if self._known < 0:
            return places[-1]
        return next((place for place in places if place >= self._known), places[-1])
