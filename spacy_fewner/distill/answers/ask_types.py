"""Spans of given types, as a model tuned on conversations is asked for them (UniversalNER)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

from ...data.passages import PASSAGE, Piece
from ...grounding.mentions import Mention
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Prompt, Reply
from ...synthesis.checks import at_least, one_of, share
from ...synthesis.prompting import chat, object_schema
from ...synthesis.provenance import sample_id
from ...synthesis.stage import REJECT_LIMIT, Outcome, Request, ask, passing
from ...types import Sample, Schema
from ..rows.conversations import ALL_PROMPT, PROMPT, Query, queries_of
from ..rows.row_sets import RowSet
from .found import Found, check_labels, parts_of, without_spans
from .strings import STRINGS, read_lists, read_strings

Asked: TypeAlias = Literal["each", "all"]
Said: TypeAlias = list[str] | Problem


@dataclass(frozen=True)
class AskTypes:
    """Puts spans of the schema's labels in the place of a sample's own; `ext/` spans stay.

    queries: "each" asks once a passage and type, "all" once a passage.
    query: what types are called: their "name" in words, or their "definition", where they have one.
    data_set: said before each passage, for a model whose rows began with names of data sets.
    max_tokens: longer texts are asked about in passages of whole sentences.
    flat: of spans that overlap, the longest; else of those that do all stay.
    reject_limit: see `ask`.

    The prompts are those that `rows --form conversations` writes. A listed string gets its type
    wherever it stands in the passage; what is not in the text is listed in the sample's meta, as
    "ungrounded", and what could not be read as "left_out". A sample of which no answer could be
    read is rejected. Source: UniversalNER, section 4; the grounding is ours.
    """

    queries: Asked = "each"
    query: Query = "name"
    _: KW_ONLY
    data_set: str = ""
    max_tokens: int = PASSAGE
    flat: bool = False
    reject_limit: float = REJECT_LIMIT
    name: str = "ask_types"

    def __post_init__(self) -> None:
        one_of(self, "queries", get_args(Asked))
        one_of(self, "query", get_args(Query))
        at_least(self, 1, "max_tokens")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        """One outcome a sample, in order. Raises FewnerError for a schema without labels."""
        check_labels(schema)
        called = queries_of(RowSet("", (), schema), self.query)
        requests = (self._request(sample, called) for sample in samples)
        return ask(self.name, client, requests, self.reject_limit)

    def prompts(self, text: str, called: Sequence[str]) -> Iterator[Prompt]:
        """What is asked about a passage. called: types, as questions name them."""
        how: dict[str, Any] = {"text": text, "data_set": self.data_set}
        if self.queries == "all":
            schema = object_schema(**dict.fromkeys(called, STRINGS))
            yield chat(ALL_PROMPT, schema, **how, kinds=list(called))
            return
        for kind in called:
            yield chat(PROMPT, STRINGS, **how, kind=kind)

    def _request(self, sample: Sample, called: Mapping[str, str]) -> Request:
        prompt = ALL_PROMPT if self.queries == "all" else PROMPT
        meta = {"parents": [sample_id(sample)], "prompt": prompt}
        parts = parts_of(sample.text, self.max_tokens)
        if not parts:
            return passing(without_spans(sample, **meta, stage=self.name, calls=[]))
        texts = [sample.text[start:end] for start, end in parts]
        names = list(called.values())
        prompts = tuple(prompt for text in texts for prompt in self.prompts(text, names))
        return Request(partial(self._build, sample, parts, called), prompts, meta, partial=True)

    def _build(
        self,
        sample: Sample,
        parts: Sequence[Piece],
        called: Mapping[str, str],
        replies: Sequence[Reply],
    ) -> list[Outcome]:
        each = len(replies) // len(parts)
        found = Found()
        for number, (start, end) in enumerate(parts):
            for label, said in self._read(replies[number * each : (number + 1) * each], called):
                if isinstance(said, Problem):
                    found.leave_out(label, said)
                    continue
                mentions = [Mention(one, label) for one in said]
                found.take(sample.text[start:end], start, mentions, ordered=False)
        return [found.outcome(sample, self.name, self.flat)]

    def _read(
        self, replies: Sequence[Reply], called: Mapping[str, str]
    ) -> Iterator[tuple[str, Said]]:
        """Of one passage: each label with its strings, or why there are none."""
        if self.queries == "each":
            yield from zip(called, map(read_strings, replies), strict=True)
            return
        lists = read_lists(replies[0], list(called.values()))
        for label, kind in called.items():
            yield label, lists if isinstance(lists, Problem) else lists.get(kind, [])
