"""Which text stands for a label."""

import numpy as np

from spacy_fewner.pretraining.forms import TextTable
from spacy_fewner.pretraining.schemes import OpenLabel, open_label
from spacy_fewner.spans.open.texts import texts_of
from spacy_fewner.types import LabelSpec

LABEL = OpenLabel(("person", "somebody", "human"), ("Who acts.", "One who acts."))


def drawn(label: OpenLabel, times: int = 200) -> tuple[TextTable, list[list[str]]]:
    table, rng = TextTable(), np.random.default_rng(0)
    forms = table.forms(label)
    return table, [[table.texts[row] for row in forms.draw(rng)] for _ in range(times)]


def test_names_definitions_and_both_together_alternate():
    _, found = drawn(LABEL)
    alone = {texts[0] for texts in found if len(texts) == 1}
    assert alone == {
        *LABEL.names,
        *(f"{name}: {text}" for name in ("person", "somebody") for text in LABEL.definitions),
    }
    together = [texts for texts in found if len(texts) > 1]
    assert 20 < len(together) < 90
    assert all(texts[:-1] == list(LABEL.names) and ": " in texts[-1] for texts in together)


def test_a_label_without_a_definition_goes_by_its_names():
    _, found = drawn(OpenLabel(("person", "human")))
    assert {tuple(texts) for texts in found} == {("person",), ("human",)}


def test_how_a_label_is_read_in_use_is_among_its_forms():
    spec = LabelSpec("Person", "Who acts.", (), ("human",))
    _, found = drawn(open_label(spec))
    assert texts_of(spec) in found


def test_each_text_is_in_the_table_once():
    table = TextTable()
    first, second = table.forms(LABEL), table.forms(OpenLabel(("human", "place")))
    assert len(set(table.texts)) == len(table.texts)
    assert first.names[2] == second.names[0]
