"""Code rows: guidelines, text, result; what is asked about, and what is answered."""

import ast
from collections import Counter
from typing import Any

import pytest
from code_reading import classes, instances, module, text_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pretraining_helpers import marked

from spacy_fewner.distill.rows.code_rows import CodeRows, code_rows
from spacy_fewner.distill.rows.regularisers import NONE, Regularisers
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.errors import FewnerError
from spacy_fewner.grounding.mentions import Mention, ground
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

SCHEMA = Schema(
    (
        LabelSpec("field_athlete", "Who jumps\nor throws."),
        LabelSpec("PER", "A human being.", ("Ann",)),
        LabelSpec("LOC", 'A "place"'),
        LabelSpec("river"),
    )
)
TEXTS = [
    marked("[Ada:PER] threw in [Rome:LOC] , and [Ada:PER] won ; [Ada:field_athlete] !"),
    marked("Nobody went ."),
]
SPORT = RowSet("sport", TEXTS, SCHEMA)


def rows_of(*sets: RowSet, changes: Regularisers = NONE, **how: Any) -> list[ChatRow]:
    return code_rows(sets, CodeRows(changes, **how)).rows


def test_guidelines_text_and_result():
    row, bare = rows_of(SPORT)
    assert [one.role for one in row.messages] == ["system", "user", "assistant"]
    assert classes(row) == {
        "FieldAthlete": "Who jumps or throws.",
        "Person": "A human being.",
        "Location": 'A "place"',
        "River": "river.",
    }
    assert text_of(row) == TEXTS[0].text
    assert instances(row) == [
        ("PER", {"span": "Ada"}),
        ("LOC", {"span": "Rome"}),
        ("PER", {"span": "Ada"}),
        ("field_athlete", {"span": "Ada"}),
    ]
    assert row.messages[2].content.startswith('[\n    Person(span="Ada"),\n')
    assert row.meta["left_out"] == [] and row.meta["classes"]["Person"] == "PER"
    assert (bare.messages[2].content, instances(bare)) == ("[]", [])


texts = st.text(st.characters(), max_size=30)
names = st.text(st.characters(), min_size=1, max_size=8) | st.sampled_from(
    ["class", "None", "a b", "a_b", "A B", "text", "List", '"""', "\\", "\ud800", "x\ny", "LABEL_1"]
)


@settings(max_examples=100, deadline=None)
@given(
    text=texts,
    labels=st.lists(names, min_size=1, max_size=5, unique=True),
    definitions=st.lists(texts, min_size=5, max_size=5),
    places=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9), st.integers(0, 4))),
    seed=st.integers(0, 99),
)
def test_any_text_label_and_definition_is_valid_python(text, labels, definitions, places, seed):
    schema = Schema(tuple(map(LabelSpec, labels, definitions)))
    spans = {
        CharSpan(start, min(len(text), start + size), labels[kind % len(labels)])
        for start, size, kind in places
        if text[start : start + size].strip()
    }
    sample = Sample(text, tuple(spans))
    changes = Regularisers(dropout=0, label_noise=(0.3,), masking=0.3)
    for evaluation in (False, True):
        how = CodeRows(changes, evaluation=evaluation, seed=seed)
        for row in code_rows([RowSet("s", [sample], schema)], how).rows:
            assert text_of(row) == text
            assert len(classes(row)) == len(row.meta["classes"]) == len(labels)
            assert {*row.meta["classes"].values()} == {*labels}
            said = [(label, values["span"]) for label, values in instances(row)]
            wanted = [(one.label, one.surface(text).strip()) for one in sorted(spans)]
            assert sorted(said) == sorted(pair for pair in wanted if pair[1])


words = st.lists(st.sampled_from(["Ada", "Bo", "Rome", "Oslo", "sang"]), min_size=1, max_size=12)


@settings(deadline=None)
@given(words=words, kinds=st.lists(st.sampled_from(["PER", "LOC", ""]), min_size=12, max_size=12))
def test_spans_can_be_read_back_from_the_result(words: list[str], kinds: list[str]):
    sample = marked(" ".join(f"[{w}:{k}]" if k else w for w, k in zip(words, kinds, strict=False)))
    (row,) = rows_of(RowSet("s", [sample], SCHEMA))
    listed = [Mention(values["span"], label) for label, values in instances(row)]
    found = ground(text_of(row), listed, ordered=True, purpose="inference")
    annotated = Counter((one.label, one.surface(sample.text)) for one in sample.spans)
    assert Counter((one.label, one.surface(sample.text)) for one in found.spans) == annotated
    if all(kinds[at] == kinds[words.index(word)] for at, word in enumerate(words)):
        assert set(found.spans) == set(sample.spans)


def test_discovered_sets_are_asked_about_their_own_types_and_some_absent_ones():
    texts = [marked(f"[Ada:kind {n}x] .", asked="types") for n in range(60)]
    rows = rows_of(RowSet("open", texts), least=3)
    assert {len(classes(row)) for row in rows} == {4}
    assert all(f"kind {n}x" in row.meta["classes"].values() for n, row in enumerate(rows))
    assert {len(classes(row)) for row in rows_of(RowSet("open", texts), negatives="none")} == {1}
    closed = RowSet("closed", [marked(f"[Ada:kind {n}x] .") for n in range(60)])
    assert {len(classes(row)) for row in rows_of(closed, least=3)} == {4}
    assert {len(classes(row)) for row in rows_of(closed, most_types=60)} == {60}


def test_texts_without_a_type_to_ask_about_are_told():
    made = code_rows([RowSet("s", [marked("Nobody went .")])], CodeRows(NONE))
    assert made.rows == [] and [one.reason for one in made.rejects] == ["no type is known"]


def test_long_texts_are_split_on_request():
    text = marked("[Ada:PER] saw [Rome:LOC] . [Bo:PER] saw nothing .")
    rows = rows_of(RowSet("s", [text], SCHEMA), max_tokens=5)
    assert [text_of(row) for row in rows] == ["Ada saw Rome .", "Bo saw nothing ."]
    assert [len(instances(row)) for row in rows] == [2, 1]
    assert len(rows_of(RowSet("s", [text], SCHEMA))) == 1


def test_short_texts_or_few_types_first():
    texts = [marked(f"{'so ' * n}[x:a{n % 3}x] [y:b{n}x] .", asked="types") for n in (9, 2, 5)]
    texts.append(marked("so so so [z:c] .", asked="types"))
    one = RowSet("s", texts)
    lengths = [len(text_of(row)) for row in rows_of(one, curriculum="length")]
    assert lengths == sorted(lengths) != [len(text_of(row)) for row in rows_of(one)]
    by_types = rows_of(one, curriculum="types", negatives="none")
    assert [len(classes(row)) for row in by_types] == [1, 2, 2, 2]


@pytest.mark.parametrize(
    "argument, value",
    [
        ("curriculum", "hard"),
        ("max_tokens", 0),
        ("most_types", 0),
        ("passes", 0),
        ("seed", -1),
        ("negatives", "x"),
    ],
)
def test_bad_settings_are_named(argument: str, value: Any):
    with pytest.raises(FewnerError, match=f"^{argument}: "):
        CodeRows(**{argument: value})


TEXT = "The organ in Freiberg was built by Gottfried Silbermann in 1714. It has the stop Oboe."
BUILT = {"type": "organ builder", "values": {"name": "Gottfried Silbermann", "born": "1683"}}
ORGAN = {
    "type": "organ",
    "values": {
        "name": "the organ",
        "year built": 1714,
        "builder": BUILT,
        "stops": ["Oboe", "Trumpet"],
        "restored": False,
        "class": "a tracker",
    },
}
GUIDELINES = [
    {
        "name": "organ",
        "definition": "An instrument\nwith pipes.",
        "fields": [
            {"name": "name", "definition": "how it is called"},
            {"name": "year built", "definition": "when"},
            {"name": "builder", "definition": "who made it"},
            {"name": "stops", "definition": ""},
        ],
    },
    {
        "name": "organ builder",
        "definition": "A maker of organs.",
        "fields": [{"name": "name", "definition": "the name"}],
    },
    {"name": "wind chest", "definition": "Holds the wind.", "fields": []},
]


def discovered(text: str = TEXT, **meta: Any) -> Sample:
    at = text.index("organ")
    spans = (CharSpan(at, at + 5, "organ"),)
    own = {"asked": "guidelines", "guidelines": GUIDELINES, "instances": [ORGAN]}
    return Sample(text, spans, meta={**own, **meta})


def test_types_with_fields():
    (row,) = rows_of(RowSet("d", [discovered()]))
    assert instances(row) == [
        (
            "organ",
            {
                "name": "The organ",
                "year_built": "1714",
                "builder": ("organ builder", {"name": "Gottfried Silbermann"}),
                "stops": ["Oboe"],
            },
        )
    ]
    assert classes(row) == {
        "Organ": "An instrument with pipes.",
        "OrganBuilder": "A maker of organs.",
        "WindChest": "Holds the wind.",
    }
    organ, _, chest = (one for one in module(row).body if isinstance(one, ast.ClassDef))
    fields = {ast.unparse(one) for one in organ.body[1:]}
    assert fields == {
        "name: str", "year_built: str", "builder: 'OrganBuilder'", "stops: List[str]",
    }  # fmt: skip
    assert [ast.unparse(one) for one in chest.body[1:]] == ["span: str"]
    assert "    year_built: str  # when\n" in row.messages[1].content


def test_an_instance_of_a_dropped_type_leaves_what_stands_in_it():
    one = RowSet("d", [discovered()])
    seen = set()
    for seed in range(30):
        (row,) = rows_of(one, changes=Regularisers(dropout=0.5, label_noise=(0,)), seed=seed)
        kept = frozenset(row.meta["classes"].values())
        found = instances(row)
        if "organ" not in kept:
            silbermann = ("organ builder", {"name": "Gottfried Silbermann"})
            assert found == ([silbermann] if "organ builder" in kept else [])
        else:
            assert ("builder" in found[0][1]) == ("organ builder" in kept)
        seen.add(kept)
    assert len(seen) > 4


@pytest.mark.parametrize(
    "broken",
    [None, "x", [1, None, {"type": 3}], [{"type": "organ", "values": "x"}], [{"type": "organ"}]],
)
def test_instances_that_are_none_are_passed_over(broken: Any):
    (row,) = rows_of(RowSet("d", [discovered(instances=broken)]), negatives="none")
    own = [("organ", {"span": "organ"})] if not isinstance(broken, list) else []
    assert instances(row) == own


def test_instances_deep_in_one_another_are_cut_off():
    record: dict[str, Any] = {"type": "organ", "values": {"name": "Oboe"}}
    for _ in range(600):
        record = {"type": "organ", "values": {"name": "organ", "part": record}}
    (row,) = rows_of(RowSet("d", [discovered(instances=[record])]), negatives="none")
    assert module(row) and row.messages[2].content.count("Organ(") == 51
