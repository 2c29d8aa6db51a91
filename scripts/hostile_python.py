"""Replies in Python that mean harm or are broken, by a seeded generator, and what must hold of
whatever is read from them."""

import json
import random
from collections.abc import Callable, Sequence

from spacy_fewner.llm.replies.parsed import Problem
from spacy_fewner.llm.replies.python.notes import MAX_NOTES
from spacy_fewner.llm.replies.python_parts import (
    PythonClass,
    PythonClasses,
    PythonField,
    PythonInstance,
    PythonInstances,
)
from spacy_fewner.llm.replies.python_reply import read_classes, read_instances
from spacy_fewner.llm.replies.python_worker import FAILED, TOO_SLOW

# What a reply could do if any of it were run: `{path}` is a file that must not appear.
HARM = [
    "import os; os.system('touch {path}')", "__import__('os').system('touch {path}')",
    "exec(\"open('{path}', 'w')\")", "eval(\"open('{path}', 'w')\")", "open('{path}', 'w')",
    "from os import system\nsystem('touch {path}')", "import pty; pty.spawn('sh')",
    "().__class__.__bases__[0].__subclasses__()", "globals()['__builtins__']",
    "(lambda: open('{path}', 'w'))()", "[open('{path}', 'w') for _ in 'a']",
    "{{open('{path}', 'w'): 1}}", "(x := open('{path}', 'w'))", "f\"{{open('{path}', 'w')}}\"",
    "f'{{(lambda: 1)()!r:>{{10**9}}}}'", "'a' * 10**10", "10**10**10", "[0] * 10**10",
    "print(open('/etc/passwd').read())", "with open('{path}', 'w') as f: pass",
    "try:\n    open('{path}', 'w')\nfinally:\n    pass", "while True: pass", "raise SystemExit",
    "def f(): open('{path}', 'w')\nf()", "async def f(): await g()", "lambda: (yield)",
    "@open('{path}', 'w')\nclass Organ:\n    name: str", "@__import__('os').abort\nclass A: b: str",
    "class A(metaclass=open('{path}', 'w')):\n    name: str",
    "class A(open('{path}', 'w')): b: str",
    "class A:\n    name: open('{path}', 'w')", "class A:\n    name: str = open('{path}', 'w')",
    "class A:\n    open('{path}', 'w')\n    name: str", "class __class__:\n    name: str",
    "class A:\n    name: str = field(default_factory=lambda: open('{path}', 'w'))",
    "class A:\n    def __post_init__(self): open('{path}', 'w')\n    name: str",
    "class A:\n    __slots__: list = exit()", "class str:\n    a: str", "class A(A): b: str",
    "result_instances = [Organ(name=open('{path}', 'w'))]", "Organ(**{{'name': 'a'}})",
    "Organ(name=f\"{{open('{path}', 'w')}}\")", "Organ(name=Organ.__init__.__globals__)",
    "result_instances = [Organ(name=x) for x in open('{path}', 'w')]", "Organ(*['a'])",
    "Organ(name=(a := 1))", "Organ(name='a' % b)", "Organ(name='a'.format(b))", "Organ(name=b'a')",
    "Organ(name=1j)", "Organ(name=...)", "Organ(name=-'a')", "Organ(name=not 1)", "Organ.a(name=1)",
    "Organ(name='a')(1)", "Organ[1](name='a')", "Organ(name='a', name='b')", "Organ()",
    "a = [Organ('x')]\n" + "".join(f"a = [a, a, a]  # {n}\n" for n in range(40)),
    "del Organ", "global a", "assert open('{path}', 'w')", "match 1:\n    case 1: open('{path}')",
    "import antigravity", "exit()", "quit", "breakpoint()", "input()", "help()", "license()",
]  # fmt: skip
RUNS = ["(", "[", "{", ")", "]", "}", "A(", "Organ(name=[", "[Organ(", "{1:", "-", "~", "not ",
        "a.", "a|", "1+", "a[", "a if b else ", "lambda:", "*", "**", "@a\n", "@a(", "'", '"',
        "'''", '"""', "“", "‘", "`", "\\", "\\\n", "#", "# a\n", "\n", "\t", " ", "\x0c", "\r",
        "class A:\n", "class A: a: int\n", "class A:\n    a: str\n", " class A:\n", "if a:\n ",
        "for a in b:", "a: str\n", "    a: str\n", "a = ", "a := ", "a, ", "f'{", 'f"""{', "\\N{",
        "\\N{DASH}", "\\ud800", "\\x", "\\0", "9", "0x", "1_", "1e", "a", "a b ", "ä", "ﬁ", "𝐚",
        "\u0301", "\u202e", "\ud800", "\udfff", "\ufeff", "Organ('x'), ", "Organ(name='x'),\n",
        "Organ(name=", "from a import b\n", "import a;", ";", "...", ",", "=", "==", "->", ":",
        "async ", "await ", "yield ", "```\n", "```python\n", "# -*- coding: rot13 -*-\n", "\x00",
        "\x1a", "Organ(", "name=", "List[", "Optional[List[", "'List[",
        "a\nb\n", "else:\n"]  # fmt: skip
PIECES = [*RUNS, "class ", "def ", "name: ", "str", "Organ", "Document", "result_instances = [",
          "@dataclass\n", '"""', "Drew's", "it's", 'the "Great" organ', "北京", "class_", "class=",
          "from: str", "True", "null", "None", "1714", "-1", "1e999", "int('9' * 10**5)", "007",
          "I'm sorry, but I can't", "Here is the code:\n", "\n\n", "    ", "  \t", "dict(",
          "print("]  # fmt: skip
NAMES = ["Organ", "Stop", "PipeOrgan", "Builder", "Ｏrgel", "Größe", "机构", "A", "match", "Type"]
FIELDS = ["name", "year_built", "stops", "ort", "größe", "类型", "type", "id", "_x", "match"]
TYPES = ["str", "int", "Optional[str]", "List[str]", "list[str]", "str | None", "float", "bool",
         "List['Stop']", '"Organ"', "Union[str, List[Organ]]", "Dict[str, Any]",
         "typing.List[str]", "Foo", "Optional[List[Stop]]", "Literal['a', 'b']", "datetime",
         "Callable[[], str]"]  # fmt: skip
WORDS = ["Oboe 8'", 'the "Great" organ', "1714", "Gottfried Silbermann", "北京", "a\nb", "\\", "",
         "{x}", "“Drew”", "\ud83d\ude00", "e\u0301", "\u202e", "'''", '"""', "# no",
         "a" * 300]  # fmt: skip
KNOWN = PythonClasses(
    (
        PythonClass("Organ", "", (PythonField("name", "str"), PythonField("stops", "List[Stop]"))),
        PythonClass("Stop", "", (PythonField("name", "str"), PythonField("class", "str"))),
        PythonClass("Document", "", (PythonField("organs", "List[Organ]"),)),
    ),
    "Document",
)


class HostilePython:
    """seed: of all that is drawn. path: a file that appears if any reply is run. longest:
    characters of most replies, about."""

    def __init__(self, seed: int, path: str, longest: int = 1500):
        self.rng = random.Random(seed)
        self.path = path
        self.longest = longest
        self._kinds: Sequence[Callable[[], str]] = (
            self.good, self.good, self.cut, self.mutated, self.mutated, self.harm, self.run,
            self.nested, self.pieces, self.sizes, self.spliced, self.spliced, self.json,
        )  # fmt: skip

    def reply(self) -> str:
        return self.rng.choice(self._kinds)()

    def good(self) -> str:
        code = self.classes() if self.rng.random() < 0.5 else self.instances()
        return (
            self.rng.choice(
                ["%s", "```python\n%s\n```", "Sure:\n\n```\n%s", "It's (here:\n%s\nHope it helps!"]
            )
            % code
        )

    def classes(self) -> str:
        imports = self.rng.choice(["from typing import List\n", "import os\n", ""])
        return imports + "\n\n".join(self.a_class() for _ in range(self.rng.randint(1, 4)))

    def a_class(self) -> str:
        head = self.rng.choice(["@dataclass\n", "@dataclass(frozen=True)\n", ""])
        base = self.rng.choice(["", "", "(Organ)", "()", "(ABC, Enum)"])
        indent = self.rng.choice(["    ", "    ", "  ", "\t"])
        docstring = self.rng.choice(['"""An organ.\n\n    Of pipes."""', "'''A'''", "", "# none"])
        fields = [self.a_field() for _ in range(self.rng.randint(0, 4))]
        lines = [docstring, *fields, "pass"] if self.rng.random() < 0.9 else [docstring]
        body = "\n".join(indent + line for line in lines)
        return f"{head}class {self.rng.choice(NAMES)}{base}:\n{body}\n"

    def a_field(self) -> str:
        default = self.rng.choice(["", "", " = None", " = field(default_factory=list)", " = f()"])
        comment = self.rng.choice(["", "  # what it is", '\n    """\n    What it is.\n    """'])
        name, kind = self.rng.choice(FIELDS), self.rng.choice(TYPES)
        return f"{name}: {kind}{default}{comment}"

    def instances(self) -> str:
        calls = ", ".join(self.a_call(3) for _ in range(self.rng.randint(0, 5)))
        return (
            self.rng.choice(
                ["result_instances = [%s]", "result_instances: list = [\n%s,\n]", "%s", "x = (%s)"]
            )
            % calls
        )

    def a_call(self, depth: int) -> str:
        given = self.rng.choice(["name=", "name = ", "stops=", "class=", "organs=", "", "x="])
        values = ", ".join(given + self.value(depth) for _ in range(self.rng.randint(0, 2)))
        return f"{self.rng.choice(['Organ', 'Stop', 'Document', 'Foo'])}({values})"

    def value(self, depth: int) -> str:
        draw = self.rng.randrange(9 if depth else 6)
        if draw >= 8:
            return self.a_call(depth - 1)
        if draw >= 6:
            inner = ", ".join(self.value(depth - 1) for _ in range(self.rng.randint(0, 3)))
            return self.rng.choice(["[%s]", "(%s,)", "{%s}", "{'a': %s}"]) % (inner or "1")
        word = self.rng.choice(WORDS)
        forms = [repr(word), json.dumps(word), f'"{word}"', f"“{word}”", "1714", "None"]
        return forms[draw]

    def cut(self) -> str:
        whole = self.good()
        return whole[: self.rng.randrange(len(whole) + 1)]

    def mutated(self) -> str:
        chars = list(self.good())
        for _ in range(self.rng.randint(1, 6)):
            place = self.rng.randint(0, len(chars))
            if self.rng.random() < 0.4 and place < len(chars):
                del chars[place : place + self.rng.randint(1, 5)]
            else:
                chars.insert(place, self.rng.choice(PIECES))
        return "".join(chars)

    def harm(self) -> str:
        return self.rng.choice(HARM).format(path=self.path)

    def spliced(self) -> str:
        """Harm at the start of some line of what is harmless."""
        lines = self.good().split("\n")
        place = self.rng.randint(0, len(lines))
        indent = self.rng.choice(["", "    ", "\t"])
        lines[place:place] = [indent + line for line in self.harm().split("\n")]
        return "\n".join(lines)

    def run(self) -> str:
        run = self.rng.choice(RUNS)
        count = self.rng.choice(
            [2, 49, 101, self.longest // len(run), 3 * self.longest // len(run)]
        )
        return self.rng.choice([*PIECES, "", "result_instances = ["]) + run * count + self.cut()

    def nested(self) -> str:
        opening, closing = self.rng.choice(
            [("[", "]"), ("(", ")"), ("{", "}"), ("Organ(name=[", "])"), ("{1: ", "}"), ("a[", "]")]
        )
        depth = self.rng.choice([5, 24, 25, 49, 50, 51, 99, 1000])
        inner = self.rng.choice(["'x'", "", "Organ(name='x')", self.harm()])
        return opening * depth + inner + closing * self.rng.choice([depth, depth - 1, depth + 1, 0])

    def pieces(self) -> str:
        return "".join(self.rng.choices(PIECES, k=self.rng.randint(0, 40)))

    def sizes(self) -> str:
        number = self.rng.choice(["9" * 4000, "9" * 5000, "0x" + "f" * 5000, "1e999", "1_0" * 500])
        return (
            self.rng.choice(
                [
                    "Organ(name=%s)",
                    "class A:\n    a: int = %s",
                    "result_instances = [Organ('a'), %s]",
                ]
            )
            % number
        )

    def json(self) -> str:
        return json.dumps({"organs": [{"name": word} for word in WORDS]}, ensure_ascii=False)


def check(reply: str) -> list[str]:
    """Read a reply both ways; the reasons of all that is left out. Raises AssertionError."""
    classes, instances = read_classes(reply), read_instances(reply, KNOWN)
    for found in (classes, instances):
        problems = [found] if isinstance(found, Problem) else list(found.problems)
        assert len(problems) <= MAX_NOTES
        assert all(one.reason not in ("", FAILED, TOO_SLOW) for one in problems), problems
    if isinstance(classes, PythonClasses):
        _check_classes(classes)
    if isinstance(instances, PythonInstances):
        for one in instances.instances:
            _check_value(one)
    return [one.reason for found in (classes, instances) for one in _problems(found)]


def _problems(found: PythonClasses | PythonInstances | Problem) -> Sequence[Problem]:
    return (found,) if isinstance(found, Problem) else found.problems


def _check_classes(found: PythonClasses) -> None:
    names = [one.name for one in found.classes]
    assert names and len(names) == len(set(names))
    assert found.wrapper is None or found.wrapper in names
    for one in found.classes:
        fields = [field.name for field in one.fields]
        assert fields and len(fields) == len(set(fields))
        said = [one.docstring, *(field.type + field.comment for field in one.fields)]
        assert all("\n" not in name and not name.startswith("__") for name in [one.name, *fields])
        "".join([one.name, *fields, *said]).encode("utf8")


def _check_value(value: object) -> None:
    if isinstance(value, PythonInstance):
        fields = {one.name: {field.name for field in one.fields} for one in KNOWN.classes}
        assert value.values and value.values.keys() <= fields[value.type]
        for inner in value.values.values():
            _check_value(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_value(inner)
    else:
        assert value is None or isinstance(value, (str, int, float, bool))
        str(value).encode("utf8")
