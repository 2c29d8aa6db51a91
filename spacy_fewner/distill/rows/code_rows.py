"""Rows to tune a small language model on, as Python: guidelines, text, result (GoLLIE, GuideX).

Each type is a dataclass whose docstring says what it means; the answer is a list of instances.
Train on the answer. The code is written, parsed in tests, and never run.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from ...discovery.negative_types import Drawing, NegativeTypes
from ...errors import FewnerError, check_number
from ...llm.chat_rows import ChatRow, ChatRows
from ...llm.types import Message
from ...types import Reject, Sample
from .code_source import PROMPT, Source
from .cut import CUT_OFF, STAGE, cut_sample, origin
from .deleted_sentences import without_sentences
from .instances import instances_of, without
from .regularisers import NONE, Regularisers
from .row_sets import RowSet, check_names
from .type_guides import Guides

NO_TYPES = "no type is known"
Curriculum = Literal["none", "length", "types"]
MOST_TYPES = 30  # of a closed scheme whose types all stand in each row


@dataclass(frozen=True)
class CodeRows:
    """How rows are made.

    changes: the regularisers. negatives, ratio, least: absent types, see `NegativeTypes`; of a
        closed scheme of at most most_types types all stand in each row, whatever these say.
    max_tokens: of a passage; longer texts are split. None: texts stay whole.
    passes: how often each text is used, each time changed anew.
    curriculum: "length" for short texts first, "types" for few types first, "none" as they come.
    evaluation: the guidelines as they are, all types of a closed scheme, one pass.

    Source: GoLLIE; whole documents and the curriculum are GuideX's. [ours] Negative types are
    UniversalNER's; a string that the text does not hold is no part of a result.
    """

    changes: Regularisers = field(default_factory=Regularisers)
    negatives: Drawing = "frequency"
    ratio: float = 1.0
    least: int = 2
    most_types: int = MOST_TYPES
    max_tokens: int | None = None
    passes: int = 1
    curriculum: Curriculum = "none"
    evaluation: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        allowed = get_args(Curriculum)
        if self.curriculum not in allowed:
            rule = f"must be one of {', '.join(allowed)}"
            raise FewnerError("curriculum", rule, self.curriculum, 'Use "none".')
        if self.max_tokens is not None:
            check_number("max_tokens", self.max_tokens, least=1, whole=True)
        check_number("most_types", self.most_types, least=1, whole=True)
        check_number("passes", self.passes, least=1, most=1000, whole=True)
        check_number("seed", self.seed, least=0, whole=True)
        NegativeTypes({}, {}, self.negatives, self.ratio, self.least)


def code_rows(sets: Iterable[RowSet], how: CodeRows | None = None) -> ChatRows:
    """Rows of all data sets, a pass after the other; the same for the same seed.

    A row's meta has "classes", the label of each class, and "left_out", labels of dropped types.
    Rejects are spans that lie across two passages, and passages without a type to ask about.
    Raises FewnerError for two data sets of one name.
    """
    how, sets, made = how or CodeRows(), list(sets), ChatRows()
    check_names(sets)
    makers = [_Maker(one, number, how) for number, one in enumerate(sets)]
    for turn in range(1 if how.evaluation else how.passes):
        for maker in makers:
            for outcome in maker.rows(turn):
                if isinstance(outcome, ChatRow):
                    made.rows.append(outcome)
                elif turn == 0:
                    made.rejects.append(outcome)
    if how.curriculum != "none" and not how.evaluation:
        made.rows.sort(key=_length if how.curriculum == "length" else _types)
    return made


def _length(row: ChatRow) -> int:
    start, end = row.meta["passage"]
    return int(end - start)


def _types(row: ChatRow) -> int:
    return len(row.meta["classes"])


class _Maker:
    """Of one data set."""

    def __init__(self, one: RowSet, number: int, how: CodeRows):
        self.one, self.number, self.how = one, number, how
        self.guides = Guides(one)
        self.changes = NONE if how.evaluation else how.changes
        self.source = Source(self.guides, self.changes)
        drawing: Drawing = "none" if how.evaluation else how.negatives
        self.absent = NegativeTypes(self.guides.counts, one.names, drawing, how.ratio, how.least)
        few = how.evaluation or len(self.guides.types) <= how.most_types
        self.takes_all = few and not one.is_partial

    def rows(self, turn: int) -> Iterator[ChatRow | Reject]:
        for at, sample in enumerate(self.one.samples):
            rng = np.random.default_rng([self.how.seed, self.number, at, turn])
            for passage in cut_sample(sample, self.how.max_tokens):
                yield passage if isinstance(passage, Reject) else self._row(passage, turn, rng)

    def _row(self, passage: Sample, turn: int, rng: np.random.Generator) -> ChatRow | Reject:
        types = self._asked(passage, rng)
        if not types:
            return Reject(NO_TYPES, "nothing to look for", STAGE, passage.text, origin(passage))
        if rng.random() < self.changes.deletion:
            passage = without_sentences(passage, rng)
        kept = self.changes.kept(self.changes.order(types, rng), rng)
        instances = without(instances_of(passage), kept)
        noise = self.changes.noise_of(self.how.seed + turn)
        code = self.source.write(passage, kept, instances, noise, rng)
        meta = {
            "task": "code",
            "prompt": PROMPT,
            "data_set": self.one.name,
            **origin(passage),
            "classes": code.classes,
            "left_out": [label for label in types if label not in kept],
        }
        turns = (Message(*turn) for turn in code.turns)
        return ChatRow((*turns, Message("assistant", code.answer)), meta)

    def _asked(self, passage: Sample, rng: np.random.Generator) -> list[str]:
        """Labels of types, present ones first."""
        unsure = set(passage.meta[CUT_OFF])
        mentioned = [label for one in instances_of(passage) for label in one.labels()]
        present = list(dict.fromkeys([*mentioned, *self.guides.said_of(passage)]))
        if self.takes_all:
            types = self.guides.types
            return [label for label in types if label in present or label not in unsure]
        return [*present, *self.absent.draw(passage, rng, unsure.union(present))]
