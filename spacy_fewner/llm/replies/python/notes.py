"""What is left out, with the reason, as it is sent back."""

import ast

MAX_NOTES = 100  # of one reply
_DETAIL = 120
_SOURCE = 2000


class Notes:
    """problems: (reason, detail, source), the first MAX_NOTES. cut: the reply ends too early."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str, str]] = []
        self.cut = False

    def add(self, reason: str, detail: str, source: str = "") -> None:
        if len(self.problems) < MAX_NOTES:
            self.problems.append((reason, detail[:_DETAIL], source[:_SOURCE]))


def source_of(text: str, node: ast.stmt | ast.expr | ast.keyword) -> str:
    """The lines' part that a node was read from."""
    lines = text.encode().split(b"\n")[node.lineno - 1 : node.end_lineno]
    if not lines:
        return ""
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"\n".join(lines).decode(errors="replace")
