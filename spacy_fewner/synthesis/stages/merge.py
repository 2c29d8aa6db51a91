"""Synonymous-label merging: the LLM groups extension types, the embedder tests them (KnowFREE)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial
from typing import Any

from ...llm.client import Client
from ...llm.replies.json_reply import read_json
from ...llm.replies.parsed import CUT_SHORT, explain_nothing
from ...llm.types import Reply
from ...types import Reject, Sample, Schema
from ..checks import at_least, check, share
from ..languages import language_name, prompt_in
from ..prompting import TEXT, chat, items_schema, object_schema
from ..provenance import inherited, sample_id
from ..retrieval.embed import Embed
from ..stage import REJECT_LIMIT, Outcome, Request, ask
from .extend import PREFIX, is_entity_type
from .label_radius import EPS, merged, neighbours

PROMPT = "merge.v1"
TOO_MANY = "group of most types"
_MANY, _MOST = 6, 0.5  # of at least so many types, a group with more than this share is none
_LEVELS = 5  # of groups of groups; each is smaller than the one before
_GROUPS = object_schema(
    groups=items_schema(object_schema(label=TEXT, types={"type": "array", "items": TEXT}))[
        "properties"
    ]["items"]
)


@dataclass(frozen=True)
class Merge:
    """Gives synonymous extension types one label; all samples come back, after the last was read.

    embed: texts -> vectors, for the radius test.
    eps: of the test, in radii; the default is for all-MiniLM-L6-v2.
    farthest: how many distances the radius is the mean of (p).
    per_call: types that one prompt groups; of more, those most alike come into one prompt, and the
        groups' names are grouped again.
    language: of the texts, as spaCy has it ("de"). Chinese types are grouped in Chinese, those of
        all other texts, which `Extend` names in English, in English.
    standards: samples that a merge has made. Their types stay; types that it renamed are renamed
        alike, and others join them where the test agrees, so that both have the same types.
    reject_limit: see `ask`.

    What a sample's types were called before is in its meta, as "merged". Labels outside
    "ext/<type>" are left alone. Rejects are replies that could not be read, and
    groups of most of the types, which are no synonyms; their types stay as they are. Source:
    KnowFREE; groups of groups, and the refusal of large ones, are ours.
    """

    embed: Embed
    _: KW_ONLY
    eps: float = EPS
    farthest: int = 5
    per_call: int = 100
    language: str = "en"
    standards: Sequence[Any] = ()  # of Sample, whose parts a config need not check
    reject_limit: float = REJECT_LIMIT
    name: str = "merge"

    def __post_init__(self) -> None:
        check("embed", callable(self.embed), "must be callable", self.embed, "Give an embedder.")
        language_name(self.language)
        at_least(self, 1, "farthest")
        at_least(self, 2, "per_call")
        at_least(self, 0, "eps")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        kept = list(samples)
        known = renamed_in(self.standards)
        members = members_of([*(_with_types(one, known) for one in kept), *self.standards])
        grouping = Grouping(self.name, self.embed, self.per_call, self.reject_limit, self.language)
        standards = members_of(self.standards).keys()
        if len(members) > 1 and members.keys() - standards:
            order = sorted(members, key=lambda kind: (-len(members[kind]), kind))
            yield from grouping.ask(order, client)
        found = self._renamed(grouping.groups(), members, standards)
        renamed = {**found, **{old: found.get(new, new) for old, new in known.items()}}
        for sample in kept:
            yield self._merged(sample, renamed, grouping.calls)

    def _renamed(
        self,
        groups: Iterable[Sequence[str]],
        members: Mapping[str, set[str]],
        standards: Collection[str],
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for group in groups:
            if len(group) > 1:
                how = self.embed, self.eps, self.farthest
                found |= merged(group, members, *how, standards)
        return {old: new for old, new in found.items() if old != new}

    def _merged(self, sample: Sample, renamed: Mapping[str, str], calls: list[str]) -> Sample:
        own = {span.label.removeprefix(PREFIX) for span in sample.spans}
        told = {old: renamed.get(new, new) for old, new in renamed_in([sample]).items()}
        told |= {old: new for old, new in sorted(renamed.items()) if old in own}
        step: dict[str, Any] = {
            "stage": self.name,
            "prompt": prompt_in(PROMPT, self.language),
            "calls": calls,
            "parents": [sample_id(sample)],
        }
        step |= {"merged": told} if told else {}
        return replace(_with_types(sample, renamed), meta={**inherited(sample), **step})


def _with_types(sample: Sample, renamed: Mapping[str, str]) -> Sample:
    """With other entity types; no span twice."""
    names = {PREFIX + old: PREFIX + new for old, new in renamed.items()}
    spans = [replace(span, label=names.get(span.label, span.label)) for span in sample.spans]
    return replace(sample, spans=tuple(dict.fromkeys(spans)))


def renamed_in(samples: Iterable[Sample]) -> dict[str, str]:
    """Type -> what a merge made of it, by the samples' meta."""
    found: dict[str, str] = {}
    for sample in samples:
        merges = sample.meta.get("merged", {})
        found |= merges if isinstance(merges, dict) else {}
    return found


def members_of(samples: Iterable[Sample]) -> dict[str, set[str]]:
    """Surfaces by entity type, of all extension spans."""
    members: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        for span in sample.spans:
            if is_entity_type(span.label):
                members[span.label.removeprefix(PREFIX)].add(span.surface(sample.text))
    return dict(members)


@dataclass
class Grouping:
    """Types in groups of supposed synonyms, by as many levels of calls as it takes.

    language: of the types. names: type -> name of its group so far. calls: keys.
    """

    stage: str
    embed: Embed
    per_call: int
    reject_limit: float
    language: str = "en"
    names: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def ask(self, types: Sequence[str], client: Client | None) -> Iterator[Outcome]:
        """Yields rejects only."""
        self.names = {kind: kind for kind in types}
        for _ in range(_LEVELS):
            level = neighbours(list(dict.fromkeys(self.names.values())), self.embed)
            batches = [level[at : at + self.per_call] for at in range(0, len(level), self.per_call)]
            found: dict[str, str] = {}
            requests = (self._request(batch, found) for batch in batches)
            yield from ask(self.stage, client, requests, self.reject_limit)
            self.names = {kind: found.get(name, name) for kind, name in self.names.items()}
            if len(batches) == 1 or len(set(self.names.values())) == len(level):
                return

    def groups(self) -> list[list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for kind, name in self.names.items():
            found[name].append(kind)
        return list(found.values())

    def _request(self, batch: list[str], found: dict[str, str]) -> Request:
        build = partial(self._take, batch, found)
        name = prompt_in(PROMPT, self.language)
        return Request(build, (chat(name, _GROUPS, types=batch),), {"prompt": name})

    def _take(
        self, batch: Sequence[str], found: dict[str, str], replies: Sequence[Reply]
    ) -> list[Outcome]:
        """A type named twice stays where it was named first; inventions are ignored."""
        reply = replies[0]
        self.calls.append(reply.key)
        parsed = read_json(reply.text, ("types",))
        if not parsed.items:
            problem = (*parsed.problems, explain_nothing(reply.text))[0]
            reason = CUT_SHORT if reply.finish == "length" else problem.reason
            return [Reject(reason, problem.detail, self.stage, reply.text)]
        swallowed: list[Outcome] = []
        for group in parsed.items:
            own = [kind for kind in _strings(group["types"]) if kind in batch and kind not in found]
            if len(batch) >= _MANY and len(set(own)) > _MOST * len(batch):
                detail = f"{len(set(own))} of {len(batch)}, such as {', '.join(own[:3])}"
                swallowed.append(Reject(TOO_MANY, detail, self.stage, reply.text))
            else:
                found |= dict.fromkeys(own, own[0] if own else "")
        return swallowed


def _strings(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
