"""Code rows as a reader of Python takes them apart; nothing is run."""

import ast
from typing import Any

from spacy_fewner.llm.chat_rows import ChatRow


def source(row: ChatRow) -> str:
    return f"{row.messages[1].content} {row.messages[2].content}\n"


def module(row: ChatRow) -> ast.Module:
    return ast.parse(source(row))


def classes(row: ChatRow) -> dict[str, str]:
    """Docstrings by class, in order."""
    found = [one for one in module(row).body if isinstance(one, ast.ClassDef)]
    return {one.name: ast.get_docstring(one, clean=False) or "" for one in found}


def assigned(row: ChatRow, name: str) -> ast.expr:
    (found,) = [
        one.value
        for one in module(row).body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name
    ]
    return found


def text_of(row: ChatRow) -> str:
    return str(ast.literal_eval(assigned(row, "text")))


def instances(row: ChatRow) -> list[tuple[str, dict[str, Any]]]:
    """(label, values) of each instance of the result; nested ones alike."""
    result = assigned(row, "result")
    assert isinstance(result, ast.List)
    return [_instance(one, row) for one in result.elts]


def _instance(call: ast.expr, row: ChatRow) -> tuple[str, dict[str, Any]]:
    assert isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and not call.args
    values = {str(one.arg): _value(one.value, row) for one in call.keywords}
    return row.meta["classes"][call.func.id], values


def _value(value: ast.expr, row: ChatRow) -> Any:
    if isinstance(value, ast.Call):
        return _instance(value, row)
    if isinstance(value, ast.List):
        return [_value(one, row) for one in value.elts]
    return ast.literal_eval(value)
