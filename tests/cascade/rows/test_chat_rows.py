"""Rows to tune a small model on."""

import json
from collections import Counter
from pathlib import Path

import pytest
from asked_models import HOSTILE, TREE, Scripted, client
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_strategies import trees

from spacy_fewner.cascade.asked.choice_prompt import Place
from spacy_fewner.cascade.asked.choose import ChooseLabels
from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.rows.chat_rows import classifier_rows, extractor_rows
from spacy_fewner.cascade.rows.dynamic import Dynamic
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.chat_rows import ChatRow, write_rows
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Message
from spacy_fewner.types import CharSpan, Sample

CASCADE = tree_of(TREE)
TEXT = "Ann Lee saw Bob in Basel."
SAMPLE = Sample(
    TEXT,
    (
        CharSpan(0, 7, "person/organist"),
        CharSpan(12, 15, "person"),
        CharSpan(19, 24, "place/town"),
        CharSpan(8, 11, "ext/verb"),
    ),
    meta={"id": "s1"},
)
NEVER = Dynamic(0, 0, 0, 0, 0)


def test_extractor_rows_are_the_stages_prompts_answered():
    stage = MarkEntities(1, guidance="Only names.", demonstrations=["[[Al]] ran."])
    (row,) = extractor_rows([SAMPLE], CASCADE, stage).rows
    assert row.messages[-1] == Message("assistant", "@@Ann Lee## saw @@Bob## in @@Basel##.")
    model = Scripted(lambda _: row.messages[-1].content)
    (found,) = stage([SAMPLE], CASCADE.schema, Client(model))
    assert model.asked[0].messages == row.messages[:-1]
    assert [span.surface(TEXT) for span in found.spans] == ["Ann Lee", "Bob", "Basel", "saw"]
    told = {"task": "mark", "prompt": "mark_entities.v1", "marks": ["@@", "##"], "parents": ["s1"]}
    assert row.meta == told


def test_spans_that_overlap_or_cross_and_texts_that_are_too_long():
    spans = (CharSpan(0, 7, "person"), CharSpan(4, 7, "person"), CharSpan(4, 15, "person"))
    sample = Sample(TEXT, spans)

    def answer(nested: bool) -> str:
        (row,) = extractor_rows([sample], CASCADE, MarkEntities(nested=nested)).rows
        return row.messages[-1].content

    assert answer(False) == "Ann @@Lee saw Bob## in Basel."
    assert answer(True) == "Ann @@@@Lee## saw Bob## in Basel."
    made = extractor_rows([sample, Sample(" "), SAMPLE], CASCADE, MarkEntities(max_chars=9))
    assert not made.rows and [one.reason for one in made.rejects] == ["too long"] * 2


def test_classifier_rows_are_the_questions_of_choosing():
    made = classifier_rows([SAMPLE], CASCADE, NEVER).rows
    assert [(row.meta["below"], row.meta["answer"]) for row in made] == [
        (None, "person"), ("person", "person/organist"), (None, "person"),
        (None, "place"), ("place", "place/town"),
    ]  # fmt: skip
    assert [json.loads(row.messages[-1].content) for row in made] == [
        {"label": one} for one in ("person", "organist", "person", "place", "town")
    ]
    assert "@@Ann Lee## saw Bob" in made[0].messages[-2].content
    how = ChooseLabels(CASCADE, unknown=False)
    model = Scripted(lambda prompt: "person")

    how.choose([Place(TEXT, 12, 15)], Client(model))

    def bag(messages):
        return messages[:-1], sorted(messages[-1].content.split("\n"))

    assert bag(model.asked[0].messages) == bag(made[2].messages[:-1])


def test_the_true_label_is_no_option_where_the_answer_is_unknown():
    made = classifier_rows([SAMPLE], CASCADE, Dynamic(0, 0, 0, replace=1.0, offer=0)).rows
    for row in made:
        shown = row.messages[-2].content.rsplit("Labels:\n", 1)[1]
        assert f"- {row.meta['label'].split('/')[-1]}" not in shown
        answer = json.loads(row.messages[-1].content)["label"]
        if row.meta["answer"] is None:
            assert f"- {answer}: none of the other labels fits" in shown
    kinds = Counter(str(row.meta["answer"]) for row in made)
    assert kinds == {"None": 4, "person/other": 1}


def test_rows_are_the_same_for_the_same_seed():
    first, again, other = (classifier_rows([SAMPLE] * 9, CASCADE, seed=s).rows for s in (1, 1, 2))
    assert first == again != other
    with pytest.raises(FewnerError, match="must be in the tree"):
        classifier_rows([Sample("Ann", (CharSpan(0, 3, "persn"),))], CASCADE)


@settings(deadline=None, max_examples=40)
@given(trees(), st.integers(0, 99), st.data())
def test_every_answer_is_one_option_of_its_question(tree, seed, data):
    label = data.draw(st.sampled_from(list(tree)))
    sample = Sample("Ann left.", (CharSpan(0, 3, label),))
    for row in classifier_rows([sample], tree, seed=seed).rows:
        answer = json.loads(row.messages[-1].content)["label"]
        shown = row.messages[-2].content.rsplit("\nLabels:\n", 1)[1].split("\n")
        names = [line for line in shown if f"{line}: ".startswith(f"- {answer}: ")]
        assert len(names) == 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_from_outside_ends_no_turn(hostile):
    sample = Sample(f"Ann {hostile}", (CharSpan(0, 3, "person"), CharSpan(4, 9, "place")))
    rows = [*extractor_rows([sample], CASCADE).rows, *classifier_rows([sample], CASCADE).rows]
    for row in rows:
        assert [one.role for one in row.messages] == [
            "system", "user", "assistant", "user", "assistant",
        ]  # fmt: skip
        assert not any("<|" in one.content or "[/INST]" in one.content for one in row.messages)
    answer = rows[0].messages[-1].content
    (found,) = MarkEntities(1)([sample], CASCADE.schema, client(lambda _: answer))
    assert (found.spans[0].start, found.spans[0].end) == (0, 3)


def test_rows_are_written_as_json_lines(tmp_path: Path):
    rows = [*extractor_rows([SAMPLE], CASCADE).rows, *classifier_rows([SAMPLE], CASCADE).rows]
    write_rows(tmp_path / "new" / "rows.jsonl", rows)
    lines = (tmp_path / "new" / "rows.jsonl").read_text("utf8").split("\n")
    assert lines.pop() == "" and list(map(json.loads, lines)) == [row.record for row in rows]
    assert set(json.loads(lines[0])) == {"messages", "meta"}
    with pytest.raises(FewnerError, match="well-formed Unicode"):
        write_rows(tmp_path / "rows.jsonl", [ChatRow((Message("user", "\ud800"),))])
    assert not (tmp_path / "rows.jsonl").exists()


def test_rows_show_demonstrations_and_never_their_own_text():
    other = Sample("Cy left.", (CharSpan(0, 2, "person/other"),), meta={"id": "s2"})
    stage = MarkEntities(1, demonstrations=["[[Cy]] left."])
    made = extractor_rows([SAMPLE, other], CASCADE, stage)
    assert [row.meta["parents"] for row in made.rows] == [["s1"]]
    assert [one.reason for one in made.rejects] == ["shown as a demonstration"]
    rows = classifier_rows([SAMPLE, other], CASCADE, NEVER, demonstrations=[SAMPLE, other]).rows
    for row in rows:
        *before, _ = (one.content for one in row.messages[:-1])
        own, shown = (TEXT, "Cy left.") if row.meta["parents"] == ["s1"] else ("Cy left.", TEXT)
        bare = [text.replace("@@", "").replace("##", "") for text in before]
        assert not any(own in text for text in bare)
        assert row.meta["below"] == "place" or any(shown in text for text in bare)


def test_rows_without_context_and_in_the_papers_form():
    rows = classifier_rows([SAMPLE], CASCADE, NEVER, context=False).rows
    assert {row.meta["prompt"] for row in rows} == {"choose_label_alone.v1"}
    assert not any(TEXT in one.content for row in rows for one in row.messages)
    (row,) = extractor_rows([SAMPLE], CASCADE, MarkEntities(bare=True)).rows
    assert row.messages == (
        Message("user", TEXT),
        Message("assistant", "##Ann Lee## saw ##Bob## in ##Basel##."),
    )
    assert row.meta["prompt"] == "mark_bare.v1"
