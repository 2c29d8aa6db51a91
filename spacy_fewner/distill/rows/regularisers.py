"""What keeps a model from learning names by heart, and makes it read guidelines (GoLLIE)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ...errors import FewnerError, check_number
from .python_text import free_name
from .type_guides import TypeGuide

One = TypeVar("One")
_SHARES = ("dropout", "masking", "deletion")


@dataclass(frozen=True, slots=True)
class Regularisers:
    """How rows are changed at random; none of it in rows for evaluation.

    shuffle: the order of types. dropout: chance that a type is left out, present ones with what
        they annotate; one type stays. paraphrase: take any of a type's definitions. label_noise:
        chances that a type is called LABEL_i, i its place: of each pass over the data the next,
        beginning with the seed. examples: "such as" strings of a field, at most.
    masking: chance that a type is called MaskedClass. deletion: chance that a text loses the
        sentences of some of its spans, whose types stay.

    Source: GoLLIE; masking and deletion are variants in the code of GuideX. [ours] Types without a
    definition keep their names, which are all that is said of them; masked ones are numbered, or
    they could not be told apart.
    """

    shuffle: bool = True
    dropout: float = 0.15
    paraphrase: bool = True
    label_noise: Sequence[float] = (0.15, 0.5, 0.75)
    examples: int = 5
    masking: float = 0.0
    deletion: float = 0.0

    def __post_init__(self) -> None:
        for name in _SHARES:
            check_number(name, getattr(self, name), least=0, most=1)
        check_number("examples", self.examples, least=0, most=5, whole=True)
        if not self.label_noise:
            remedy = "Give 0 for none."
            raise FewnerError("label_noise", "must have a chance", self.label_noise, remedy)
        for chance in self.label_noise:
            check_number("label_noise", chance, least=0, most=1)

    def noise_of(self, number: int) -> float:
        """Chance of LABEL_i in a pass over the data; number: of the pass, and the seed."""
        return self.label_noise[number % len(self.label_noise)]

    def order(self, types: Sequence[One], rng: np.random.Generator) -> list[One]:
        return [types[at] for at in rng.permutation(len(types))] if self.shuffle else list(types)

    def kept(self, types: Sequence[One], rng: np.random.Generator) -> list[One]:
        """Those that are not dropped; one of them at least."""
        stay = rng.random(len(types)) >= self.dropout
        if len(types) and not stay.any():
            stay[rng.integers(len(types))] = True
        return [one for one, stays in zip(types, stay, strict=True) if stays]

    def definition(self, guide: TypeGuide, rng: np.random.Generator) -> str:
        """ "" where there is none."""
        among = guide.definitions if self.paraphrase else guide.definitions[:1]
        return among[rng.integers(len(among))] if among else ""

    def shown(self, examples: Sequence[str], rng: np.random.Generator) -> list[str]:
        size = min(self.examples, len(examples))
        return [examples[at] for at in rng.permutation(len(examples))[:size]]

    def names(
        self, names: Sequence[str], defined: Sequence[bool], noise: float, rng: np.random.Generator
    ) -> list[str]:
        """The classes' names, some of them replaced; no two alike where none were.

        defined: whether each has a definition.
        """
        noisy, masked = rng.random(len(names)) < noise, rng.random(len(names)) < self.masking
        found: list[str] = []
        for at, name in enumerate(names):
            if defined[at] and (noisy[at] or masked[at]):
                name = f"LABEL_{at + 1}" if noisy[at] else "MaskedClass"
            found.append(free_name(name, found))
        return found


NONE = Regularisers(shuffle=False, dropout=0, paraphrase=False, label_noise=(0,), examples=0)
