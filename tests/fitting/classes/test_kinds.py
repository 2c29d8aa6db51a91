"""Files with spans, with classes, and with both: what is written for which."""

import json

import pytest
from class_seeds import classed, planned
from corpus_helpers import GOLD, SCHEMA, WORDS, reply_to
from scripted import Scripted

from spacy_fewner.corpus.synthesize import Stopped
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.classes.both import synthetic_of_both
from spacy_fewner.fitting.classes.kinds import told_apart
from spacy_fewner.fitting.synthesis_loop import SynthesisSettings
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt
from spacy_fewner.types import LabelSpec, Sample, Schema

CLASSED = [
    classed(" ".join(WORDS[n : n + 7]), label) for n, label in enumerate(["repair", "tuning"] * 3)
]
BOTH = [*GOLD, *CLASSED]
HOW = {"lang": "en", "nested": False, "held_out": {}}
SMALL = SynthesisSettings(size=6, per_call=3, ideas=0, reject_limit=1.0)


def schema(*ids: str) -> Schema:
    return Schema(tuple(map(LabelSpec, ids)))


def test_texts_are_for_what_they_were_annotated_for():
    apart = told_apart(BOTH, schema("MAKER", "repair", "PART", "tuning"))
    assert (apart.spans, apart.classes) == (GOLD, CLASSED)
    assert apart.span_schema == schema("MAKER", "PART")
    assert apart.class_schema == schema("repair", "tuning")
    assert told_apart(BOTH).span_schema is None


def test_one_kind_has_the_whole_schema():
    assert told_apart(GOLD, SCHEMA).span_schema is SCHEMA
    told = told_apart(CLASSED, schema("repair", "tuning", "more"))
    assert told.class_schema == schema("repair", "tuning", "more")
    assert (told.spans, told.span_schema) == ([], None)


def test_texts_without_any_span_are_no_examples_of_spans_beside_classes():
    without = [Sample(one.text, cats=one.cats) for one in CLASSED]  # as DocBin has them
    assert told_apart(without).spans == []
    both = told_apart([*GOLD, *without])
    assert len(both.spans) == len(BOTH)  # one text has some: then the others have none


def test_a_label_of_neither_is_told():
    with pytest.raises(FewnerError, match=r"labels: must occur in .* got odd"):
        told_apart(BOTH, schema("MAKER", "PART", "repair", "tuning", "odd"))


def answer(prompt: Prompt) -> str:
    asked = prompt.messages[-1].content
    if "of the class" not in asked:
        return reply_to({"messages": [{"content": asked}], "seed": prompt.sample})
    rows = [
        f"{WORDS[prompt.sample]} {n} {' '.join(WORDS[:5])}" for n in range(len(planned(prompt)))
    ]
    return "\n".join(json.dumps({"text": row}) for row in rows)


def test_what_is_written_for_both_comes_one_after_the_other():
    cleaned = synthetic_of_both(told_apart(BOTH), Client(Scripted(answer)), SMALL, **HOW)
    assert [row.step for row in cleaned.ledger.rows].count("copies") == 2
    kinds = [bool(one.cats) for one in cleaned.samples]
    assert kinds == sorted(kinds) and set(kinds) == {True, False}
    assert len(cleaned.rejects) == sum(row.rejected for row in cleaned.ledger.rows)


def test_what_came_before_it_stopped_is_kept():
    def fails_late(prompt: Prompt) -> str:
        late = "of the class" in prompt.messages[-1].content
        return '{"class": "no", "text": "Some other text."}\n' * 2 if late else answer(prompt)

    hasty = SynthesisSettings(size=60, per_call=1, ideas=0, reject_limit=0.5)
    with pytest.raises(Stopped) as caught:
        synthetic_of_both(told_apart(BOTH), Client(Scripted(fails_late)), hasty, **HOW)
    cleaned = caught.value.cleaned
    assert cleaned.samples and not any(one.cats for one in cleaned.samples)
    assert {"generate", "generate_texts"} < {row.step for row in cleaned.ledger.rows}


@pytest.mark.parametrize("name", ["explain", "extend"])
def test_entities_cannot_be_written_of_where_there_are_none(name: str):
    settings = SynthesisSettings(**{name: True})
    with pytest.raises(FewnerError, match=f"{name}: is about entities"):
        synthetic_of_both(told_apart(CLASSED), None, settings, **HOW)
