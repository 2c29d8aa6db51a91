"""What is changed at random in code rows, how often, and that evaluation is left alone."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from code_reading import classes, instances, text_of
from pretraining_helpers import marked

from spacy_fewner.distill.rows.code_rows import CodeRows, code_rows
from spacy_fewner.distill.rows.deleted_sentences import without_sentences
from spacy_fewner.distill.rows.regularisers import NONE, Regularisers
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.types import LabelSpec, Schema

KINDS = [f"kind{n}x" for n in range(10)]
SCHEMA = Schema(tuple(LabelSpec(kind, f"Meaning of {kind}.") for kind in KINDS))
TEXT = marked(" ".join(f"[word{n}:{kind}]" for n, kind in enumerate(KINDS[:5])) + " .")
MANY = RowSet("many", [TEXT] * 400, SCHEMA, {KINDS[0]: ("First way.", "Second way.")})


def rows_of(one: RowSet = MANY, how: dict[str, Any] | None = None, **changes: Any) -> list[ChatRow]:
    off = {"shuffle": False, "dropout": 0, "paraphrase": False, "label_noise": (0,), "examples": 0}
    return code_rows([one], CodeRows(Regularisers(**{**off, **changes}), **(how or {}))).rows


def test_dropout_hits_positives_and_takes_their_annotations():
    rows = rows_of(dropout=0.15)
    left_out = Counter(label for row in rows for label in row.meta["left_out"])
    assert left_out.total() / 4000 == pytest.approx(0.15, abs=0.02)
    assert all(0.1 < left_out[kind] / 400 < 0.2 for kind in KINDS)
    for row in rows:
        kept = [kind for kind in KINDS if kind not in row.meta["left_out"]]
        assert list(row.meta["classes"].values()) == kept
        assert [label for label, _ in instances(row)] == [k for k in kept if k in KINDS[:5]]


def test_one_type_is_never_dropped():
    rows = rows_of(dropout=1)
    assert {len(classes(row)) for row in rows} == {1}
    assert len({next(iter(classes(row))) for row in rows}) == 10


def test_shuffled_guidelines():
    first = Counter(next(iter(row.meta["classes"].values())) for row in rows_of(shuffle=True))
    assert set(first) == set(KINDS) and max(first.values()) < 80
    assert {tuple(row.meta["classes"].values()) for row in rows_of()} == {tuple(KINDS)}


@pytest.mark.parametrize("seed, rate", [(0, 0.15), (1, 0.5), (2, 0.75), (3, 0.15)])
def test_label_noise_by_seed(seed: int, rate: float):
    rows = rows_of(how={"seed": seed}, label_noise=Regularisers().label_noise)
    noisy = [name for row in rows for name in row.meta["classes"] if name.startswith("LABEL_")]
    assert len(noisy) / 4000 == pytest.approx(rate, abs=0.03)
    row = rows[0]
    for place, (name, label) in enumerate(row.meta["classes"].items(), 1):
        assert name in (f"LABEL_{place}", label.capitalize())
        assert classes(row)[name] == f"Meaning of {label}."
    assert [label for label, _ in instances(row)] == KINDS[:5]


def test_label_noise_goes_on_with_each_pass():
    rows = rows_of(how={"passes": 3}, label_noise=(0, 1, 0))
    noisy = [sum(name.startswith("LABEL_") for name in row.meta["classes"]) for row in rows]
    assert noisy == [0] * 400 + [10] * 400 + [0] * 400


def test_passes_are_changed_each_anew():
    rows = rows_of(RowSet("one", [TEXT], SCHEMA), {"passes": 4}, shuffle=True)
    assert len({tuple(row.meta["classes"].values()) for row in rows}) == 4


def test_masked_classes_are_told_apart():
    rows = rows_of(masking=0.3)
    masked = [n for row in rows for n in row.meta["classes"] if n.startswith("MaskedClass")]
    assert len(masked) / 4000 == pytest.approx(0.3, abs=0.03)
    assert all(len(row.meta["classes"]) == 10 for row in rows)
    assert [label for label, _ in instances(rows[0])] == KINDS[:5]


def test_what_has_no_definition_keeps_its_name():
    one = RowSet("bare", [TEXT])
    names = {name for row in rows_of(one, label_noise=(1,), masking=1) for name in classes(row)}
    assert names == {kind.capitalize() for kind in KINDS[:5]}


def test_paraphrases():
    said = Counter(classes(row)["Kind0x"] for row in rows_of(paraphrase=True))
    assert set(said) == {"Meaning of kind0x.", "First way.", "Second way."}
    assert min(said.values()) > 90
    assert {classes(row)["Kind0x"] for row in rows_of()} == {"Meaning of kind0x."}


def test_such_as_at_most_five():
    texts = [marked(f"[word{n % 12}:a] [only:b] .") for n in range(60)]
    one = RowSet("s", texts, Schema((LabelSpec("a", "x", ("given",)), LabelSpec("b"))))
    for row in rows_of(one, examples=5):
        of_a, of_b = (
            line.partition("Such as: ")[2].split(", ")
            for line in row.messages[1].content.splitlines()
            if line.startswith("    span")
        )
        assert len(set(of_a)) == 5 and of_b == ['"only"']
    shown = " ".join(row.messages[1].content for row in rows_of(one, examples=5))
    assert '"given"' in shown
    assert "Such as" not in " ".join(row.messages[1].content for row in rows_of(one))
    with pytest.raises(FewnerError, match="examples: must be a whole number from 0 to 5"):
        Regularisers(examples=6)


def test_deleted_sentences_leave_their_types():
    text = marked(" ".join(f"So [word{n}:kind{n}x] went. " for n in range(10)))
    rows = rows_of(RowSet("s", [text] * 200, SCHEMA), deletion=0.5)
    left = Counter(len(instances(row)) for row in rows)
    assert left[10] / 200 == pytest.approx(0.5, abs=0.12)
    assert set(left) == {6, 7, 8, 9, 10}
    for row in rows:
        assert len(classes(row)) == 10
        assert all(values["span"] in text_of(row) for _, values in instances(row))
        assert text_of(row).count("So word") == len(instances(row))


def test_a_sentence_goes_with_all_that_is_in_it_and_is_not_cut_within_a_span():
    text = marked("[Dr. Ada:a] and [Bo:b] sang. [Cy:c] left.\nOn and on.")
    seen = set()
    for seed in range(20):
        found = without_sentences(text, np.random.default_rng(seed))
        seen.add((found.text, tuple(one.surface(found.text) for one in found.spans)))
    assert seen == {
        ("Cy left. On and on.", ("Cy",)),
        ("Dr. Ada and Bo sang. On and on.", ("Dr. Ada", "Bo")),
    }
    for whole in (marked("[Ada:a] sang."), marked("Nobody sang. Nobody.")):
        assert without_sentences(whole, np.random.default_rng(0)) is whole


def test_evaluation_rows_are_untouched_by_all_of_it():
    all_of_it = Regularisers(True, 0.9, True, (0.9,), 5, 0.9, 0.9)
    how = CodeRows(all_of_it, evaluation=True, passes=3, curriculum="length", seed=5)
    text = marked("[a:kind0x] one. [b:kind1x] two.")
    one = RowSet("s", [TEXT, text], SCHEMA, {KINDS[0]: ("First way.",)})
    rows = code_rows([one], how).rows
    assert rows == code_rows([one], CodeRows(NONE, evaluation=True)).rows
    assert [text_of(row) for row in rows] == [TEXT.text, text.text]
    for row in rows:
        assert classes(row) == {k.capitalize(): f"Meaning of {k}." for k in KINDS}
        assert "Such as" not in row.messages[1].content


def test_the_same_for_the_same_seed():
    short = RowSet("s", [TEXT] * 3, SCHEMA)
    one, same, other = (code_rows([short], CodeRows(seed=seed)).rows for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("name", ["dropout", "masking", "deletion"])
def test_chances_are_chances(name: str):
    with pytest.raises(FewnerError, match=f"{name}: must be a number from 0 to 1"):
        Regularisers(**{name: 1.5})


@pytest.mark.parametrize("noise", [(), (0.1, 2)])
def test_label_noise_is_chances(noise: tuple[float, ...]):
    with pytest.raises(FewnerError, match="label_noise: "):
        Regularisers(label_noise=noise)
