"""How a model answers rows: what counts as right, as wrong, and as of no use."""

import json

import pytest
from scripted import Scripted

from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.rows.chat_rows import classifier_rows, extractor_rows
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.distill.measuring.extraction import found_in_rounds
from spacy_fewner.distill.measuring.measure import measure
from spacy_fewner.distill.rows.conversations import Conversations, conversation_rows
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Message, Prompt, Reply
from spacy_fewner.types import CharSpan, Sample

TEXT = "Ann Lee and Bo moved from Rome to Oslo, since Rome is hot."
SPANS = ((0, 7, "person"), (12, 14, "person"), (26, 30, "place"), (34, 38, "place"))
SAMPLE = Sample(TEXT, tuple(CharSpan(*one) for one in SPANS))
TREE = tree_of(["person", "place"])


def answering(rows: list[ChatRow], change=lambda text: text) -> Scripted:
    """Knows the rows by heart, and says them changed."""

    def answer(prompt: Prompt) -> str | Reply:
        for row in rows:
            for at in row.learnt:
                if prompt.messages[-1] == row.messages[at - 1]:
                    return change(row.messages[at].content)
        raise AssertionError(prompt)

    return Scripted(answer)


def conversations() -> list[ChatRow]:
    how = Conversations(negatives="none", data_set_line=False)
    return conversation_rows([RowSet("set", [SAMPLE])], how).rows


@pytest.mark.parametrize(
    "rows",
    [
        conversations(),
        extractor_rows([SAMPLE], TREE).rows,
        classifier_rows([SAMPLE], TREE).rows,
        [ChatRow((Message("user", "Hm?"), Message("assistant", "So it is.")), {"task": "stage"})],
    ],
)
def test_the_rows_own_answers_are_right(rows: list[ChatRow]):
    found = measure(answering(rows), rows)
    (task,) = found.tasks.values()
    assert (found.f, task.unusable, task.answers) == (1.0, 0, sum(len(r.learnt) for r in rows))


@pytest.mark.parametrize(
    "rows",
    [conversations(), extractor_rows([SAMPLE], TREE).rows, classifier_rows([SAMPLE], TREE).rows],
)
@pytest.mark.parametrize("reply", ["", "I cannot do that, and say so at some length."])
def test_answers_of_no_use_miss_all(rows: list[ChatRow], reply: str):
    (task,) = measure(answering(rows, lambda _: reply), rows).tasks.values()
    assert (task.scores.tp, task.scores.f) == (0, 0)


def test_all_occurrences_of_a_listed_string_count():
    rows = conversations()
    (task,) = measure(answering(rows), rows).tasks.values()
    assert (task.counts, task.scores.support) == ("spans", 5)  # Rome twice


def test_a_string_that_the_passage_lacks_is_wrong():
    rows = conversations()
    found = measure(answering(rows, lambda _: json.dumps(["Rome", "Paris"])), rows)
    scores = found.tasks["conversation"].scores
    assert (scores.tp, scores.fp, scores.fn) == (2, 4, 3)  # as a person Rome is wrong, twice


def test_questions_of_a_conversation_are_asked_alone():
    rows = conversations()
    model = answering(rows)
    measure(model, rows)
    assert len(model.asked) == 2 and {len(one.messages) for one in model.asked} == {4}


def test_a_limit_draws_the_same_rows():
    rows = classifier_rows([SAMPLE], TREE).rows
    first, again = answering(rows), answering(rows)
    measure(first, rows, limit=2)
    measure(again, rows, limit=2)
    assert len(first.asked) == 2
    assert {one.messages for one in first.asked} == {one.messages for one in again.asked}


def test_rounds_find_more():
    """A model that finds another span in each round."""
    how = MarkEntities()
    answers = [how.answer(TEXT, [span]) for span in SAMPLE.spans]
    client = Client(Scripted(lambda prompt: answers[prompt.sample % len(answers)]))
    found = found_in_rounds([SAMPLE], TREE.schema, client, how)
    assert {rounds: scores.tp for rounds, scores in found.items()} == {1: 1, 3: 3, 5: 4}
    assert all(scores.fp == 0 for scores in found.values())


def test_texts_that_cannot_be_read_miss_their_spans():
    client = Client(Scripted(lambda prompt: "no"))
    found = found_in_rounds([SAMPLE], TREE.schema, client, MarkEntities(), rounds=[1])
    assert (found[1].tp, found[1].fn) == (0, 4)
