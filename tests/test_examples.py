"""Every Python example of docstrings and docs runs as it stands, on small files in its place."""

import ast
import re
from functools import partial
from pathlib import Path
from textwrap import dedent

import pytest
import spacy

import spacy_fewner
from spacy_fewner.data import write_samples
from spacy_fewner.data.trees.labels import tree_from_schema
from spacy_fewner.fitting.run import fit
from spacy_fewner.fitting.training.cascade_config import CascadeSettings, cascade_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.single import train_one
from spacy_fewner.types import CharSpan, Sample, Schema

ROOT = Path(__file__).parents[1]
TEXTS = ("Ada met Bo in Rome", "Cy left Oslo to Di", "Di saw Lima with Ed")
LABELS = (("person/athlete", "person/author"), ("place/city", "place/town"))


def samples() -> list[Sample]:
    """Twelve texts; people and places in a tree of two levels."""
    found = []
    for number in range(12):
        text = f"{TEXTS[number % 3]} {number}"
        person, place = (kind[number % 2] for kind in LABELS)
        words = [(m.start(), m.end()) for m in re.finditer(r"[A-Z]\w+", text)]
        named = [CharSpan(*at, place if len(text[at[0] : at[1]]) > 3 else person) for at in words]
        found.append(Sample(text, tuple(named)))
    return found


def documented() -> list[tuple[str, str]]:
    """(place, code) of fenced blocks in the docs, and of those in docstrings that parse."""
    blocks = []
    for page in (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"):
        code = re.findall(
            r"^```python\n(.*?)^```", page.read_text("utf8"), re.DOTALL | re.MULTILINE
        )
        blocks += [(f"{page.name}-{number}", block) for number, block in enumerate(code)]
    for file in sorted((ROOT / "spacy_fewner").rglob("*.py")):
        blocks += [(str(file.relative_to(ROOT)), code) for code in in_docstrings(file.read_text())]
    return blocks


def in_docstrings(source: str) -> list[str]:
    """Indented blocks of statements, doctest lines among them; data and configs are none."""
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef)
    said = [ast.get_docstring(n) or "" for n in ast.walk(ast.parse(source)) if isinstance(n, nodes)]
    blocks = [
        block for one in said for block in re.findall(r"\n\n((?:(?: {4}.*)?\n)+)", one + "\n")
    ]
    return [code for code in map(dedent, blocks) if is_code(code)]


def is_code(block: str) -> bool:
    block = re.sub(r"^(>>>|\.\.\.) ?", "", block, flags=re.MULTILINE)
    try:
        statements = ast.parse(block).body
    except SyntaxError:
        return False
    return any(
        not isinstance(one, ast.Expr) or isinstance(one.value, ast.Call) for one in statements
    )


def test_examples_are_found():
    places = [place for place, _ in documented()]
    assert "spacy_fewner/__init__.py" in places
    assert {place.partition("-")[0] for place in places} >= {"README.md", "cascade.md"}
    assert in_docstrings('"""Say.\n\n    import spacy\n    f(1)\n\nEnd."""') == [
        "import spacy\nf(1)\n\n"
    ]
    assert in_docstrings('"""Say.\n\n    person:\n      a: b\n\n    {"a": 1}\n"""') == []


@pytest.fixture(scope="module")
def cascade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained `fewner_cascade`, small."""
    folder = tmp_path_factory.mktemp("cascade") / "model"
    settings, how = FitSettings(encoder="cnn", epochs=1, min_steps=2), CascadeSettings(shared=True)
    tree = tree_from_schema(Schema.from_samples(samples()))
    config = lambda size, nested: cascade_config(settings, how, tree, size, 0, nested)  # noqa: E731
    train_one(samples(), folder, settings, config, labels=list(tree), progress=False)
    return folder


@pytest.mark.parametrize(("place", "code"), documented(), ids=lambda value: value[:40])
def test_example_runs(
    place: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cascade: Path
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    (tmp_path / "model").symlink_to(cascade)
    (tmp_path / "tree.yaml").write_text(
        "person: {children: {athlete: Of a sport., author: Of books.}}\n"
        "place: {children: {city: Large., town: Small.}}\n"
    )
    for name in ("examples.jsonl", "train.jsonl"):
        write_samples(samples(), tmp_path / name)
    small = {"encoder": "cnn", "folds": 2, "epochs": 1, "min_steps": 2, "curve": ()}

    def small_fit(examples: str, out: str, **given: object):
        # Packaging takes a minute, and has tests of its own.
        given.pop("package", None)
        return fit(examples, out, **{**given, **small, "progress": False})

    monkeypatch.setattr(spacy_fewner, "fit", small_fit, raising=False)
    exec(compile(code, place, "exec"), {"__name__": "example"})


def test_a_doc_that_is_gone_would_be_noticed():
    nlp = spacy.blank("en")
    nlp.add_pipe("span_ruler", config={"spans_key": "sc"}).add_patterns(
        [{"label": "A", "pattern": "Alien"}]
    )
    read = partial(exec, 'for span in nlp("Who made Alien?").spans["sc"]: print(span)')
    with pytest.raises(RuntimeError, match="E865"):
        read({"nlp": nlp})
