"""What every stage is: samples in, samples and rejects out, with a language model between."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

from ..errors import FewnerError
from ..llm.client import Client
from ..llm.types import Prompt, Reply
from ..progress import counted
from ..types import Reject, Sample, Schema

Outcome: TypeAlias = Sample | Reject
Build: TypeAlias = Callable[[Sequence[Reply]], Iterable[Outcome]]

NO_REPLY = "no reply"
MAX_REPLY = 500_000  # characters of a reply that are read; a long one of a model has some thousand
TOO_LONG = "too long"
REJECT_LIMIT = 0.3  # a run stops when more is rejected ...
REJECTS_FROM = 50  # ... of at least this many outcomes
_MOST_IDLE = 1000  # requests without a prompt in a row


class Stage(Protocol):
    """Makes samples from samples.

    name: what provenance and tables call it.
    """

    @property
    def name(self) -> str: ...

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        """Lazily; each outcome's meta says its "stage", "calls" (keys) and "parents" (ids)."""


def schema_for(stage: object, samples: Iterable[Sample]) -> Schema:
    """The labels of the samples that the stage is about: by its `schema_of`, if it has one, such as
    their classes; else those of their spans."""
    return getattr(stage, "schema_of", Schema.from_samples)(samples)


@dataclass(frozen=True, slots=True)
class Request:
    """Some prompts, and what is made of their replies.

    build: gets the replies in the order of the prompts, none with an error; parses, grounds and
        checks them. It is called in the order of the requests.
    prompts: none for what needs no call and only keeps its place.
    meta: goes into the meta of each outcome: "parents", "prompt", and "calls" made earlier.
    partial: build also gets replies with an error, as long as one has none.
    """

    build: Build
    prompts: tuple[Prompt, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    partial: bool = False


def passing(outcome: Outcome) -> Request:
    """What is settled already and only keeps its place among the others."""
    return Request(lambda _: [outcome])


def too_long(sample: Sample, max_chars: int, stage: str, meta: Mapping[str, Any]) -> Reject | None:
    """The reject of a text of more than max_chars, which is never cut; None for any other."""
    if len(sample.text) <= max_chars:
        return None
    detail = f"{len(sample.text)} of {max_chars} characters"
    return Reject(TOO_LONG, detail, stage, sample.text, dict(meta))


def ask(
    stage: str,
    client: Client | None,
    requests: Iterable[Request],
    reject_limit: float = REJECT_LIMIT,
    step: str = "",
) -> Iterator[Outcome]:
    """Ask what is requested and build outcomes of the replies; stop when too many are rejected.

    requests: read lazily. step: of a stage with several, for the progress shown. An outcome's meta
    gets the stage, the request's meta and the calls.
    Source: the shape shared by all stages (ours, docs/methods.md).
    """
    if client is None:
        raise FewnerError(
            "client", f"stage {stage} asks a language model", "none", "Give the stage a client."
        )
    rejects = total = 0
    answered = _answered(client, requests)
    shown = f"Language model, {stage}{step and ': '}{step}"
    for request, replies in counted(answered, shown, "requests", None):
        for outcome in _outcomes(stage, request, replies):
            if replies:
                total += 1
                rejects += isinstance(outcome, Reject)
            yield outcome
        _check(stage, rejects, total, reject_limit)


def _answered(
    client: Client, requests: Iterable[Request]
) -> Iterator[tuple[Request, Sequence[Reply]]]:
    """Each request with its replies, in order."""
    left = iter(requests)
    more = True
    while more:
        begun: deque[Request] = deque()
        replies: list[Reply] = []
        stretch = _Stretch(left, begun)
        for reply in client.complete(stretch.prompts()):
            while not begun[0].prompts:
                yield begun.popleft(), []
            replies.append(_readable(reply))
            if len(replies) == len(begun[0].prompts):
                yield begun.popleft(), replies
                replies = []
        while begun:
            yield begun.popleft(), []
        more = not stretch.ended


def _readable(reply: Reply) -> Reply:
    """The reply, with an error in place of more than any reader is to take apart."""
    if len(reply.text) <= MAX_REPLY:
        return reply
    error = f"a reply of {len(reply.text):,} characters; at most {MAX_REPLY:,} are read"
    return replace(reply, text="", error=error)


@dataclass
class _Stretch:
    """Requests up to their end, or to many without a prompt: the client reads ahead until it has
    prompts enough, and would have all of those in memory."""

    requests: Iterator[Request]
    begun: deque[Request]
    ended: bool = False

    def prompts(self) -> Iterator[Prompt]:
        idle = 0
        for request in self.requests:
            self.begun.append(request)
            yield from request.prompts
            idle = 0 if request.prompts else idle + 1
            if idle == _MOST_IDLE:
                return
        self.ended = True


def _outcomes(stage: str, request: Request, replies: Sequence[Reply]) -> Iterator[Outcome]:
    if not replies:
        yield from request.build(replies)
        return
    calls = [*request.meta.get("calls", ()), *dict.fromkeys(reply.key for reply in replies)]
    own = {**request.meta, "stage": stage, "calls": calls}
    errors = [reply.error for reply in replies if reply.error]
    failed = bool(errors) and not (request.partial and len(errors) < len(replies))
    outcomes = [Reject(NO_REPLY, errors[0], stage)] if failed else request.build(replies)
    for outcome in outcomes:
        yield replace(outcome, meta={**outcome.meta, **own})


def _check(stage: str, rejects: int, total: int, limit: float) -> None:
    if total >= REJECTS_FROM and rejects > limit * total:
        raise FewnerError(
            f"stage {stage}",
            f"at most {limit:.0%} of its outcomes may be rejects",
            f"{rejects} of {total}",
            "Look at the rejects' reasons; mend the prompt or the model, or raise reject_limit. "
            "Replies so far are in the journal and cost nothing again.",
        )
