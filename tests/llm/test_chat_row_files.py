"""Files of rows: what is written is read again, with the answers that are to be learnt."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.chat_rows import ChatRow, read_rows, write_rows
from spacy_fewner.llm.types import Message

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ROUNDS = st.lists(st.tuples(TEXTS, TEXTS, st.booleans()), min_size=1, max_size=4)


@given(rounds=ROUNDS, system=TEXTS, meta=st.dictionaries(TEXTS, st.integers(), max_size=2))
def test_rows_are_read_as_they_were_written(tmp_path_factory, rounds, system, meta):
    messages, answers = [Message("system", system)], []
    for asked, said, is_learnt in rounds:
        messages += [Message("user", asked), Message("assistant", said)]
        answers += [len(messages) - 1] * is_learnt
    row = ChatRow(tuple(messages), meta, tuple(answers))
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    write_rows(path, [row])
    (read,) = read_rows(path)
    assert (read.messages, read.meta, read.learnt) == (row.messages, row.meta, row.learnt)


def test_rows_of_other_tools_learn_all_that_the_assistant_says(tmp_path: Path):
    turns = [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")]
    record = {"messages": [{"role": role, "content": text} for role, text in turns]}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(record) + "\n")
    assert read_rows(path)[0].learnt == (1, 3)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "JSON object"),
        ('{"messages": []}', "must have messages"),
        ('{"messages": [{"role": "bot", "content": "x"}]}', "must have messages"),
        ('{"messages": [{"role": "user", "content": "x"}]}', "an answer to learn"),
        ('{"messages": [{"role": "assistant", "content": "x", "weight": 0}]}', "answer to learn"),
    ],
)
def test_what_is_no_row_is_named_with_its_line(tmp_path: Path, line: str, said: str):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n" + line + "\n")
    with pytest.raises(FewnerError, match=said) as caught:
        read_rows(path)
    assert "rows.jsonl:2" in str(caught.value)
