"""The layout of the package: imports run one way; entry points resolve and cost little."""

import ast
import configparser
import importlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
import spacy
from spacy.util import registry

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "spacy_fewner"
ORDER = (
    "shown",
    *("errors", "types", "progress", "data", "grounding", "prompts", "llm", "synthesis", "corpus"),
    *("discovery", "encoders", "spans"),
    *("cascade", "textcat", "evaluation", "fitting", "pretraining", "distill"),
    *("scale", "runtime", "cli"),
)
# In a folder, wings import only from those before them; its own files may stand between.
WINGS = {
    "data": ("encodings", "tokens", "classes", "formats", "trees", "auditing"),
    "llm": ("replies", "journal", "models", "tuned"),
    "synthesis": ("planning", "retrieval", "induction", "stages", "classes", "spacy_pipes"),
    "corpus": ("checking", "typed_text", "readers"),
    "discovery": ("merging", "review"),
    "encoders": ("inputs", "shims", "lora"),
    "spans": ("decoding", "grid", "open"),
    "cascade": ("trained", "asked", "rows"),
    "textcat": ("head", "learning"),
    "distill": ("rows", "answers", "measuring", "tuning", "merged"),
    "evaluation": ("classes", "report"),
    "fitting": ("training", "measuring", "classes", "output"),
    "pretraining": ("output",),
    "scale": ("reading", "writing", "workers", "serving"),
    "runtime": ("grid", "export"),
    "cli": ("options", "commands"),
}
MOST_FILES = 15  # in a folder
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)
# Says which modules of ours import something heavy while a blank pipeline is made.
IMPORT_SPY = """
import builtins, sys
heavy = {"torch", "transformers", "peft", "spacy_transformers", "matplotlib", "jinja2",
         "httpx", "xllamacpp", "spacy_llm", "sentence_transformers", "faiss"}
real, found = builtins.__import__, set()
def spy(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if level == 0 and name.split(".")[0] in heavy and importer.split(".")[0] == "spacy_fewner":
        found.add(f"{importer} imports {name}")
    return real(name, globals, locals, fromlist, level)
builtins.__import__ = spy
import spacy_fewner, spacy, spacy_fewner.cli.app
spacy.blank("en")
print(sorted(found))
"""


def entry_points() -> list[tuple[str, str, str]]:
    """(group, name, target) of setup.cfg."""
    config = configparser.ConfigParser(delimiters=("=",))
    config.optionxform = str  # type: ignore[assignment,method-assign]
    config.read(ROOT / "setup.cfg")
    return [
        (group, *(part.strip() for part in line.split("=")))
        for group, lines in config["options.entry_points"].items()
        for line in lines.strip().splitlines()
    ]


def imported_parts(path: Path) -> Iterator[str]:
    """First-level folders and files of spacy_fewner that a file imports, at any depth in it."""
    depth = len(path.relative_to(PACKAGE).parts)  # dots that lead to spacy_fewner itself
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            names = [node.module] if node.module else [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = _below([node.module or ""])
        elif isinstance(node, ast.Import):
            names = _below([alias.name for alias in node.names])
        else:
            continue
        yield from (name.split(".")[0] for name in names)


def _below(modules: list[str]) -> list[str]:
    prefix = "spacy_fewner."
    return [name.removeprefix(prefix) for name in modules if name.startswith(prefix)]


def modules_imported(path: Path) -> Iterator[tuple[str, ...]]:
    """Modules of spacy_fewner that a file imports, each by its parts, at any depth in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Import):
            yield from (_module(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = node.module.split(".") if node.module else []
            above = path.relative_to(PACKAGE.parent).parts[: -node.level] if node.level else ()
            yield from (_module([*above, *parts, alias.name]) for alias in node.names)


def _module(parts: list[str]) -> tuple[str, ...]:
    """The longest beginning that is a file or folder of the package, without "spacy_fewner"."""
    if parts[0] != PACKAGE.name:
        return ()
    names = tuple(parts[1:])
    while names and not _is_module(names):
        names = names[:-1]
    return names


def _is_module(names: tuple[str, ...]) -> bool:
    path = PACKAGE.joinpath(*names)
    return path.is_dir() or path.with_suffix(".py").is_file()


def _name_of(path: Path) -> tuple[str, ...]:
    names = path.relative_to(PACKAGE).with_suffix("").parts
    return names[:-1] if names[-1] == "__init__" else names


def _wing(names: tuple[str, ...]) -> str | None:
    return names[1] if len(names) > 1 and names[1] in WINGS.get(names[0], ()) else None


def test_every_folder_has_a_place_in_the_order():
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert folders <= set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path):
    own = path.relative_to(PACKAGE).parts[0]
    allowed = ORDER[: ORDER.index(own) + 1]
    assert [part for part in imported_parts(path) if part not in allowed] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_wings_import_one_way(path: Path):
    own = _name_of(path)
    wing = _wing(own)
    if wing is None:
        return
    order = WINGS[own[0]]
    later = order[order.index(wing) + 1 :]
    found = {_wing(names) for names in modules_imported(path) if names[:1] == own[:1]}
    assert found.isdisjoint(later)


def test_every_wing_is_in_the_order():
    folders = {
        floor: {path.parent.name for path in (PACKAGE / floor).glob("*/__init__.py")}
        for floor in WINGS
    }
    assert folders == {floor: set(wings) for floor, wings in WINGS.items()}


def test_no_circle():
    """Modules can be put in a row in which each imports only from those before it."""
    waiting = {
        _name_of(path): {*modules_imported(path)} - {_name_of(path), ()}
        for path in PACKAGE.rglob("*.py")
    }
    while ready := [name for name, needs in waiting.items() if not needs & waiting.keys()]:
        for name in ready:
            del waiting[name]
    assert waiting == {}


def test_folders_are_small_enough_to_read():
    folders = [path for path in PACKAGE.rglob("*") if path.is_dir() and path.name != "__pycache__"]
    counts = {
        str(folder.relative_to(PACKAGE)): sum(path.is_file() for path in folder.iterdir())
        for folder in folders
    }
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


def test_the_import_check_sees_all_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    path = tmp_path / "data" / "some.py"
    path.parent.mkdir()
    path.write_text(
        "from ..fitting.run import fit\nfrom .. import spans\nfrom .own import x\nimport numpy\n"
        "def f():\n    import spacy_fewner.cli.app\n    from spacy_fewner.encoders import base\n"
    )
    assert sorted(imported_parts(path)) == ["cli", "encoders", "fitting", "spans"]


@pytest.mark.parametrize(("group", "name", "target"), entry_points())
def test_entry_points_resolve(group: str, name: str, target: str):
    module, _, attribute = target.partition(":")
    assert getattr(importlib.import_module(module), attribute)
    if group == "spacy_factories":
        assert spacy.blank("en").has_factory(name)
    elif group.startswith("spacy_"):
        assert registry.has(group.removeprefix("spacy_"), name)


def test_nothing_heavy_is_loaded_for_a_blank_pipeline():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_SPY], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_wheel_holds_templates_configs_and_types(tmp_path: Path):
    source = tmp_path / "source"
    copytree(PACKAGE, source / "spacy_fewner", ignore=ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", tmp_path, source],
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    data = [p for p in PACKAGE.rglob("*") if p.suffix in (".jinja", ".cfg", ".typed", ".py")]
    assert {str(path.relative_to(ROOT)) for path in data} <= held
    assert any(path.suffix == ".jinja" for path in data)
