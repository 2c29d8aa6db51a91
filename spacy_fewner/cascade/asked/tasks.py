"""Extraction and classification as tasks of spacy-llm: `nlp.add_pipe("llm", …)`.

Rounds are told apart by the number that their prompts carry, which the models of this package
look at; other models of spacy-llm get the same string once a round. spacy-llm's own cache keeps
docs by the sum of their tokens' hashes and knows nothing of spans: use a journal instead.
"""

from collections.abc import Iterator
from typing import Any, Iterable, Tuple, cast  # noqa: UP035 (spacy-llm takes no other)

from spacy.tokens import Doc, Span

from ...data.docs import SPANS_KEY
from ...data.given import as_samples
from ...data.trees import paths
from ...llm.client import Client
from ...llm.models.chat_text import ChatText, reply_of
from ...synthesis.spacy_pipes.exchange import Exchange
from ...synthesis.spacy_pipes.on_docs import add_rejects, declare
from ...synthesis.spacy_pipes.stage_task import StageTask
from ...synthesis.spacy_pipes.target_labels import declared
from ...synthesis.stage import Outcome
from ...types import Reject, is_extension
from ..classify import Levels
from ..trees import tree_of
from ..writing import write_paths
from .choice_prompt import Place
from .choose import ChooseLabels, Chosen
from .docs import note_step
from .mark import MarkEntities


def mark_entities(
    spans_key: str = SPANS_KEY,
    labels: list[str] = [],  # noqa: B006 (configs show it; nothing changes it)
    rounds: int = 3,
    min_votes: int = 1,
    nested: bool = False,
    language: str = "en",
    max_chars: int = 2000,
    guidance: str = "",
    demonstrations: list[str] = [],  # noqa: B006
    bare: bool = False,
    constrained: bool = False,
) -> StageTask:
    """`spacy-fewner.MarkEntities.v1`: spans labelled "entity", with scores.

    spans_key: where they are added. labels: of what is to be found, the coarsest if they are
    paths; may be empty. The rest: see MarkEntities; longer docs are asked about in parts.
    """
    stage = MarkEntities(
        rounds,
        min_votes,
        nested=nested,
        language=language,
        max_chars=max_chars,
        guidance=guidance,
        demonstrations=demonstrations,
        bare=bare,
        constrained=constrained,
    )
    return StageTask(stage, stage.name, declared(labels, {}), spans_key, max_chars)


def choose_label(
    tree: str | list[Any],
    spans_key: str = SPANS_KEY,
    rounds: int = 1,
    unknown: bool = True,
    max_chars: int = 2000,
    seed: int = 0,
    context: bool = True,
    demonstrations: list[Any] = [],  # noqa: B006
    shots: int = 4,
    language: str = "en",
) -> "ChooseTask":
    """`spacy-fewner.ChooseLabel.v1`: spans go one level down the tree; see ChooseTask.

    tree: a file, a list of paths or of records. demonstrations: records of annotated texts. The
    rest: see ChooseLabels.
    """
    how = ChooseLabels(
        tree_of(tree),
        rounds=rounds,
        unknown=unknown,
        max_chars=max_chars,
        context=context,
        demonstrations=as_samples(demonstrations, "demonstrations"),
        shots=shots,
        language=language,
        seed=seed,
    )
    return ChooseTask(how, spans_key)


class ChooseTask:
    """Asks about each span of `doc.spans[spans_key]` which of the labels below its own it has.

    A span whose label is not in the tree is asked about the roots, so that two such pipes go two
    levels down. A span with a leaf's label, or for which no label was chosen, stays as it is.
    Writes what `fewner_cascade` writes.
    """

    def __init__(self, how: ChooseLabels, spans_key: str = SPANS_KEY):
        declare()
        self.how, self.spans_key = how, spans_key

    def generate_prompts(
        self, docs: Iterable[Doc], context_length: int | None = None
    ) -> Iterable[Tuple[Iterable[str], Iterable[Doc]]]:  # noqa: UP006
        """For each doc its prompts, maybe none, and the doc, at least once. Each shows a text's
        max_chars at most, whatever the model's context."""
        for doc in docs:
            exchange = Exchange()
            self._outcomes(doc, exchange)
            prompts = [ChatText(prompt) for prompt in exchange.asked]
            yield prompts, [doc] * max(1, len(prompts))

    def parse_responses(
        self, shards: Iterable[Iterable[Doc]], responses: Iterable[Iterable[str]]
    ) -> Iterable[Doc]:
        """The same docs, with their spans one level deeper."""
        for same, texts in zip(shards, responses, strict=True):
            doc = next(iter(same))
            if self.spans_key in doc.spans:
                self._write(doc, iter(self._outcomes(doc, Exchange(map(reply_of, texts)))))
            yield doc

    def _outcomes(self, doc: Doc, exchange: Exchange) -> list[Outcome]:
        text = doc.text
        places = [
            (Place(text, span.start_char, span.end_char), self._above(span))
            for span in doc.spans.get(self.spans_key, ())
            if self._is_asked(span)
        ]
        return self.how.step(places, cast(Client, exchange))

    def _is_asked(self, span: Span) -> bool:
        label = span.label_
        if not span.text.strip() or is_extension(label):
            return False
        return label not in self.how.tree or not self.how.tree.is_leaf(label)

    def _above(self, span: Span) -> str | None:
        return span.label_ if span.label_ in self.how.tree else None

    def _write(self, doc: Doc, outcomes: Iterator[Outcome]) -> None:
        found: dict[tuple[int, int, str], tuple[int, int, Levels]] = {}
        calls: list[str] = []
        for span, before in zip(doc.spans[self.spans_key], self._levels(doc), strict=True):
            chosen = Chosen(before[0][1], list(before) if self._above(span) else [])
            if self._is_asked(span):
                outcome = next(outcomes)
                chosen.take(outcome)
                calls += chosen.calls
                add_rejects(doc, [outcome] if isinstance(outcome, Reject) else [])
            levels = chosen.levels or before
            found.setdefault((span.start, span.end, levels[-1][0]), (span.start, span.end, levels))
        write_paths(doc, list(found.values()), self.spans_key, set_ents=False)
        if calls:
            note_step(doc, self.how.name, [self.how.prompt], calls)

    def _levels(self, doc: Doc) -> list[Levels]:
        """Of each span so far: as a classifier wrote them, or as its label and score say."""
        group = doc.spans[self.spans_key]
        known = group.attrs.get("levels", [])
        scores = group.attrs.get("scores", [])
        whole = len(scores) == len(group)
        levels: list[Levels] = []
        for at, span in enumerate(group):
            if len(known) == len(group) and known[at] and known[at][-1][0] == span.label_:
                levels.append([(path, float(score)) for path, score in known[at]])
            elif self._above(span):
                levels.append([(path, 1.0) for path in paths.lineage(span.label_)])
            else:
                levels.append([(span.label_, float(scores[at]) if whole else 1.0)])
        return levels
