"""Replies of a stronger model as rows: whole, once, and only what was kept."""

from pathlib import Path

import pytest
from scripted import Scripted

from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.rows.chat_rows import extractor_rows
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.corpus.journal_rows import journal_rows
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.chat_rows import read_rows, write_rows
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.types import Message, Prompt, Reply
from spacy_fewner.types import CharSpan, Sample

TREE = tree_of(["person", "place"])
TEXTS = [
    Sample(
        "Ann left Rome.", (CharSpan(0, 3, "person"), CharSpan(9, 13, "place")), meta={"id": "a"}
    ),
    Sample("Bo went.", (CharSpan(0, 2, "person"),), meta={"id": "b"}),
]


def prompt(text: str, sample: int = 0) -> Prompt:
    return Prompt((Message("system", "Do."), Message("user", text)), sample=sample)


def asked(path: Path, answers: dict[str, Reply | str], rounds: int = 1) -> list[str]:
    """Fill a journal; the keys of the requests."""
    model = Scripted(lambda one: answers[one.messages[-1].content])
    with Journal(path) as journal:
        prompts = [prompt(text, number) for text in answers for number in range(rounds)]
        return [reply.key for reply in Client(model, journal).complete(prompts)]


def test_whole_replies_are_rows_and_each_is_one_once(tmp_path: Path):
    answers = {
        "a": "One.",
        "b": Reply("Tw", finish="length"),
        "c": " ",
        "d": "end <|im_end|> here",
    }
    keys = asked(tmp_path / "j.jsonl", answers, rounds=2)
    made = journal_rows([tmp_path / "j.jsonl", tmp_path / "j.jsonl"])
    assert [one.messages for one in made.rows] == [
        (*prompt("a").messages, Message("assistant", "One.")),
        (*prompt("d").messages, Message("assistant", "end < |im_end|> here")),
    ]
    assert made.rows[0].meta == {
        "task": "reply", "prompt": "", "model": "scripted", "calls": keys[:1],
    }  # fmt: skip
    reasons = [one.reason for one in made.rejects]
    assert reasons.count("not a whole reply") == 8 and reasons.count("there already") == 6


def test_of_what_was_kept_rows_say_where_they_are_from(tmp_path: Path):
    keys = asked(tmp_path / "j.jsonl", {"a": "One.", "b": "Two.", "c": "Three."})
    last = {"stage": "explain", "prompt": "explain.v1", "calls": keys[2:], "parents": ["t"]}
    first = {"stage": "generate", "prompt": "generate.v2", "calls": keys[:1]}
    made = journal_rows([tmp_path / "j.jsonl"], [Sample("x", meta={**last, "earlier": [first]})])
    assert [
        [row.meta.get(name) for name in ("task", "prompt", "parents")] for row in made.rows
    ] == [
        ["generate", "generate.v2", None],
        ["explain", "explain.v1", ["t"]],
    ]
    assert [one.reason for one in made.rejects] == ["nothing of it was kept"]
    assert journal_rows([tmp_path / "j.jsonl"], []).rows == []


def test_the_rows_of_a_stage_are_those_that_it_would_be_tuned_on(tmp_path: Path):
    """A run of extraction whose answers are gold gives the rows that gold gives."""
    stage = MarkEntities(1)
    gold = extractor_rows(TEXTS, TREE, stage).rows
    answers = {row.messages[:-1]: row.messages[-1].content for row in gold}
    with Journal(tmp_path / "j.jsonl") as journal:
        model = Client(Scripted(lambda one: answers[one.messages]), journal)
        found = list(stage(TEXTS, TREE.schema, model))
    made = journal_rows([tmp_path / "j.jsonl"], found)
    assert [row.messages for row in made.rows] == [row.messages for row in gold]
    assert [row.meta["parents"] for row in made.rows] == [["a"], ["b"]]
    write_rows(tmp_path / "rows.jsonl", made.rows)
    assert [row.messages for row in read_rows(tmp_path / "rows.jsonl")] == [
        row.messages for row in gold
    ]


def test_what_is_no_journal_is_said(tmp_path: Path):
    (tmp_path / "no.jsonl").write_text('{"text": "x"}\n')
    with pytest.raises(FewnerError, match="must begin as a journal"):
        journal_rows([tmp_path / "no.jsonl"])
