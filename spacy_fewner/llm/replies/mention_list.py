"""Lists of mentions as models write them in one line: `[surface (label), surface (label)]`."""

import re
from dataclasses import dataclass

from ...grounding.mentions import Mention
from .quotes import unquote

_NONE = re.compile(
    r"\W*(?:\[ ?\].*|none\W*|n/?a\W*|null\W*|no (?:named )?entit(?:y|ies)\b.*|"
    r"(?:无|没有)(?:(?:任何)?(?:命名)?实体)?\W*|)",
    re.IGNORECASE,
)
# Only after a closing bracket: surfaces contain commas. Some models give each mention
# brackets of its own.
_SEPARATOR = re.compile(
    r"(?<=[)\uff09]) ?(?:[\]】]? ?[,;\uff0c\uff1b\u3001] ?[\[【]?|[\]】] ?[\[【])"
)
_EDGES = " ,;[]，；、【】"
_LAST_OPENING = re.compile(r"[(\uff08](?=[^(\uff08]*\Z)")


@dataclass(frozen=True, slots=True)
class MentionList:
    """unread: pieces without a label. open: whether a bracket was opened and never closed."""

    mentions: tuple[Mention, ...] = ()
    unread: tuple[str, ...] = ()
    open: bool = False


def read_mentions(line: str) -> MentionList:
    """Read what follows `Entities:`; time grows with the length of the line."""
    line = " ".join(line.split())
    if _NONE.fullmatch(line):
        return MentionList()
    is_open = line.startswith(("[", "【")) and "]" not in line and "】" not in line
    body = line[1:] if line.startswith(("[", "【")) else line
    body = body.rstrip(" .。").removesuffix("]").removesuffix("】")
    mentions, unread = [], []
    for piece in _SEPARATOR.split(body):
        mention = _read_mention(piece.strip(_EDGES))
        if mention:
            mentions.append(mention)
        elif piece.strip(_EDGES):
            unread.append(piece.strip())
    return MentionList(tuple(mentions), tuple(unread), is_open)


def is_none(line: str) -> bool:
    """Whether a line says that there are no mentions."""
    return line.strip() != "" and _NONE.fullmatch(line.strip()) is not None


def _read_mention(piece: str) -> Mention | None:
    """`surface (label)`: the last brackets hold the label, as surfaces have brackets too."""
    opening = _LAST_OPENING.search(piece)
    if not opening or not piece.endswith((")", "）")):
        return None
    surface, label = unquote(piece[: opening.start()]), unquote(piece[opening.end() : -1])
    return Mention(surface, label) if surface and label else None
