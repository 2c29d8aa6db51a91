"""Rows to tune a small language model on, as conversations about a passage (UniversalNER).

The passage, an acknowledgement, then per type "What describes it in the text?" and a JSON list.
Train on the assistant's answers. The model then answers one query for each passage and type.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np

from ...data.passages import PASSAGE
from ...data.trees.paths import key
from ...discovery.negative_types import Drawing, NegativeTypes
from ...errors import FewnerError, check_number
from ...llm.chat_rows import ChatRow, ChatRows
from ...llm.types import Message
from ...prompts.render import as_data, render
from ...types import LabelSpec, Reject, Sample
from .cut import CUT_OFF, cut_sample, origin
from .row_sets import RowSet, check_names

Queries = Literal["turns", "each", "all"]
Query = Literal["name", "definition"]
PROMPT, ALL_PROMPT = "conversation.v1", "conversation_all.v1"
MOST_QUERIES = 200_000  # of a data set, so that a large one does not drown the others
_KEPT = 10_000  # question turns


@dataclass(frozen=True)
class Conversations:
    """How rows are made.

    queries: "turns", a conversation a passage with a type a turn; "each", a conversation for each
        type; "all", a conversation a passage with all types in one query.
    query: what a type is called in it: its "name", or its "definition", where it has one.
    negatives, ratio, least: absent types, whose answer is []; see `NegativeTypes`.
    max_tokens: of a passage; longer texts are split.
    data_set_line: whether rows of closed schemes begin with the data set's name; leave it out for a
        model that is to find new types.
    most_queries: of one data set; of more, a part of its passages is taken at random.
    evaluation: ask about all labels, in their order, and draw nothing.

    Source: UniversalNER, sections 3.2 and 4, and its ablations. [ours] Types come in a seeded
    order, an answer lists each string once in the order of the text, and a definition that two
    types share is no query.
    """

    queries: Queries = "turns"
    query: Query = "name"
    negatives: Drawing = "frequency"
    ratio: float = 1.0
    least: int = 2
    max_tokens: int = PASSAGE
    data_set_line: bool = True
    most_queries: int = MOST_QUERIES
    evaluation: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        for argument, allowed in (("queries", get_args(Queries)), ("query", get_args(Query))):
            value = getattr(self, argument)
            if value not in allowed:
                remedy = f'Use "{allowed[0]}".'
                raise FewnerError(argument, f"must be one of {', '.join(allowed)}", value, remedy)
        check_number("max_tokens", self.max_tokens, least=1, whole=True)
        check_number("most_queries", self.most_queries, least=1, whole=True)
        check_number("seed", self.seed, least=0, whole=True)
        NegativeTypes({}, {}, self.negatives, self.ratio, self.least)


def conversation_rows(sets: Iterable[RowSet], how: Conversations | None = None) -> ChatRows:
    """Rows of all data sets, one set after the other; the same for the same seed.

    A row's meta has its "types", label by label in the order of the queries, and those that are
    "absent". Rejects are spans that lie across two passages. Raises FewnerError for two data sets
    of one name.
    """
    how, sets, made = how or Conversations(), list(sets), ChatRows()
    check_names(sets)
    for number, one in enumerate(sets):
        rows: list[ChatRow] = []
        for outcome in _rows(one, number, how):
            if isinstance(outcome, Reject):
                made.rejects.append(outcome)
            else:
                rows.append(outcome)
        made.rows.extend(_limited(rows, how.most_queries, how.seed + number))
    return made


def _rows(one: RowSet, number: int, how: Conversations) -> Iterator[ChatRow | Reject]:
    drawing: Drawing = "none" if how.evaluation else how.negatives
    absent = NegativeTypes(one.counts, one.names, drawing, how.ratio, how.least)
    asked = queries_of(one, how.query)
    for at, sample in enumerate(one.samples):
        rng = np.random.default_rng([how.seed, number, at])
        for passage in cut_sample(sample, how.max_tokens):
            if isinstance(passage, Reject):
                yield passage
            else:
                types = _all_of(one, passage) if how.evaluation else _types(passage, absent, rng)
                yield from _of_passage(passage, types, asked, one, how)


def _all_of(one: RowSet, passage: Sample) -> list[str]:
    present = {span.label for span in passage.spans}
    return [x for x in one.labels if x in present or x not in passage.meta[CUT_OFF]]


def _types(passage: Sample, absent: NegativeTypes, rng: np.random.Generator) -> list[str]:
    """Present and absent ones, in an order that tells nothing."""
    present = list(dict.fromkeys(span.label for span in sorted(passage.spans)))
    found = [*present, *absent.draw(passage, rng, passage.meta[CUT_OFF])]
    return [found[at] for at in rng.permutation(len(found))]


def queries_of(one: RowSet, query: Query) -> dict[str, str]:
    """What each type is called in a question, by label; no two alike."""
    if query == "name":
        return one.called
    said = {label: _definition(spec) for label, spec in one.labels.items()}
    times: dict[str, int] = {}
    for text in said.values():
        times[key(text)] = times.get(key(text), 0) + 1
    return {
        label: text if text and times[key(text)] == 1 else one.called[label]
        for label, text in said.items()
    }


def _definition(label: LabelSpec) -> str:
    return " ".join(label.description.split()).rstrip(" .\u3002")


def _of_passage(
    passage: Sample, types: Sequence[str], asked: Mapping[str, str], one: RowSet, how: Conversations
) -> Iterator[ChatRow]:
    found = {kind: mentions(passage, kind) for kind in types}
    data_set = one.name if how.data_set_line and not one.is_partial else ""
    parts = [[kind] for kind in types] if how.queries == "each" else [list(types)]
    for kinds in filter(None, parts):
        made = _all_in_one if how.queries == "all" else _in_turns
        turns = tuple(made(passage.text, {asked[kind]: found[kind] for kind in kinds}, data_set))
        meta = {
            "task": "conversation",
            "prompt": ALL_PROMPT if how.queries == "all" else PROMPT,
            "data_set": one.name,
            **origin(passage),
            "types": kinds,
            "absent": [kind for kind in kinds if not found[kind]],
        }
        yield ChatRow(turns, meta, _answers(turns))


def _answers(turns: Sequence[Message]) -> tuple[int, ...]:
    """All that the assistant says but the acknowledgement, its first turn."""
    return tuple(at for at, one in enumerate(turns) if one.role == "assistant")[1:]


def mentions(passage: Sample, kind: str) -> list[str]:
    """The strings of a type's spans, each once, in the order of the text."""
    spans = (span for span in sorted(passage.spans) if span.label == kind)
    surfaces = (span.surface(passage.text).strip() for span in spans)
    return list(dict.fromkeys(filter(None, surfaces)))


def _in_turns(text: str, answers: Mapping[str, list[str]], data_set: str) -> Iterator[Message]:
    yield from _opening(text, data_set)
    for kind, strings in answers.items():
        yield Message("user", _question(kind))
        yield _answer(strings)


def _all_in_one(text: str, answers: Mapping[str, list[str]], data_set: str) -> Iterator[Message]:
    turns = render(ALL_PROMPT, text=text, data_set=data_set, kinds=list(answers))
    yield from (Message(*turn) for turn in turns)
    yield _answer(answers)


def _opening(text: str, data_set: str) -> Iterator[Message]:
    """System, passage, acknowledgement."""
    turns = render(PROMPT, text=text, data_set=data_set, kind="")
    yield from (Message(*turn) for turn in turns[:-1])


@lru_cache(maxsize=_KEPT)
def _question(kind: str) -> str:
    return render(PROMPT, text="", data_set="", kind=kind)[-1].content


def _answer(value: Any) -> Message:
    return Message("assistant", as_data(json.dumps(value, ensure_ascii=False)))


def _limited(rows: Sequence[ChatRow], most: int, seed: int) -> Sequence[ChatRow]:
    """Rows with at most so many queries, drawn at random, in their order."""
    sizes = [len(row.meta["types"]) for row in rows]
    if sum(sizes) <= most:
        return rows
    order = np.random.default_rng(seed).permutation(len(rows))
    fits = np.cumsum([sizes[at] for at in order]) <= most
    return [rows[at] for at in sorted(order[fits])]
