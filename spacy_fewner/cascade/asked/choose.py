"""Classification by a language model: a path for each span, level by level (CascadeNER)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property, partial
from typing import Any

from ...data.trees.tree import LabelTree
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Reply
from ...synthesis.checks import at_least, share
from ...synthesis.languages import language_name
from ...synthesis.provenance import text_id
from ...synthesis.stage import Outcome, Request, ask, passing
from ...types import CharSpan, Reject, Sample
from ..classify import Levels, Thresholds
from .answers import read_answer
from .choice_prompt import Place, choice_prompt, prompt_name
from .demonstrations import Demonstrations
from .options import Option, in_order, offered


@dataclass
class Chosen:
    """What was chosen for a span.

    sure: probability that it is a span at all, with which that of its labels begins.
    levels: from the root down; empty if none of the roots was.
    calls: keys of the replies. rejects: the answer that ended it, if that could not be used.
    """

    sure: float = 1.0
    levels: Levels = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def take(self, outcome: Outcome, thresholds: Thresholds | None = None) -> str | None:
        """Note the outcome of one level; the label to go on below, if any is sure enough."""
        self.calls += outcome.meta.get("calls", [])
        if isinstance(outcome, Reject):
            self.rejects.append(outcome)
            return None
        above = self.levels[-1][1] if self.levels else self.sure
        for span in outcome.spans:
            score = above * (1.0 if span.score is None else span.score)
            if thresholds is None or score >= thresholds.at(len(self.levels)):
                self.levels.append((span.label, score))
                return span.label
        return None


@dataclass(frozen=True)
class ChooseLabels:
    """Asks which of the labels below the last one fits a span, until none does or is left.

    tree: of labels.
    rounds: votes on each level, with the options in another order each; a label's probability is
        that of its parent times its share of the rounds. One round makes it 1.
    unknown: let "none of them" be an answer, at levels without a catch-all: the span then keeps
        the label above, or gets none. Without it, a level with a single label is not asked about.
    thresholds: probability that a label needs.
    max_chars: of a longer text, only a piece around the span is shown.
    context: show the text around a span; without it a span is all that is known of it, which is
        the paper's ablation.
    demonstrations: annotated texts, labels by their paths. Before a question the model then sees
        spans of theirs that have one of the options, in place of the prompt's own example; at most
        `shots`, of as many options as can be, and none of the text asked about.
    language: of the texts, as spaCy has it ("de"). Chinese is asked about in Chinese, all others in
        English, which names the language.
    seed: of the order of options, which depends on text, span and level besides.
    reject_limit: see `ask`; by default a run goes on.

    An answer that names no option, or several, is no vote. If no round has a vote, that is a reject
    and the span keeps the label above; other spans are not touched. Source:
    CascadeNER; docs/methods.md.
    """

    tree: LabelTree
    _: KW_ONLY
    rounds: int = 1
    unknown: bool = True
    thresholds: Thresholds = field(default_factory=Thresholds)
    max_chars: int = 2000
    context: bool = True
    demonstrations: Sequence[Sample] = ()
    shots: int = 4
    language: str = "en"
    seed: int = 0
    reject_limit: float = 1.0
    name: str = "choose"

    def __post_init__(self) -> None:
        at_least(self, 1, "rounds", "max_chars")
        at_least(self, 0, "shots")
        language_name(self.language)
        share(self, "reject_limit")

    @property
    def prompt(self) -> str:
        """The name of its prompt."""
        return prompt_name(self.context, self.language)

    @cached_property
    def _shown(self) -> Demonstrations:
        return Demonstrations(self.demonstrations, self.shots)

    def choose(
        self,
        places: Sequence[Place],
        client: Client | None,
        sure: Sequence[float] | None = None,
    ) -> list[Chosen]:
        """For each place; all that are at one level are asked about together.

        sure: probability that each is a span at all; 1 if not given.
        """
        chosen = [Chosen(one) for one in sure or [1.0] * len(places)]
        waiting: list[tuple[int, str | None]] = [(number, None) for number in range(len(places))]
        while waiting:
            outcomes = self.step([(places[number], above) for number, above in waiting], client)
            deeper: list[tuple[int, str | None]] = []
            for (number, _), outcome in zip(waiting, outcomes, strict=True):
                label = chosen[number].take(outcome, self.thresholds)
                if label is not None and not self.tree.is_leaf(label):
                    deeper.append((number, label))
            waiting = deeper
        return chosen

    def step(
        self, places: Sequence[tuple[Place, str | None]], client: Client | None
    ) -> list[Outcome]:
        """One level deeper, for each place with the label it has, None for the roots.

        A sample with the span, by its new label and score; without it where none was chosen; or a
        reject.
        """
        if not places:
            return []
        requests = (self._request(place, above) for place, above in places)
        return list(ask(self.name, client, requests, self.reject_limit))

    def _request(self, place: Place, above: str | None) -> Request:
        options = offered(self.tree, above, self.unknown, self.language)
        if len(options) < 2:
            only = [CharSpan(place.start, place.end, str(one.path), 1.0) for one in options]
            return passing(Sample(place.text, tuple(only)))
        seed = f"{self.seed} {text_id(place.text)} {place.start} {place.end} {above}"
        orders = [in_order(options, seed, turn, self.rounds) for turn in range(self.rounds)]
        shown = self._shown.of(options, place.text, seed)
        told: Any = {"context": self.context, "shown": shown, "language": self.language}
        prompts = [
            choice_prompt(place, order, self.max_chars, turn, **told)
            for turn, order in enumerate(orders)
        ]
        meta = {"parents": [text_id(place.text)], "prompt": self.prompt}
        build = partial(self._build, place, above, options)
        return Request(build, tuple(prompts), meta, partial=True)

    def _build(
        self,
        place: Place,
        above: str | None,
        options: Sequence[Option],
        replies: Sequence[Reply],
    ) -> list[Outcome]:
        read = [read_answer(reply, options) for reply in replies]
        votes = Counter(one for one in read if isinstance(one, Option))
        if not votes:
            problem = next(one for one in read if isinstance(one, Problem))
            detail = f"{place.surface!r} below {above or 'the roots'}: {problem.detail}"
            return [Reject(problem.reason, detail, self.name, place.text)]
        best = min(votes, key=lambda option: (-votes[option], options.index(option)))
        score = votes[best] / len(replies)
        if best.path is None:
            return [Sample(place.text)]
        return [Sample(place.text, (CharSpan(place.start, place.end, best.path, score),))]
