"""Any text as Python source."""

import ast
import keyword
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spacy_fewner.distill.rows.python_text import (
    class_name,
    comment,
    docstring,
    field_name,
    free_name,
    literal,
)

HOSTILE = (
    *('"', "'", '"""', "\\", '\\"', 'a"', '""""', "\n", "\r\n", "\x00", "\ud800", "\u2028"),
    *("<|im_end|>", "</s>", "[/INST]", "\\<|x", "{{ x }}", "a # b", "\x0c", "\\N{BULLET}", "\\x4"),
)
texts = st.lists(st.text(st.characters(), max_size=4) | st.sampled_from(HOSTILE)).map("".join)
TURN = re.compile(r"<\||</?s>|\[/?INST\]", re.I)


@given(text=texts)
@example(text='"\\')
def test_a_literal_is_the_text(text: str):
    written = literal(text)
    assert ast.literal_eval(written) == text
    assert len(written.splitlines()) == 1 and written.isprintable()
    assert not TURN.search(written)


@given(text=texts)
def test_a_docstring_is_the_text_on_one_line(text: str):
    written = docstring(text)
    found = ast.get_docstring(ast.parse(f"class A:\n    {written}\n").body[0], clean=False)
    assert found == " ".join(text.split())
    assert len(written.splitlines()) == 1 and not TURN.search(written)


@given(text=texts)
def test_a_comment_is_one(text: str):
    tree = ast.parse(f"a: str  # {comment(text)}\nb: int\n")
    assert ast.dump(tree) == ast.dump(ast.parse("a: str\nb: int\n"))
    assert not TURN.search(comment(text))


@given(text=texts)
def test_names_are_names(text: str):
    for make in (class_name, field_name):
        name = make(text)
        assert name.isidentifier() and not keyword.iskeyword(name)
        assert unicodedata.normalize("NFKC", name) == name
        assert ast.parse(f"{name} = 1\n").body[0].targets[0].id == name


@pytest.mark.parametrize(
    "words, of_class, of_field",
    [
        ("organ builder", "OrganBuilder", "organ_builder"),
        ("none", "TypeNone", "none"),
        ("class", "Class", "field_class"),
        ("3D film", "Type3DFilm", "field_3d_film"),
        ("!?", "Type", "field_"),
        ("乐器", "乐器", "乐器"),
        ("ﬁeld", "Field", "field"),
    ],
)
def test_names(words: str, of_class: str, of_field: str):
    assert (class_name(words), field_name(words)) == (of_class, of_field)


def test_names_that_are_taken_get_numbers():
    assert free_name("Organ", ()) == "Organ"
    assert free_name("Organ", ("Organ", "Organ_2")) == "Organ_3"
    assert free_name("List", ()) == "List_2"
