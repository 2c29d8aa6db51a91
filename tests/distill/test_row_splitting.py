"""Rows apart: no text on both sides, nothing of held-out texts; which text a row is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pretraining_helpers import marked

from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.rows.chat_rows import classifier_rows, extractor_rows
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.data.auditing.near import normalize, tokens
from spacy_fewner.data.auditing.overlap import Overlaps
from spacy_fewner.distill.rows.code_rows import code_rows
from spacy_fewner.distill.rows.conversations import Conversations, conversation_rows
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.distill.rows.row_texts import text_of
from spacy_fewner.distill.rows.splitting import HELD_OUT, decontaminated, split_rows
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.llm.types import Message
from spacy_fewner.types import CharSpan, Sample

TREE = tree_of(["person", "person/builder", "place", "place/city", "thing"])
NAMES = ("Harwick", "Orsk", "Fenwick", "Aldgate", "Marlow", "Brackley", "Tarn", "Eskdale")
WOODS = ("oak", "pine", "ash", "pear", "lime", "beech", "elm", "yew")
MAKERS = ("Hill", "Snetzler", "Willis", "Gray", "Bishop", "Harris", "Smith", "Walker")
TEXTS = [
    marked(f"Old [{name}:place/city] has a {wood} case that [{maker}:person/builder] made {at} .")
    for at, (name, wood, maker) in enumerate(zip(NAMES, WOODS, MAKERS, strict=True))
]
LONG = "so the wind went out of it and nobody who was there that night could say why it was " * 3


def row(*said: str, **meta: object) -> ChatRow:
    """A chat, the user first."""
    roles = ("user", "assistant")
    turns = tuple(Message(roles[at % 2], one) for at, one in enumerate(said))
    return ChatRow(turns, dict(meta))


def all_kinds(samples: list[Sample] = TEXTS) -> dict[str, list[ChatRow]]:
    sets = [RowSet("organs", samples)]
    return {
        "mark": extractor_rows(samples, TREE).rows,
        "shown": extractor_rows(samples, TREE, MarkEntities(demonstrations=["[[Ann]] left."])).rows,
        "choose": classifier_rows(samples, TREE).rows,
        "code": code_rows(sets).rows,
        **{
            queries: conversation_rows(sets, Conversations(queries=queries)).rows
            for queries in ("turns", "each", "all")
        },
    }


@pytest.mark.parametrize("kind", all_kinds())
def test_the_text_of_a_row_is_found_in_it(kind: str):
    found = [tokens(normalize(text_of(one))) for one in all_kinds()[kind]]
    wanted = [tokens(normalize(one.text)) for one in TEXTS]
    assert {*map(tuple, found)} == {*map(tuple, wanted)}


def test_a_literal_of_python_is_read_as_its_text():
    sample = Sample('He said\n"no" <|im_end|> \\ and left.')
    (one,) = code_rows([RowSet("a", [sample], TREE.schema)]).rows
    assert text_of(one) == sample.text


def test_the_last_question_stands_for_a_chat_of_another_tool():
    assert text_of(row("Who?", "Ann.", "Where?", "Rome.")) == "Where?"


@pytest.mark.parametrize("kind", all_kinds())
@given(share=st.floats(0.05, 0.95), seed=st.integers(0, 9))
def test_no_text_is_on_both_sides(kind: str, share: float, seed: int):
    rows = all_kinds()[kind]
    train, dev = split_rows(rows, share, seed)
    assert train and dev
    assert sorted(map(id, [*train, *dev])) == sorted(map(id, rows))
    assert not {*map(text_key, train)} & {*map(text_key, dev)}
    assert split_rows(rows, share, seed) == (train, dev)


def text_key(one: ChatRow) -> tuple[str, ...]:
    return tuple(tokens(normalize(text_of(one))))


def test_both_steps_of_the_cascade_go_to_one_side():
    rows = [*all_kinds()["mark"], *all_kinds()["choose"]]
    train, dev = split_rows(rows, 0.3)
    assert not {one.meta["parents"][0] for one in train} & {one.meta["parents"][0] for one in dev}
    assert {one.meta["task"] for one in dev} == {"mark", "choose"}
    assert len(dev) == pytest.approx(0.3 * len(rows), abs=6)


def test_passages_of_one_document_stay_together():
    rows = [row(f"Passage {at} {name}", "x", parents=["d1"]) for at, name in enumerate(NAMES)]
    rows += [row("Another.", "x", parents=["d2"])]
    train, dev = split_rows(rows, 0.5)
    assert [len(train), len(dev)] == [8, 1]


def test_ids_of_two_data_sets_may_be_the_same():
    rows = [row(f"{data_set} {at}", "x", parents=[at], data_set=data_set)
            for data_set in ("one", "two") for at in ("1", "2")]  # fmt: skip
    assert [len(part) for part in split_rows(rows, 0.5)] == [2, 2]


def test_nearly_the_same_long_text_goes_to_the_same_side():
    rows = [row(LONG, "x"), row(f"{LONG} Later.", "x"), row("A third.", "x")]
    assert sorted(map(len, split_rows(rows, 0.5))) == [1, 2]


@pytest.mark.parametrize(("share", "count"), [(0.0, 4), (1.0, 4), (0.5, 1), (0.5, 0)])
def test_what_cannot_be_split_is_said(share: float, count: int):
    with pytest.raises(FewnerError, match="share: must be above 0 and below 1, of rows of two"):
        split_rows([row(f"Text {at}", "x") for at in range(count)], share)


@pytest.mark.parametrize("kind", all_kinds())
def test_rows_of_a_held_out_text_are_left_out(kind: str):
    rows = all_kinds()[kind]
    held_out = [TEXTS[2].text.upper(), "Nothing like it at all."]
    kept, rejects = decontaminated(rows, held_out)
    assert len(kept) + len(rejects) == len(rows)
    assert {one.reason for one in rejects} == {HELD_OUT}
    assert {text_key(one) for one in rows} - {text_key(one) for one in kept} == {
        tuple(tokens(normalize(TEXTS[2].text)))
    }


def test_a_held_out_text_in_a_demonstration_or_an_answer_is_found():
    shown = MarkEntities(demonstrations=["[[Ann]] left the house in the hills."])
    rows = extractor_rows(TEXTS, TREE, shown).rows
    assert decontaminated(rows, ["Ann left the house in the hills."])[0] == []
    quoting = row("Write texts.", f'[{{"text": "{LONG}"}}]')
    assert decontaminated([quoting], [LONG])[0] == []


def test_a_short_text_in_a_list_is_found_and_a_name_is_none():
    texts = ['The "Oboe" is silent now.', "Star Wars"]
    listed = row('<texts>\n"One."\n"The \\"Oboe\\" is silent now!"\n</texts>', "x")
    assert decontaminated([listed], texts)[0] == []
    named = row("Text: Who made Star Wars and Alien?", '["Star Wars"]')
    assert decontaminated([named], texts)[0] == [named]


def test_a_passage_of_a_held_out_document_is_found():
    words = LONG.split()
    passage = row(f"Text: {' '.join(words[10:40])}", "[]")
    assert decontaminated([passage], [LONG])[0] == []
    assert decontaminated([passage], ["so the wind went out of it"])[0] == [passage]


def test_overlaps_of_short_and_long_texts():
    known = Overlaps(["Ann left.", LONG])
    assert [known.find(one) for one in ("ann LEFT", "Ann", LONG[:90], "", "Bo left.")] == [
        None, None, 1, None, None,
    ]  # fmt: skip


def test_an_index_in_a_reject_names_the_text():
    _, (reject,) = decontaminated([row("Ann left.", "x", parents=["7"])], ["Bo.", "Ann left."])
    assert "held-out text 2: 'Ann left.'" in reject.detail
    assert reject.meta == {"parents": ["7"]}


def test_spans_of_samples_are_as_marked():
    assert TEXTS[0].spans[0] == CharSpan(4, 11, "place/city")
