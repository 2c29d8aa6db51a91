"""Instances in Python that a model wrote: what is read, and what is left out with which reason."""

import pytest

from spacy_fewner.llm.replies.parsed import Problem
from spacy_fewner.llm.replies.python_parts import PythonClasses, PythonInstance, PythonInstances
from spacy_fewner.llm.replies.python_reply import read_classes, read_instances

CLASSES = read_classes(
    "class Organ:\n    name: str\n    year: Optional[str]\n    stops: List['Stop']\n"
    "class Stop:\n    mention: str\n    class: str\n"
    "class Document:\n    organs: List[Organ]\n    stops: List[Stop]"
)
assert isinstance(CLASSES, PythonClasses)


def read(reply: str, *examples: str) -> PythonInstances:
    assert isinstance(CLASSES, PythonClasses)
    found = read_instances(reply, CLASSES, frozenset(examples))
    assert isinstance(found, PythonInstances), found
    return found


def organ(**values) -> PythonInstance:
    return PythonInstance("Organ", values)


def stop(mention: str) -> PythonInstance:
    return PythonInstance("Stop", {"mention": mention})


def reasons(found: PythonInstances) -> list[tuple[str, str]]:
    return [(one.reason, one.detail) for one in found.problems]


A, B = organ(name="a", year="1714"), organ(name="b")
WRITTEN = "Organ(name='a', year='1714'), Organ(name='b')"


@pytest.mark.parametrize(
    "frame",
    [
        "result_instances = [%s]",
        "result_instances: list = [\n    %s,\n]\n",
        "[%s]",
        "%s",
        "instances = (%s,)",
        "```python\nresult_instances = [%s]\n```",
        "Here they are (it's all):\n\n```\nresult_instances = [%s]\n```\nAnything else?",
        "Here they are:\nresult_instances = [%s]\nThat's all (I think).",
        "from x import y\n" * 0 + "import dataclasses\nresult_instances = [%s]",
        "@dataclass\nclass Organ:\n    name: str\n\nresult_instances = [%s]\nresult_instances",
        "result_instances = [Document(organs=[%s])]",
        "document = Document(organs=[%s], stops=[])",
        "Document([%s])",
        "text = 'a b'\n\nresult_instances = [[%s], []]",
        "result_instances = [\n# organs\n%s # both\n]",
        "    result_instances = [%s]",
    ],
)
def test_all_forms_say_the_same(frame):
    found = read(frame % WRITTEN)
    assert (found.instances, found.problems, found.cut) == ((A, B), (), False)


def test_calls_one_by_one():
    assert read("Organ(name='a', year='1714')\nOrgan('b')").instances == (A, B)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'x'", "x"), ("'x' 'y'", "xy"), ('"""x\ny"""', "x\ny"), ("'\\d'", "\\d"), ("''", ""),
        ("1714", 1714), ("-1.5", -1.5), ("+1", 1), ("True", True), ("None", None), ("1_0", 10),
        ("null", None), ("true", True), ("['a', ['b']]", ["a", ["b"]]), ("('a',)", ["a"]),
        ("{'k': 'a', 'l': 'b'}", ["a", "b"]), ("{'a'}", ["a"]), ("[]", []), ("r'\\n'", "\\n"),
        ("Stop('s')", stop("s")), ("[Stop('s')]", [stop("s")]), ("'“x”'", "“x”"),
        ("'\\ud800'", "\ufffd"), ("'\\ud83d\\ude00'", "\U0001f600"), ("'\\N{DASH}'", "\\N{DASH}"),
        ("'北京'", "北京"), ("'#'", "#"), ("'\\x00'", "\x00"),
    ],
)  # fmt: skip
def test_values_that_are_data(written, value):
    if "N{" in written:
        value, written = "–", "'\\N{EN DASH}'"
    assert read(f"Organ(name={written})") == PythonInstances((organ(name=value),))


@pytest.mark.parametrize(
    "written",
    [
        "f'{x}'", "[x for x in y]", "{x: x for x in y}", "(x := 1)", "lambda: 1", "x", "x.y",
        "'a' + 'b'", "'a' * 9", "'%s' % 1", "'a'.upper()", "1 if x else 2", "not 1", "~1", "-'a'",
        "-True", "-x", "x[0]", "b'a'", "1j", "...", "9e999", "-9e999", "9" * 31, "0x" + "f" * 300,
        "a < b", "a and b", "await x", "(yield)", "(x for x in y)", "__name__",
        "().__class__", "'{0.__class__}'.format(1)",
    ],
)  # fmt: skip
def test_values_that_are_code_are_left_out(written):
    found = read(f"result_instances = [Organ(year='1', stops={written})]")
    assert found.instances == (organ(year="1"),)
    assert [one.reason for one in found.problems] in (
        ["code where data was asked"],
        ["unknown class"],
        ["not python"],
    )


@pytest.mark.parametrize(
    ("call", "detail"),
    [("open('x')", "open"), ("Foo(a=1)", "Foo"), ("os.system('x')", "call"), ("Organ()(1)", "call"),
     ("print(Organ('a'))", "print"), ("Organ.x('a')", "call"), ("int('9' * 10**5)", "int"),
     ("Organ['a']('a')", "call"), ("(lambda: Organ('a'))()", "call"), ("str('a')", "str")],
)  # fmt: skip
def test_calls_of_anything_else_are_left_out(call, detail):
    found = read(f"result_instances = [{call}, Organ('b')]\n{call}")
    assert found.instances == (B,)
    assert reasons(found) == [("unknown class", detail)] * 2


def test_arguments_that_no_field_has_are_left_out():
    found = read("Organ('b', None, [], 4, x='c', *y, **z)\nOrgan(name='b', name='c')")
    assert found.instances[0] == organ(name="b", year=None, stops=[])
    assert reasons(found)[:4] == [
        ("unknown field", "number 4"),
        ("code where data was asked", "Starred"),
        ("unknown field", "x"),
        ("code where data was asked", "Starred"),
    ]
    assert (found.instances[1], reasons(found)[4]) == (B, ("defined twice", "name"))


def test_an_instance_without_values_is_left_out():
    found = read("result_instances = [Organ(), Organ(name=open('x')), Organ('b')]")
    assert found.instances == (B,)
    assert [reason for reason, _ in reasons(found)] == ["no values", "unknown class", "no values"]


def test_statements_are_left_out():
    reply = "import os\nresult_instances = [Organ('b')]\nfor x in result_instances:\n    print(x)\n"
    found = read(reply + "del x\nprint(result_instances)")
    assert found.instances == (B,)
    assert [reason for reason, _ in reasons(found)] == [
        *["a statement that is no class and no instance"] * 3,
        "unknown class",
    ]


def test_what_is_no_instance_is_left_out():
    found = read("result_instances = ['a', 1, Organ('b'), None]")
    assert found.instances == (B,)
    assert reasons(found) == [("not an instance", one) for one in ("'a'", "1", "None")]


def test_names_stand_for_what_they_were_given():
    found = read(
        "s = Stop('x')\nname = 'b'\na = Organ(name='a', stops=[s])\nb = Organ(name)\n"
        "result_instances = [a, b]\nprint_me = c"
    )
    assert found.instances == (organ(name="a", stops=[stop("x")]), B)
    unknown = read("result_instances = [c, Organ('b')]\nc = Organ('c')")
    assert unknown.instances == (B, organ(name="c"))
    assert reasons(unknown) == [("code where data was asked", "Name")]


def test_names_cannot_stand_for_more_and_more():
    lines = "".join(f"a = [a, a, a]  # {n}\n" for n in range(30))
    found = read_instances(f"a = Organ('x')\n{lines}", CLASSES)
    said = found if isinstance(found, Problem) else found.problems[-1]
    assert said.reason in ("code where data was asked", "loop")


def test_classes_of_another_document_are_unknown():
    other = read_classes("class Stop:\n    year: int")
    assert isinstance(other, PythonClasses)
    found = read_instances("result_instances = [Organ('b'), Stop(mention='x', year=1)]", other)
    assert isinstance(found, PythonInstances)
    assert found.instances == (PythonInstance("Stop", {"year": 1}),)
    assert reasons(found) == [("unknown class", "Organ"), ("unknown field", "mention")]
    assert isinstance(read_instances("Organ('b')", PythonClasses(())), Problem)


def test_the_examples_of_the_prompt_are_no_answer():
    found = read("result_instances = [EntityA(name='x'), Organ('b')]", "EntityA")
    assert (found.instances, reasons(found)) == ((B,), [("copy of the example", "EntityA")])


def test_the_fourth_of_equal_instances_is_a_loop():
    found = read("result_instances = [" + "Organ('b'), " * 50 + "Organ('a')]")
    assert found.instances == (B,) * 3
    assert reasons(found) == [("loop", "Organ")]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Organ(name='Drew's organ')", "Drew's organ"),
        ('Organ(name="the "Great" organ")', 'the "Great" organ'),
        ("Organ(name=“Drew”)", "Drew"),
        ("Organ(name=‘Drew’)", "Drew"),
        ("Organ(name='it\\'s Drew's')", "it's Drew's"),
        ("Organ(name=`Drew`)", "Drew"),
        ('Organ(name=“the "Great"”)', 'the "Great"'),
    ],
)
def test_quotes_in_quotes(written, name):
    found = read(f"result_instances = [\n    {written},\n    Organ(name='b')\n]")
    assert (found.instances, found.problems) == ((organ(name=name), B), ())


def test_keywords_as_names_of_fields():
    found = read("Stop(mention='class = x', class='y')\nStop(class_ = 'z')")
    assert [one.values for one in found.instances] == [
        {"mention": "class = x", "class": "y"},
        {"class": "z"},
    ]
    assert found.problems == ()


@pytest.mark.parametrize(
    "wrong",
    ["007", "'a' 1", "*x", "*x, 1", "9" * 5000, "x for x in y", "def", "a=1"],
)
def test_a_wrong_call_costs_only_itself(wrong):
    found = read(
        f"result_instances = [\n  Organ('a', '1714'),\n  Organ(name={wrong}),\n  Organ('b'),\n]"
    )
    assert found.instances == (A, B)
    assert [one.reason for one in found.problems] == ["not python"] and not found.cut


def test_what_is_right_in_a_wrong_call_stays():
    found = read("result_instances = [Document(organs: [Organ('a', '1714'), Organ('b')])]")
    assert found.instances == (A, B)
    assert [one.reason for one in found.problems] == ["not python"]


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("result_instances = [Organ('a', '1714'), Organ('b'), Organ('c", (A, B)),
        ("result_instances = [Organ('a', '1714'), Organ('b'), Org", (A, B)),
        ("result_instances = [Organ('a', '1714'), Organ('b'),", (A, B)),
        ("x = [Document(organs=[Organ('a', '1714'), Organ('b'), Organ(name=", (A, B)),
        ("```python\nresult_instances = [Organ('b', stops=[Stop('x'), Stop('y", (stop("x"),)),
        ("a = Organ('a', '1714')\nb = Organ('b')\nresult_instances = [a, b", (A, B)),
    ],
)  # fmt: skip
def test_complete_calls_of_a_cut_reply_stay(reply, kept):
    found = read(reply)
    assert (found.instances, found.cut) == (kept, True)
    assert [one.reason for one in found.problems] == ["cut short"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty reply"),
        ("I cannot do that.", "refusal"),
        ("There is an organ (by Drew) in the text.", "no items"),
        ('[{"type": "Organ", "name": "a"}]', "json where python was asked"),
        ('```json\n{"organs": []}\n```', "json where python was asked"),
        ("result_instances = [Organ(name='c", "cut short"),
        ("result_instances = [Foo(name='c')]", "unknown class"),
        ("class Organ:\n    name: str", "no items"),
        ("Organ(name='a\x00')", "null character"),
        ("Organ(name='" + "a" * 65536 + "')", "too long"),
        ("[" * 25 + "(" * 26 + ")" * 26 + "]" * 25, "nested too deeply"),
    ],
)
def test_a_reply_without_instances_has_a_reason(reply, reason):
    found = read_instances(reply, CLASSES)
    assert isinstance(found, Problem) and (found.reason, found.source) == (reason, reply)


def test_a_name_that_is_given_twice_loses_nothing():
    reply = "o = Organ('a', '1714')\no = Organ('b')\nresult_instances = [o]"
    assert read(reply) == PythonInstances((A, B))


def test_text_in_the_wrapper_is_no_instance():
    found = read("Document(organs=[Organ('b'), 'a'], stops=None)")
    assert (found.instances, reasons(found)) == ((B,), [("not an instance", "'a'")])


@pytest.mark.parametrize("reply", ["result_instances = []", "Document(stops=[])",
                                   "[]", "```python\nx = [\n]\n```",
                                   "result_instances = [Document(organs=[])]"])  # fmt: skip
def test_nothing_is_an_answer(reply):
    assert read(reply) == PythonInstances(())


def test_an_empty_list_is_an_answer_whatever_stands_behind_it():
    found = read("result_instances = []\nprint(result_instances)")
    assert (found.instances, reasons(found)) == ((), [("unknown class", "print")])
