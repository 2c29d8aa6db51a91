"""What is counted of rows, and how it is said."""

from spacy_fewner.distill.rows.statistics import row_statistics
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.llm.types import Message


def row(asked: str, *answers: str, **meta: object) -> ChatRow:
    turns = tuple(Message("assistant", one) for one in answers)
    learnt = tuple(range(1, 1 + len(answers)))
    return ChatRow((Message("user", asked), *turns), dict(meta), learnt)


ROWS = [
    row("Text: Ann left.", '["Ann"]', "[]", task="conversation", prompt="conversation.v1"),
    row("Text: Ann left.", '["Ann"]', "[]", task="conversation", prompt="conversation.v1"),
    row("Text: Bo left.", " \n", task="mark", prompt="mark_entities.v1"),
    row("Who?", "Ann."),
]


def test_rows_are_counted():
    found = row_statistics(ROWS)
    assert (found.rows, found.texts, found.duplicates) == (4, 3, 1)
    assert found.tasks == {"conversation": 2, "mark": 1, "unknown": 1}
    assert found.prompts == {"conversation.v1": 2, "mark_entities.v1": 1, "unknown": 1}
    assert (found.answers, found.none, found.empty) == (6, 2, 1)
    assert found.lengths == []


def test_tokens_are_the_tokenizers():
    found = row_statistics(ROWS, lambda chat: sum(len(one.content.split()) for one in chat))
    assert found.lengths == [5, 5, 3, 2]
    assert "15 tokens; a row 5 in the middle, 5 at most" in found.to_text()


def test_what_is_wrong_is_said_and_nothing_else():
    text = row_statistics(ROWS).to_text()
    assert text.splitlines()[0] == "4 rows (conversation 2, mark 1, unknown 1) of 3 texts"
    assert "1 answers are empty" in text
    assert "1 rows are there twice" in text
    assert "tokens" not in text
    assert row_statistics(ROWS[3:]).to_text().splitlines() == [
        "1 rows (unknown 1) of 1 texts",
        "1 answers to learn",
    ]
