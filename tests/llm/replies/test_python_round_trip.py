"""Classes and instances are written as Python and read back the same, whatever they hold."""

import inspect
import json
import keyword
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from reply_strategies import HARD, HARD_TEXT, PROSE

from spacy_fewner.llm.replies.python.field_types import TAKEN
from spacy_fewner.llm.replies.python_parts import (
    PythonClass,
    PythonClasses,
    PythonField,
    PythonInstance,
    PythonInstances,
)
from spacy_fewner.llm.replies.python_reply import read_classes, read_instances

TEXT = (HARD_TEXT | st.text(max_size=20)).map(
    lambda text: text.replace("\x00", "").encode("utf8", "ignore").decode()
)
COMMENT = TEXT.map(lambda text: " ".join(text.split()).lstrip("#!: ")).filter(
    lambda text: "\r" not in text
)


def _is_name(name: str) -> bool:
    usual = name.isidentifier() and unicodedata.normalize("NFKC", name) == name
    return usual and not keyword.iskeyword(name) and name not in TAKEN and not name.startswith("__")


NAME = (
    st.from_regex(r"[A-Za-z_ÄßЖ机][A-Za-z0-9_äж构]{0,9}", fullmatch=True)
    | st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=8)
).filter(_is_name)
# A trailing underscore is taken off a keyword.
FIELD = NAME.filter(lambda name: not keyword.iskeyword(name.removesuffix("_"))) | st.sampled_from(
    sorted(set(keyword.kwlist) - {"None", "True", "False"})
)
NAMES = st.lists(NAME, min_size=1, max_size=4, unique=True)
KINDS = ["str", "Optional[str]", "List[%s]", "int | None", "'%s'", "Dict[str, List['%s']]"]


@st.composite
def classes(draw) -> tuple[PythonClass, ...]:
    names = draw(NAMES)
    known = st.builds(
        lambda kind, name: kind.replace("%s", name), st.sampled_from(KINDS), st.sampled_from(names)
    )
    return tuple(
        PythonClass(
            name,
            draw(TEXT),
            tuple(
                PythonField(field, draw(known), draw(COMMENT))
                for field in draw(st.lists(FIELD, min_size=1, max_size=4, unique=True))
            ),
        )
        for name in names
    )


def source(name: str) -> str:
    """The name of a field as Python lets it be written."""
    return name + "_" if keyword.iskeyword(name) else name


def written(found: tuple[PythonClass, ...], above: bool) -> str:
    lines = ["from dataclasses import dataclass"]
    for one in found:
        lines += ["@dataclass", f"class {one.name}:", f"    {one.docstring!r}"]
        for field in one.fields:
            said = f"    {source(field.name)}: {field.type}"
            comment = f"# {field.comment}" if field.comment else ""
            lines += [f"    {comment}", said] if above else [f"{said}  {comment}"]
    return "\n".join(lines)


@HARD
@given(classes(), st.booleans(), PROSE, PROSE)
def test_classes(found, above, before, after):
    read = read_classes(f"{before}\n{written(found, above)}\n{after}")
    assert isinstance(read, PythonClasses)
    assert read.classes == tuple(
        PythonClass(one.name, inspect.cleandoc(one.docstring), one.fields) for one in found
    )
    assert (read.problems, read.cut) == ((), False)


KNOWN = PythonClasses(
    (
        PythonClass("Organ", "", (PythonField("name", "str"), PythonField("stops", "List[Stop]"))),
        PythonClass("Stop", "", (PythonField("name", "str"), PythonField("class", "str"))),
        PythonClass("Holder", "", (PythonField("organs", "List[Organ]"),)),
    ),
    "Holder",
)
FIELDS = {"Organ": ["name", "stops"], "Stop": ["name", "class"]}
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = TEXT | NUMBERS | st.booleans() | st.none()


def instances(values) -> st.SearchStrategy[PythonInstance]:
    return st.sampled_from(sorted(FIELDS)).flatmap(
        lambda kind: st.builds(
            PythonInstance,
            st.just(kind),
            st.dictionaries(st.sampled_from(FIELDS[kind]), values, min_size=1),
        )
    )


VALUE = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | instances(inner), max_leaves=8
)
FOUND = st.lists(instances(VALUE), max_size=5, unique_by=repr)


def call(value, quote=repr) -> str:
    if isinstance(value, PythonInstance):
        given = (f"{source(key)}={call(one, quote)}" for key, one in value.values.items())
        return f"{value.type}({', '.join(given)})"
    if isinstance(value, list):
        return f"[{', '.join(call(one, quote) for one in value)}]"
    return quote(value) if isinstance(value, str) else repr(value)


@HARD
@given(FOUND, st.sampled_from([repr, json.dumps]), st.booleans(), PROSE, PROSE)
def test_instances(found, quote, wrapped, before, after):
    calls = ",\n    ".join(call(one, quote) for one in found)
    calls = f"Holder(organs=[{calls}])" if wrapped else calls
    read = read_instances(f"{before}\nresult_instances = [\n    {calls}\n]\n{after}", KNOWN)
    assert isinstance(read, PythonInstances)
    assert repr(read.instances) == repr(tuple(found))
    assert (read.problems, read.cut) == ((), False)


@HARD
@given(
    st.lists(instances(PLAIN), max_size=5, unique_by=repr),
    st.sampled_from(["x = [%s]", "%s", "```\nHolder(organs=[%s])\n```"]),
    st.data(),
)
def test_complete_calls_before_a_cut_are_all_read(found, frame, data):
    calls = [call(one) for one in found]
    whole = frame % ",\n".join(calls)
    cut = data.draw(st.integers(0, len(whole)))
    at, complete = frame.index("%s"), []
    for one, said in zip(found, calls, strict=True):
        at += len(said)
        complete += [one] if at <= cut else []
        at += 2
    read = read_instances(whole[:cut], KNOWN)
    if complete:
        assert isinstance(read, PythonInstances)
        assert repr(read.instances) == repr(tuple(complete))
    elif isinstance(read, PythonInstances):
        assert read.instances == ()
