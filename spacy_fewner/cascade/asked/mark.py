"""Extraction by a language model: the text comes back with its entities marked (CascadeNER)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial

from ...data.trees import paths
from ...errors import FewnerError
from ...grounding.marked import Marked, read_marks
from ...grounding.mentions import Grounding
from ...llm.client import Client
from ...llm.replies.parsed import CUT_SHORT, NO_ITEMS, Problem, explain_nothing
from ...llm.types import Message, Prompt, Reply
from ...prompts.render import as_data
from ...synthesis.checks import at_least, check, share
from ...synthesis.languages import language_name, prompt_in
from ...synthesis.prompting import chat
from ...synthesis.provenance import inherited, sample_id
from ...synthesis.stage import NO_REPLY, REJECT_LIMIT, Outcome, Request, ask, passing, too_long
from ...types import ENTITY, EXTENSION_PREFIX, CharSpan, Reject, Sample, Schema, is_extension
from .fusion import fuse
from .mark_grammar import mark_grammar
from .marker import Marker, choose_bare_marker, choose_marker, mark, read_marked

PROMPT, BARE_PROMPT = "mark_entities.v1", "mark_bare.v1"
DEMONSTRATED = Marker("[[", "]]")  # what demonstrations are given with


@dataclass(frozen=True)
class MarkEntities:
    """Puts spans labelled "entity" in the place of a sample's own; `ext/` spans stay.

    rounds: how often each text is asked about. A model that always answers the same (temperature
        0) needs one only.
    min_votes: rounds that must have found a span. nested: keep spans in one another, else the
        longest; see `fuse`.
    language: of the texts, as spaCy has it ("de"). Chinese is asked about in Chinese, all others in
        English, which names the language. None is English, and in a `fewner_cascade_llm` the
        language that it asks in.
    max_chars: longer texts are rejected, never cut.
    guidance: what counts as an entity, in a sentence or two. The schema's topmost labels are
        named too.
    demonstrations: texts of your own with their entities in [[ and ]], shown as examples in place
        of the prompt's; one without any shows that there may be none.
    bare: the form of the paper's own training data, for a model tuned on it: the text and nothing
        else, answered by the text with `##` before and behind each entity. Neither nested entities
        nor guidance have a place in it, and types are not named.
    constrained: hold each reply to the text itself with marks at the edges of words, where the
        model can be (a GGUF file, a tuned model; see Prompt.grammar).
    reject_limit: see `ask`.

    A span's score is the share of rounds that found it. A round whose reply cannot be used finds
    nothing; `meta["marked"]` counts why. A sample with no usable round is rejected. Source:
    CascadeNER; marks that the text does not have, and votes, are ours (docs/methods.md).
    """

    rounds: int = 3
    min_votes: int = 1
    _: KW_ONLY
    nested: bool = False
    language: str | None = None
    max_chars: int = 2000
    guidance: str = ""
    demonstrations: Sequence[str] = ()
    bare: bool = False
    constrained: bool = False
    reject_limit: float = REJECT_LIMIT
    name: str = "mark"

    def __post_init__(self) -> None:
        at_least(self, 1, "rounds", "min_votes", "max_chars")
        language_name(self._code)
        rule = f"must not exceed rounds, {self.rounds}"
        check("min_votes", self.min_votes <= self.rounds, rule, self.min_votes)
        share(self, "reject_limit")
        rule, remedy = "must be a list of texts", 'Write ["[[Ann]] left.", "No one left."].'
        given = self.demonstrations
        check("demonstrations", not isinstance(given, str), rule, given, remedy)
        object.__setattr__(self, "demonstrations", tuple(given))  # a config's list, in either case
        self._shown()
        for name in ("nested", "guidance") if self.bare else ():
            value = getattr(self, name)
            check(name, not value, "does not go with bare", value, "Leave one of both out.")

    @property
    def prompt(self) -> str:
        """The name of its prompt."""
        return BARE_PROMPT if self.bare else prompt_in(PROMPT, self._code)

    @property
    def _code(self) -> str:
        return "en" if self.language is None else self.language

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        """One outcome a sample, in order."""
        labels = topmost(schema)
        requests = (self._request(sample, labels) for sample in samples)
        return ask(self.name, client, requests, self.reject_limit)

    def messages(self, text: str, labels: Sequence[str]) -> tuple[Message, ...]:
        """The chat that asks about a text. labels: names of the coarsest types."""
        marker, shown = self.marker(text), self._shown()
        chats = [self._chat(text, labels, marker, one) for one in (shown or (None,))]
        system = [message for message in chats[0] if message.role == "system"]
        examples = [message for chatted in chats for message in chatted[len(system) : -1]]
        return (*system, *examples, chats[0][-1])

    @property
    def shown(self) -> tuple[str, ...]:
        """The texts of the demonstrations."""
        return tuple(one.text for one in self._shown())

    def answer(self, text: str, spans: Sequence[CharSpan]) -> str:
        """What a model should reply to `messages`. Raises FewnerError for spans that cross."""
        chatted = self._chat("", (), self.marker(text), Marked(text, tuple(spans)))
        return next(message.content for message in chatted if message.role == "assistant")

    def marker(self, text: str) -> Marker:
        """The marks used for a text: not in it, nor in the demonstrations."""
        choose = choose_bare_marker if self.bare else choose_marker
        return choose(text, *self.shown)

    def _chat(
        self, text: str, labels: Sequence[str], marker: Marker, shown: Marked | None = None
    ) -> tuple[Message, ...]:
        """System, unless it is bare, one example, unless none is shown then, the text."""
        example = None
        if shown:
            example = {"text": shown.text, "marked": mark(shown.text, shown.spans, marker)}
        return chat(
            self.prompt,
            text=text,
            labels=list(labels),
            language=language_name(self._code),
            guidance=self.guidance,
            nested=self.nested,
            shown=example,
            opening=marker.opening,
            closing=marker.closing,
        ).messages

    def _grammar(self, text: str) -> str:
        """Of the copies of a text, as the prompt shows it."""
        return mark_grammar(as_data(text).strip(), self.marker(text), self.nested)

    def _shown(self) -> list[Marked]:
        return [_demonstration(text, number) for number, text in enumerate(self.demonstrations)]

    def _request(self, sample: Sample, labels: Sequence[str]) -> Request:
        meta = {"parents": [sample_id(sample)], "prompt": self.prompt}
        own = {**inherited(sample), **meta, "stage": self.name, "calls": []}
        if reject := too_long(sample, self.max_chars, self.name, own):
            return passing(reject)
        if not sample.text.strip():
            return passing(replace(sample, spans=_kept(sample), meta=own))
        messages = self.messages(sample.text, labels)
        grammar = self._grammar(sample.text) if self.constrained else None
        prompts = tuple(
            Prompt(messages, sample=number, grammar=grammar) for number in range(self.rounds)
        )
        return Request(partial(self._build, sample), prompts, meta, partial=True)

    def _build(self, sample: Sample, replies: Sequence[Reply]) -> list[Outcome]:
        marker = self.marker(sample.text)
        read = [_read(reply, sample.text, marker) for reply in replies]
        problems = [one for one in read if isinstance(one, Problem)]
        if len(problems) == len(read):
            first = problems[0]
            return [Reject(first.reason, first.detail, self.name, sample.text)]
        usable = [one for one in read if isinstance(one, Grounding)]
        rounds = [() if isinstance(one, Problem) else one.spans for one in read]
        found = fuse(rounds, min_votes=self.min_votes, nested=self.nested)
        meta = inherited(sample)
        meta["marked"] = {
            "rounds": len(read),
            "unusable": dict(Counter(problem.reason for problem in problems)),
            "failed": dict(Counter(lost.reason for one in usable for lost in one.failures)),
        }
        return [replace(sample, spans=(*found, *_kept(sample)), meta=meta)]


def topmost(schema: Schema) -> list[str]:
    """Names of the roots of a schema's paths, in order; none of what says nothing of a type."""
    roots = dict.fromkeys(paths.prefix(label, 1) for label in schema.ids)
    return [root for root in roots if root not in (ENTITY, EXTENSION_PREFIX.rstrip("/"))]


def _read(reply: Reply, text: str, marker: Marker) -> Grounding | Problem:
    """What a round found, or why it is of no use."""
    if reply.error:
        return Problem(NO_REPLY, reply.error, "")
    found = read_marked(reply.text, text, marker)
    if found.spans or not found.failures:
        return found
    problem = explain_nothing(reply.text)
    if problem.reason == NO_ITEMS:
        reason = CUT_SHORT if reply.finish == "length" else found.failures[0].reason
        problem = replace(problem, reason=reason)
    return problem


def _kept(sample: Sample) -> tuple[CharSpan, ...]:
    return tuple(span for span in sample.spans if is_extension(span.label))


def _demonstration(text: str, number: int) -> Marked:
    marked = read_marks(text, DEMONSTRATED.opening, DEMONSTRATED.closing, ENTITY)
    if marked.problem or not marked.text.strip():
        raise FewnerError(
            f"demonstrations[{number}]",
            "must be a text with each entity in [[ and ]]",
            text,
            'Write for instance "[[Ann Lee]] lives in [[Rome]]."',
        )
    return marked
