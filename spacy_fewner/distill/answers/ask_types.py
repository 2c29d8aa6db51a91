"""Spans of given types, as a model tuned on conversations is asked for them (UniversalNER)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

from ...data.passages import PASSAGE, Piece, count_tokens, passages
from ...errors import FewnerError
from ...grounding.mentions import Mention, ground
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Prompt, Reply
from ...synthesis.checks import at_least, one_of, share
from ...synthesis.pieces import moved
from ...synthesis.prompting import chat, object_schema
from ...synthesis.provenance import inherited, sample_id
from ...synthesis.stage import REJECT_LIMIT, Outcome, Request, ask, passing
from ...types import CharSpan, Reject, Sample, Schema, is_extension
from ..rows.conversations import ALL_PROMPT, PROMPT, Query, queries_of
from ..rows.row_sets import RowSet
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
        if not len(schema):
            rule, remedy = "must name a type to ask for", "Say what to find."
            raise FewnerError("labels", rule, "none", remedy)
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
        parts = self._parts(sample.text)
        if not parts:
            own = {**inherited(sample), **meta, "stage": self.name, "calls": []}
            return passing(replace(sample, spans=_kept(sample), meta=own))
        texts = [sample.text[start:end] for start, end in parts]
        names = list(called.values())
        prompts = tuple(prompt for text in texts for prompt in self.prompts(text, names))
        return Request(partial(self._build, sample, parts, called), prompts, meta, partial=True)

    def _parts(self, text: str) -> list[Piece]:
        """As rows are cut."""
        whole = bool(text.strip()) and count_tokens(text) <= self.max_tokens
        return [(0, len(text))] if whole else passages(text, self.max_tokens)

    def _build(
        self,
        sample: Sample,
        parts: Sequence[Piece],
        called: Mapping[str, str],
        replies: Sequence[Reply],
    ) -> list[Outcome]:
        each = len(replies) // len(parts)
        found = _Found()
        for number, (start, end) in enumerate(parts):
            said = self._read(replies[number * each : (number + 1) * each], called)
            for label, strings in said:
                found.take(sample.text[start:end], start, label, strings)
        if found.left_out and not found.answers:
            _, reason, detail = found.left_out[0]
            return [Reject(reason, detail, self.name, sample.text)]
        return [self._sample(sample, found)]

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

    def _sample(self, sample: Sample, found: "_Found") -> Sample:
        told = {"ungrounded": found.ungrounded, "left_out": found.left_out}
        meta = {**inherited(sample), **{key: value for key, value in told.items() if value}}
        spans = _longest(found.spans) if self.flat else tuple(sorted(set(found.spans)))
        return replace(sample, spans=(*spans, *_kept(sample)), meta=meta)


class _Found:
    """In a sample so far. answers: that could be read. ungrounded: label and string of each that is
    not in the text. left_out: label, reason and detail of answers that could not be read."""

    def __init__(self) -> None:
        self.answers = 0
        self.spans: list[CharSpan] = []
        self.ungrounded: list[list[str]] = []
        self.left_out: list[list[str]] = []

    def take(self, text: str, start: int, label: str, said: Said) -> None:
        """What was said of the passage that starts there."""
        if isinstance(said, Problem):
            self.left_out.append([label, said.reason, said.detail])
            return
        self.answers += 1
        mentions = [Mention(one, label) for one in said]
        found = ground(text, mentions, ordered=False, purpose="inference")
        self.spans += [moved(span, start) for span in found.spans]
        self.ungrounded += [[label, one.mention.surface] for one in found.failures]


def _longest(spans: Sequence[CharSpan]) -> tuple[CharSpan, ...]:
    """Disjoint ones, longer ones first; of two alike the one whose type was asked for first."""
    kept: list[CharSpan] = []
    for span in sorted(spans, key=lambda one: one.start - one.end):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept))


def _kept(sample: Sample) -> tuple[CharSpan, ...]:
    return tuple(span for span in sample.spans if is_extension(span.label))
