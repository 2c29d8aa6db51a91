"""Types with guidelines, and what is of them, out of documents: four turns on each (GuideX)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any

from ...data.passages import sections
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Prompt, Reply
from ...types import Reject, Sample, Schema
from ..checks import at_least, share
from ..induction.guidelines import guidelines, together
from ..induction.leaves import Leaves, as_records, grounded
from ..induction.turns import TURNS, Talk, Turn, answered, prompt
from ..languages import language_name
from ..pieces import cut, moved
from ..provenance import inherited, sample_id
from ..stage import REJECT_LIMIT, Outcome, Request, ask, passing
from .open_types import NOTHING_FOUND
from .passages import NO_TEXT

ASKED = "guidelines"
_PLACE, _TALK = "_place", "_talk"  # in meta, between the turns


@dataclass(frozen=True)
class _Place:
    """A section of a document."""

    document: Sample
    start: int
    end: int
    is_last: bool

    @property
    def piece(self) -> Sample:
        return cut(self.document, self.start, self.end)


@dataclass(frozen=True)
class Induce:
    """Finds types that fit a document, defines them, and marks what is of them; what a sample has
    stays.

    language: of the documents, as spaCy has it ("de"); types and definitions are English.
    max_chars: longer documents are asked about in parts, split where a section ends, and what comes
        of them is joined. A part's tokens (about a quarter of it, in English) and four replies have
        to fit into the model's context.
    reject_limit: see `ask`.

    Four turns, each with all before it: a summary, facts as JSON, dataclasses with a docstring and
    comments, and calls of them. The Python is read as data, and never executed. Each value that is
    in the text becomes a span: one that names its thing with the type's name ("organ"), any other
    with the field's besides ("organ/year built"). In the sample's meta: "guidelines" (types, what
    they mean, their fields), "instances", "ungrounded" (values that are not in the text),
    "left_out" (what of the replies was not taken, and why). A document is a reject if nothing of it
    came through, with the "turn" in its meta. Source: GuideX, section 3; the grounding, the
    splitting and the prompts' words are ours.
    """

    _: KW_ONLY
    language: str = "en"
    max_chars: int = 6000
    reject_limit: float = REJECT_LIMIT
    name: str = "induce"

    def __post_init__(self) -> None:
        language_name(self.language)
        at_least(self, 1, "max_chars")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        outcomes: Iterator[Outcome] = (one for sample in samples for one in self._begun(sample))
        for turn in TURNS:
            requests = map(partial(self._request, turn), outcomes)
            outcomes = ask(self.name, client, requests, self.reject_limit, turn)
        return self._joined(outcomes)

    def _begun(self, sample: Sample) -> Iterator[Outcome]:
        meta: dict[str, Any] = {"parents": [sample_id(sample)], "calls": [], "stage": self.name}
        if not any(map(str.isalnum, sample.text)):
            place = _Place(sample, 0, len(sample.text), True)
            yield Reject(NO_TEXT, "", self.name, sample.text, {**meta, _PLACE: place})
            return
        found = sections(sample.text, self.max_chars)
        for number, (start, end) in enumerate(found, 1):
            place = _Place(sample, start, end, number == len(found))
            yield replace(place.piece, meta={**meta, _PLACE: place, _TALK: Talk()})

    def _request(self, turn: Turn, outcome: Outcome) -> Request:
        if isinstance(outcome, Reject):
            return passing(outcome)
        talk: Talk = outcome.meta[_TALK]
        asked = prompt(talk, turn, outcome.text, language_name(self.language))
        meta = {key: value for key, value in outcome.meta.items() if key != _TALK}
        build = partial(self._answered, turn, outcome, asked)
        return Request(build, (asked,), {**meta, "turn": turn})

    def _answered(
        self, turn: Turn, piece: Sample, asked: Prompt, replies: Sequence[Reply]
    ) -> list[Outcome]:
        talk = answered(piece.meta[_TALK], turn, asked, replies[0])
        if isinstance(talk, Problem):
            return [Reject(talk.reason, talk.detail, self.name, piece.text)]
        return [replace(piece, meta={_TALK: talk})]

    def _joined(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """One outcome a document; those of its sections come one after the other."""
        held: list[Outcome] = []
        for outcome in outcomes:
            place: _Place = outcome.meta[_PLACE]
            held.append(outcome)
            if place.is_last:
                yield _document(place.document, held, self.name)
                held = []


def _document(document: Sample, sections: Sequence[Outcome], stage: str) -> Outcome:
    """What came of a document's sections."""
    step = {
        "stage": stage,
        "prompt": " + ".join(TURNS.values()),
        "calls": [call for one in sections for call in one.meta["calls"]],
        "parents": [sample_id(document)],
    }
    heard = [one for one in sections if isinstance(one, Sample)]
    refused = [one for one in sections if isinstance(one, Reject)]
    if not heard:
        meta = {**_public(refused[0].meta), **step}
        return replace(refused[0], text=document.text, meta=meta)
    found = [(one.meta[_PLACE].start, _leaves(one)) for one in heard]
    spans = [moved(span, start) for start, leaves in found for span in leaves.spans]
    ungrounded = [list(pair) for _, leaves in found for pair in leaves.ungrounded]
    if ungrounded and not spans:
        detail = ", ".join(surface for _, surface in ungrounded)[:120]
        return Reject(NOTHING_FOUND, detail, stage, document.text, {**step, "turn": "instances"})
    told = _told([one.meta[_TALK] for one in heard], refused, ungrounded)
    kept = dict.fromkeys([*document.spans, *sorted(spans)])
    return replace(document, spans=tuple(kept), meta={**inherited(document), **told, **step})


def _told(
    talks: Sequence[Talk], refused: Sequence[Reject], ungrounded: Sequence[list[str]]
) -> dict[str, Any]:
    """What the talks say besides spans, without what is empty."""
    problems = [[one.reason, one.detail] for talk in talks for one in talk.problems]
    parts = [[one.reason, f"a part of {len(one.text)} characters"] for one in refused]
    told = {
        "asked": ASKED,
        "guidelines": together(one for talk in talks for one in guidelines(talk.classes)),
        "instances": [one for talk in talks for one in as_records(talk.instances)],
        "ungrounded": list(ungrounded),
        "left_out": problems + parts,
    }
    return {key: value for key, value in told.items() if value}


def _leaves(section: Sample) -> Leaves:
    return grounded(section.text, section.meta[_TALK].instances)


def _public(meta: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in meta.items() if key not in (_PLACE, _TALK)}
