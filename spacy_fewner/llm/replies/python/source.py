"""The code of a reply, without the fences and the prose around it."""

import re
import textwrap

_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})[ \t]*[\w+-]*[ \t]*$")
_CODE = re.compile(
    r"[ \t]*(?:@\w|class[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b|import[ \t]+\w|def[ \t]+\w|"
    r"[^\W\d]\w*[ \t]*(?::[^=\n]*)?=(?!=)|[^\W\d]\w*\(|\[)"
)


def code_of(reply: str) -> str:
    """Fenced blocks where any holds code, else the reply from its first line that is code."""
    lines = reply.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    blocks: list[list[str]] = [[]]
    for line in lines:
        if _FENCE.match(line):
            blocks.append([])
        else:
            blocks[-1].append(line)
    fenced = [block for block in blocks[1::2] if any(map(_CODE.match, block))]
    # Where only the closing fence was written, the code is before it.
    chosen = map(_from_code, fenced or blocks)
    dedented = (textwrap.dedent("\n".join(block)).strip("\n") for block in chosen)
    return "\n\n".join(dedented).strip("\n")


def before_prose(text: str, line: int) -> str:
    """The text up to a line, if neither that nor any below is code."""
    lines = text.split("\n")
    return text if any(map(_CODE.match, lines[line:])) else "\n".join(lines[:line])


def _from_code(block: list[str]) -> list[str]:
    start = next((n for n, line in enumerate(block) if _CODE.match(line)), len(block))
    return block[start:]
