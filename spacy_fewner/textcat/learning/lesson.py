"""The examples that a training has, for as long as it goes on."""

import random
from collections.abc import Iterable

from spacy.training import Example

MOST = 2000  # of more, a sample: the head needs no more, and memory must end somewhere


class Lesson:
    """What the head is fitted to whenever the encoder has learnt and is to predict.

    is_due: the encoder has learnt since. Copies and other processes have none: they only predict.
    """

    def __init__(self, examples: Iterable[Example] = ()):
        found = list(examples)
        self.examples = found if len(found) <= MOST else random.Random(0).sample(found, MOST)
        self.is_due = False

    @property
    def is_known(self) -> bool:
        return bool(self.examples)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return Lesson, ()
