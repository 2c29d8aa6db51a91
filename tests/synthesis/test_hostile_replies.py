"""Ten thousand hostile replies through every stage and both halves of the cascade."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from asked_models import TREE
from class_seeds import CLASS_SEEDS, CLASSES
from hostile_replies import Answers, Hostile
from synthesis_helpers import HOSTILE, SCHEMA, SEEDS, letters, sample

from spacy_fewner.cascade.asked.choice_prompt import Place
from spacy_fewner.cascade.asked.choose import ChooseLabels
from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.corpus.synthesis_files import write_rejects
from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Message, Prompt, Reply
from spacy_fewner.synthesis.annotated_texts import is_unicode
from spacy_fewner.synthesis.classes.generate import GenerateTexts
from spacy_fewner.synthesis.classes.retrieve import RetrieveTexts
from spacy_fewner.synthesis.retrieval.index import Index
from spacy_fewner.synthesis.stage import MAX_REPLY, NO_REPLY, Outcome
from spacy_fewner.synthesis.stages.correct import Correct
from spacy_fewner.synthesis.stages.explain import Explain
from spacy_fewner.synthesis.stages.extend import Extend
from spacy_fewner.synthesis.stages.generate import Generate
from spacy_fewner.synthesis.stages.induce import Induce
from spacy_fewner.synthesis.stages.key_phrases import KeyPhrases
from spacy_fewner.synthesis.stages.merge import Merge
from spacy_fewner.synthesis.stages.open_types import OpenTypes
from spacy_fewner.synthesis.stages.retrieve import Retrieve
from spacy_fewner.synthesis.stages.tag import Tag
from spacy_fewner.types import Reject, Sample

# A longer run: FEWNER_HOSTILE=200000,1,3000 pytest tests/synthesis/test_hostile_replies.py
REPLIES, SEED, LONGEST = map(int, os.environ.get("FEWNER_HOSTILE", "10000,0,3000").split(","))
# Of this thread, for a call of a stage; a call takes up to a dozen replies.
SECONDS = 2.0 * max(1, LONGEST / 10_000)

TEXT = "Drew the Oboe 8' in İzmir at noon; the café's Oboe 8' is 北京's."
GIVEN = [
    sample(TEXT, ("Oboe 8'", "STOP"), ("İzmir", "ext/place"), ("noon", "FAULT"), id="g"),
    sample("a b", ("a", "ext/seg/word"), ("b", "ext/seg/word"), id="w"),
    sample("The pallet is torn. " * 95, ("pallet", "PART"), ("torn", "FAULT"), id="long"),
    *(Sample(text) for text in HOSTILE),
    Sample("\u202eRTL \x00 @@a## [[b]] {{c}} <<d>> \u0301"),
]
TYPES = [
    sample("Ann in Rome.", ("Ann", "ext/person"), ("Rome", "ext/city"), ("Rome", "PART"), id="a"),
    sample("To İzmir.", ("İzmir", "ext/place"), ("To", "ext/seg/word"), id="b"),
]
INDEX = Index(letters)
INDEX.add(["A pallet was mended.", "The Mixture was tuned."])
EASY = {"reject_limit": 1.0}
WRITING: dict[str, Any] = {"target_size": 4, "per_call": 2, "n_topics": 3, "n_entities": 2, **EASY}
TEXTS: dict[str, Any] = {"target_size": 4, "per_call": 2, "n_topics": 3, **EASY}
Call = Callable[[Client, Sample], Iterable[Outcome]]


def over(stage: Any) -> Call:
    return lambda client, given: stage([given], SCHEMA, client)


def from_seeds(stage: Any) -> Call:
    return lambda client, given: stage([*SEEDS, given], SCHEMA, client)


def of_classes(stage: Any) -> Call:
    def call(client: Client, given: Sample) -> Iterable[Outcome]:
        seeds = [*CLASS_SEEDS, replace(given, cats={"offer": 1.0})]
        for outcome in stage(seeds, CLASSES, client):
            assert isinstance(outcome, Reject) or list(outcome.cats.values()) == [1.0]
            yield outcome

    return call


def choosing(**settings: Any) -> Call:
    stage = ChooseLabels(tree_of(TREE), **settings)

    def call(client: Client, given: Sample) -> Iterable[Outcome]:
        place = Place(given.text, 0, min(4, len(given.text)))
        (chosen,) = stage.choose([place], client)
        assert all(0 < score <= 1 and path in stage.tree for path, score in chosen.levels)
        return chosen.rejects

    return call


STAGES: dict[str, Call] = {
    "generate, lines": from_seeds(Generate(**WRITING)),
    "generate, json": from_seeds(Generate(form="json", **WRITING)),
    "generate, list": from_seeds(Generate(form="list", **WRITING)),
    "retrieve": from_seeds(Retrieve(index=INDEX, **WRITING)),
    "texts": of_classes(GenerateTexts(**TEXTS)),
    "texts, json": of_classes(GenerateTexts(form="json", **TEXTS)),
    "texts, retrieved": of_classes(RetrieveTexts(index=INDEX, **TEXTS)),
    "extend entities": over(Extend(**EASY)),
    "extend entities, lax": over(Extend(strict=False, **EASY)),
    "extend words": over(Extend(("entities", "words", "tags"), strict=False, **EASY)),
    "tag": over(Tag(**EASY)),
    "key phrases": over(KeyPhrases(**EASY)),
    "explain": over(Explain(**EASY)),
    "explain, paragraphs": over(Explain(unit="paragraph", min_chars=1, **EASY)),
    "correct": over(Correct(**EASY)),
    "correct, lax": over(Correct(strict=False, per_call=1, **EASY)),
    "merge": lambda client, given: Merge(letters, **EASY)(TYPES, SCHEMA, client),
    "mark": over(MarkEntities(3, **EASY)),
    "mark, nested": over(MarkEntities(1, nested=True, **EASY)),
    "choose": choosing(),
    "choose, voting": choosing(rounds=3, unknown=False),
    "open types": over(OpenTypes(max_tokens=50, **EASY)),
    "open definitions": over(OpenTypes("definitions", **EASY)),
    "induce": over(Induce(max_chars=800, **EASY)),
}
OPEN = ("open", "induce")  # stages whose labels are the model's own


def checked(outcomes: Iterable[Outcome], is_open: bool = False) -> list[Outcome]:
    """The outcomes, each of which is well-formed."""
    found = list(outcomes)
    for outcome in found:
        if isinstance(outcome, Reject):
            assert outcome.reason and outcome.stage
            continue
        for span in outcome.spans:
            surface = span.surface(outcome.text)
            assert 0 <= span.start < span.end <= len(outcome.text)
            assert surface == surface.strip() and is_unicode(span.label)
            known = span.label in SCHEMA.ids or span.label.startswith(("ext/", "entity"))
            assert known or (is_open and span.label.strip())
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", STAGES)
def test_no_reply_brings_a_stage_down_or_keeps_it_busy(name: str, tmp_path: Path):
    answers = Answers(Hostile(SEED * 1000 + list(STAGES).index(name), LONGEST))
    outcomes: list[Outcome] = []
    turn = 0
    while len(answers.replies) < -(-REPLIES // len(STAGES)):
        before, started = len(answers.replies), time.thread_time()
        given = GIVEN[turn % len(GIVEN)]
        outcomes += checked(STAGES[name](cast(Client, answers), given), name.startswith(OPEN))
        taken, last = time.thread_time() - started, answers.replies[before:]
        assert taken < SECONDS, [reply.text[:200] for reply in last]
        turn += 1
    rejects = [one for one in outcomes if isinstance(one, Reject)]
    json.dumps([one.meta for one in outcomes])
    samples = [replace(one, meta={}) for one in outcomes if isinstance(one, Sample)]
    assert outcomes
    if os.environ.get("FEWNER_HOSTILE"):
        reasons = Counter(one.reason for one in rejects)
        print(f"{name}: {len(answers.replies)} replies, {len(samples)} samples, {dict(reasons)}")
    write_rejects(rejects, tmp_path / "rejects.jsonl")
    if samples:
        write_samples(samples, tmp_path / "kept.jsonl")
        again = read_samples(tmp_path / "kept.jsonl")
        assert [one.text for one in again] == [one.text for one in samples]


def test_replies_are_different_ones():
    hostile = Hostile(SEED)
    prompt = Prompt((Message("user", TEXT),))
    texts = {hostile.reply(prompt).text for _ in range(2000)}
    assert len(texts) > 1200


class Same(Answers):
    """The same text to whatever is asked."""

    def __init__(self, text: str):
        super().__init__(Hostile(0))
        self.text = text

    def complete(self, prompts: Iterable[Prompt]) -> Any:
        for _ in prompts:
            self.replies.append(Reply(self.text, key="k" * 64))
            yield self.replies[-1]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", STAGES)
def test_more_than_is_read_is_refused(name: str):
    answers = Same("x" * (MAX_REPLY + 1))
    started = time.thread_time()
    found = checked(STAGES[name](cast(Client, answers), GIVEN[0]))
    assert time.thread_time() - started < 1
    assert {one.reason for one in found if isinstance(one, Reject)} <= {NO_REPLY, "no words"}
