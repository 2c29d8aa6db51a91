"""Classes in Python that a model wrote: what is read, and what is left out with which reason."""

import pytest

from spacy_fewner.llm.replies.parsed import Problem
from spacy_fewner.llm.replies.python_parts import PythonClasses, PythonField
from spacy_fewner.llm.replies.python_reply import read_classes

WHOLE = '''from dataclasses import dataclass, field
from typing import List, Optional

@dataclass
class Organ:
    """
    A pipe organ, the whole instrument.

    Not the parts.
    """
    name: str  # what it is called
    # when it was built,
    # as written
    year_built: Optional[str] = None
    stops: List["Stop"] = field(default_factory=list)
    """
    The stops that it has,
    by name.
    """

@dataclass
class Stop:
    """A row of pipes."""
    mention: str

@dataclass
class Document:
    """Holds all."""
    organs: List[Organ]
    stops: list[Stop]
'''


def read(reply: str, *examples: str) -> PythonClasses:
    found = read_classes(reply, frozenset(examples))
    assert isinstance(found, PythonClasses), found
    return found


def reasons(found: PythonClasses) -> list[tuple[str, str]]:
    return [(one.reason, one.detail) for one in found.problems]


def fields(found: PythonClasses, place: int = 0) -> list[str]:
    return [one.name for one in found.classes[place].fields]


def test_names_docstrings_types_and_comments():
    found = read(WHOLE)
    organ, stop, document = found.classes
    assert (organ.name, organ.docstring) == (
        "Organ",
        "A pipe organ, the whole instrument.\n\nNot the parts.",
    )
    assert organ.fields == (
        PythonField("name", "str", "what it is called"),
        PythonField("year_built", "Optional[str]", "when it was built, as written"),
        PythonField("stops", 'List["Stop"]', "The stops that it has, by name."),
    )
    assert stop.fields == (PythonField("mention", "str", ""),)
    assert document.docstring == "Holds all."
    assert (found.wrapper, found.problems, found.cut) == ("Document", (), False)


@pytest.mark.parametrize(
    "frame",
    [
        "```python\n%s\n```",
        "```\n%s",
        "%s\n```",
        "Sure! It's this (as asked):\n\n```py\n%s```\n\nHope it's fine :)",
        "Here are the guidelines:\n\n%s\n\nThe class `Organ` (see above) has a name.",
        "1. First:\n   ```python\n%s\n   ```\n",
        "\ufeff%s",
        "~~~python\n%s\n~~~",
    ],
)
def test_fences_and_prose_around(frame):
    assert read(frame % WHOLE) == read(WHOLE)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_systems(newline):
    assert read(WHOLE.replace("\n", newline)) == read(WHOLE)


def test_code_may_be_indented_and_in_several_fences():
    first, second = WHOLE.split("@dataclass\nclass Stop")
    code = "\n".join("    " + line for line in first.split("\n"))
    reply = f"Organs:\n```python\n{code}\n```\nStops:\n```python\nclass Stop{second}\n```"
    assert read(reply) == read(WHOLE)


def test_without_decorator_docstring_or_import():
    found = read("class Organ:\n    name: str\n")
    assert (found.classes[0].docstring, fields(found), found.problems) == ("", ["name"], ())


@pytest.mark.parametrize(
    "kind",
    [
        *("str", "int", "float", "bool", "str | None", "list[str]", "typing.List[str]", "Any"),
        *("Union[str, int, None]", "Optional[List[Organ]]", "'Organ'", "List['Organ']", "Stop"),
        *("Dict[str, List[str]]", "Tuple[str, ...]", "Literal['a', 'b']", "datetime", "set"),
    ],
)
def test_types_that_are_data(kind):
    found = read(f"class Organ:\n    x: {kind}\nclass Stop:\n    y: str")
    assert found.problems == () and found.classes[0].fields[0].type == kind


@pytest.mark.parametrize(
    "kind",
    [
        *("Foo", "List[Foo]", "Callable[[], str]", "os.system", "os.system('x')", "str or int"),
        *("'open(1)'", "'List[\"Foo\"]'", "f'{x}'", "lambda: 1", "List[str][0]()", "str & int"),
        *("List[(str for str in x)]", "[str]", "{}", "1", "(x := str)", "a." * 50 + "b", "()"),
        "str" + " | str" * 200,
    ],
)
def test_a_field_of_another_type_is_left_out(kind):
    found = read(f"class Organ:\n    x: {kind}\n    name: str")
    assert fields(found) == ["name"]
    assert [one.reason for one in found.problems] == ["unknown type"]


@pytest.mark.parametrize(
    "default",
    ["None", "''", "-1", "[]", "['a', 1]", "{'a': 1}", "()", "field(default_factory=list)",
     "field(default=None, metadata={'a': 'b'})", "Field(..., description='a')"],
)  # fmt: skip
def test_a_default_that_is_data_is_passed_over(default):
    found = read(f"class Organ:\n    name: str = {default}  # its name")
    assert found.classes[0].fields == (PythonField("name", "str", "its name"),)
    assert found.problems == ()


@pytest.mark.parametrize(
    "default",
    ["open('x')", "field(default_factory=lambda: open('x'))", "[x for x in y]", "f'{x}'", "os.x",
     "(x := 1)", "field(default=open('x'))", "a.field()", "1 + 1", "name", "[open('x')]"],
)  # fmt: skip
def test_a_default_that_is_code_is_said_and_the_field_stays(default):
    found = read(f"class Organ:\n    name: str = {default}")
    assert fields(found) == ["name"]
    assert reasons(found) == [("code where data was asked", "default of name")]


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("def __post_init__(self): open('x')", "FunctionDef in Organ"),
        ("open('x')", "Expr in Organ"),
        ("x = 1", "Assign in Organ"),
        ("import os", "Import in Organ"),
        ("class Inner:\n        a: str", "ClassDef in Organ"),
        ("a.b: str", "AnnAssign in Organ"),
        ("for x in y: z", "For in Organ"),
        ("f'{x}'", "Expr in Organ"),
    ],
)
def test_code_in_a_class_is_left_out(line, detail):
    found = read(f"class Organ:\n    {line}\n    name: str")
    assert (fields(found), reasons(found)) == (["name"], [("code where data was asked", detail)])


@pytest.mark.parametrize(
    ("head", "detail"),
    [
        ("@open('x')\nclass Organ:", "decorator of Organ"),
        ("@dataclass(frozen=open('x'))\nclass Organ:", "decorator of Organ"),
        ("@x.dataclass\nclass Organ:", "decorator of Organ"),
        ("class Organ(open('x')):", "base of Organ"),
        ("class Organ(metaclass=open('x')):", "keyword of Organ"),
    ],
)
def test_code_in_the_head_of_a_class_is_said(head, detail):
    found = read(f"{head}\n    name: str")
    assert (fields(found), reasons(found)) == (["name"], [("code where data was asked", detail)])


def test_usual_heads_are_not_said():
    found = read("@dataclasses.dataclass(frozen=True)\nclass A(BaseModel, ABC):\n    name: str")
    assert found.problems == ()


def test_statements_are_left_out():
    found = read("import os\nos.system('x')\nprint(1)\nclass Organ:\n    name: str\nx = 1")
    assert [reason for reason, _ in reasons(found)] == [
        "a statement that is no class and no instance"
    ] * 4
    assert fields(found) == ["name"]


@pytest.mark.parametrize(
    "name", ["str", "List", "dataclass", "print", "__class__", "ｓtr", "field"]
)
def test_a_class_may_not_take_the_name_of_what_types_are_made_of(name):
    found = read(f"class {name}:\n    x: int\nclass Organ:\n    name: str")
    assert [one.name for one in found.classes] == ["Organ"]
    assert [one.reason for one in found.problems] == ["a name that python or typing has"]


@pytest.mark.parametrize("name", ["Match", "Generator", "Warning", "Sequence", "Größe", "机构"])
def test_types_in_the_world_may_be_called_as_something_in_python(name):
    found = read(f"class {name}:\n    x: int\nclass Organ:\n    of: List[{name}]")
    assert [one.name for one in found.classes] == [name, "Organ"] and not found.problems


def test_names_are_folded_as_python_folds_them():
    found = read("class ｏrgan:\n    ｎame: str\nclass organ:\n    a: str")
    assert (found.classes[0].name, fields(found)) == ("organ", ["name"])
    assert [one.reason for one in found.problems] == ["defined twice"]


def test_the_first_of_two_classes_or_fields_with_one_name_stays():
    found = read("class A:\n    b: str  # 1\n    b: int  # 2\nclass A:\n    c: str")
    assert [one.comment for one in found.classes[0].fields] == ["1"]
    assert reasons(found) == [("defined twice", "A"), ("defined twice", "b")]


def test_fields_of_a_base_come_first():
    found = read("class A:\n    a: str\nclass B(A):\n    b: str\nclass C(B, C, D):\n    pass")
    assert [fields(found, place) for place in range(3)] == [["a"], ["a", "b"], ["a", "b"]]


def test_a_class_without_fields_is_left_out():
    found = read("class Kind(Enum):\n    A = 1\nclass Organ:\n    kind: Kind")
    assert [one.name for one in found.classes] == ["Organ"]
    assert ("no fields", "Kind") in reasons(found)


def test_a_class_of_which_only_the_docstring_is_written_has_a_name():
    found = read('class Sport_shooter:\n    """A person who shoots."""\nclass Organ:\n    a: str')
    assert (found.classes[0].docstring, fields(found)) == ("A person who shoots.", ["name"])
    assert reasons(found) == [("no fields", "Sport_shooter")]


def test_keywords_as_names_of_fields():
    found = read("class Course:\n    class: str  # which\n    from: Optional[str]\n    in_: int\n")
    assert fields(found) == ["class", "from", "in"] and found.problems == ()


@pytest.mark.parametrize(
    ("classes", "wrapper"),
    [
        ("class A:\n    x: str\nclass B:\n    y: List[A]", "B"),
        ("class A:\n    x: str\nclass B:\n    y: A\n    z: Optional[List['A']]", "B"),
        ("class A:\n    x: str\nclass B:\n    y: List[A]\n    title: str", None),
        ("class A:\n    x: str\nclass B:\n    y: str", None),
        ("class A:\n    x: List[A]", None),
        ("class A:\n    x: str\nclass B:\n    x: List[A]\nclass C:\n    y: List[B]", "C"),
        ("class A:\n    x: str\nclass B:\n    x: str\nclass C:\n    a: List[A]\n"
         "class D:\n    a: List[Union[A, B]]", "D"),
    ],
)  # fmt: skip
def test_the_wrapper_only_holds_others(classes, wrapper):
    assert read(classes).wrapper == wrapper


def test_the_examples_of_the_prompt_are_no_answer():
    found = read(WHOLE, "Organ", "EntityA")
    assert [one.name for one in found.classes] == ["Stop", "Document"]
    assert ("copy of the example", "Organ") in reasons(found)
    copied = read_classes("class EntityA:\n    name: str", {"EntityA"})
    assert isinstance(copied, Problem) and copied.reason == "copy of the example"


def test_a_wrong_line_costs_only_itself():
    found = read(
        "class A:\n    a: str\n    b: : int\n    c: str\n\nclass B:\n    d str\n    e: int"
    )
    assert (fields(found), fields(found, 1)) == (["a", "c"], ["e"])
    assert [one.reason for one in found.problems] == ["not python", "not python"]
    assert not found.cut


def test_a_wrong_class_costs_only_itself():
    found = read("class A B:\n    a: str\nclass C:\n    a: str")
    assert [one.name for one in found.classes] == ["C"]
    assert [one.reason for one in found.problems] == ["not python"]


def test_tabs_and_spaces_mixed():
    found = read("class A:\n\ta: str\n        b: str\n    c: str\nclass B:\n    a: str")
    assert [one.name for one in found.classes] == ["A", "B"] and fields(found) == ["a", "b", "c"]


def test_typographic_quotes():
    found = read("class A:\n    “””What it is.”””\n    a: str = “b”\n    c: List[‘A’]")
    assert found.classes[0].docstring == "What it is."
    assert fields(found) == ["a", "c"] and not found.problems


CUTS = [WHOLE[:end] for end in range(WHOLE.index("name: str"), len(WHOLE), 7)]


@pytest.mark.parametrize("cut", CUTS)
def test_what_is_complete_before_a_cut_stays(cut):
    whole, found = read(WHOLE), read_classes(cut)
    if isinstance(found, Problem):
        assert "name: str" not in cut
        return
    for mine, full in zip(found.classes[:-1], whole.classes, strict=False):
        assert mine == full
    assert found.classes[-1].name in [one.name for one in whole.classes]


def test_a_cut_is_said():
    for end in ("    year", '    y: str = "abc', "    y: List[", '    """\n    The na'):
        found = read(f"class A:\n    a: str\nclass B:\n    b: str\n{end}")
        assert found.cut and fields(found, 1) == ["b"]
        assert [one.reason for one in found.problems] == ["cut short"]
    unclosed = read('class A:\n    a: str\nclass B:\n    """\n    What it')
    assert unclosed.cut and [one.name for one in unclosed.classes] == ["A"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty reply"),
        (" \n\t", "empty reply"),
        ("I'm sorry, but I can't do that.", "refusal"),
        ("The text is about organs (pipe organs).", "no items"),
        ("```python\n```", "no items"),
        ('```json\n{"organs": [{"name": "a"}]}\n```', "json where python was asked"),
        ('[{"name": "a"}, {"name": "b"}]', "json where python was asked"),
        ("result_instances = [Organ(name='a')]", "a statement that is no class and no instance"),
        ("class A:\n    pass", "no fields"),
        ("class A:\n    a: Foo", "unknown type"),
        ("class A\n    a: str", "not python"),
        ("# only a comment", "no items"),
        ("class A:\n    a: str\x00", "null character"),
        ("class A:\n    a: str" + " " * 65536, "too long"),
        ("é" * 40_000, "too long"),
        ("[" * 51, "nested too deeply"),
        ("class A:\n    a: " + "List[" * 51 + "str" + "]" * 51, "nested too deeply"),
        ("(" * 2**20, "too long"),
    ],
)
def test_a_reply_without_classes_has_a_reason(reply, reason):
    found = read_classes(reply)
    assert isinstance(found, Problem) and (found.reason, found.source) == (reason, reply)


def test_brackets_in_strings_nest_nothing():
    assert read(f"class A:\n    '''{'(' * 100}'''\n    a: str  # {'[' * 100}").problems == ()


def test_halves_of_surrogates_never_come_out():
    found = read("class A:\n    '''\\ud800 \ud801 \\ud83d\\ude00'''\n    a: str  # \udfff")
    assert found.classes[0].docstring == "\ufffd \ufffd \U0001f600"
    assert found.classes[0].fields[0].comment == "\ufffd"
