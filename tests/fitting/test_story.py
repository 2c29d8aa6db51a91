"""`fit` reads as its story: each step is one function, called from run.py alone, in this order."""

import ast
from pathlib import Path

import spacy_fewner

PACKAGE = Path(spacy_fewner.__file__).parent
RUN = PACKAGE / "fitting/run.py"
STEPS = {  # function -> module that it comes from
    "read": "reading",
    "audit": "reading",
    "obtained": "synthetic",
    "measure_from": "starts",
    "choose": "choice",
    "train": "final",
    "save": "save",
}


def imported(path: Path) -> set[tuple[str, str]]:
    """(name, last part of its module) of what a file imports."""
    nodes = ast.walk(ast.parse(path.read_text("utf8")))
    return {
        (alias.name, (node.module or "").split(".")[-1])
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def called(function: ast.AST) -> list[str]:
    """Names of what is called, as it stands from top to bottom."""
    calls = [n for n in ast.walk(function) if isinstance(n, ast.Call)]
    named = [n for n in calls if isinstance(n.func, ast.Name)]
    return [n.func.id for n in sorted(named, key=lambda n: (n.lineno, n.col_offset))]


def test_the_steps_stand_in_run_in_their_order():
    functions = {
        node.name: called(node)
        for node in ast.parse(RUN.read_text("utf8")).body
        if isinstance(node, ast.FunctionDef)
    }
    told = [
        name for call in functions["fit"] for name in functions.get(call, [call]) if name in STEPS
    ]
    assert told == list(STEPS)


def test_no_other_file_takes_a_step():
    others = [path for path in PACKAGE.rglob("*.py") if path != RUN]
    steps = set(STEPS.items())
    assert {
        str(p.relative_to(PACKAGE)): imported(p) & steps for p in others if imported(p) & steps
    } == {}
    assert imported(RUN) >= steps
