"""Word pieces that several tokens share, cut at the tokens' edges (ours).

Tokenizers without a notion of words take "北京" for one piece. Where each character is a token,
both would get the same vector, and no span could be told from the one that begins a character
later.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_WORD_BEGINS = "\u2581"  # before pieces of SentencePiece
_CONTINUES = "##"  # before pieces of WordPiece


class PieceCutter:
    """Finds the pieces of parts of a piece; remembers them.

    tokenizer: of the library tokenizers.
    """

    def __init__(self, tokenizer: "Tokenizer"):
        self._tokenizer = tokenizer
        self._known: dict[tuple[int, str, bool], list[int]] = {}

    def of(self, piece: int, part: str, begins: bool) -> list[int]:
        """Ids of the part of a piece; none for what the tokenizer leaves out.

        piece: the id of the whole. begins: whether the part is its beginning.
        """
        key = (piece, part, begins)
        if key not in self._known:
            self._known[key] = self._find(*key)
        return self._known[key]

    def _find(self, piece: int, part: str, begins: bool) -> list[int]:
        for name in _names(self._tokenizer.id_to_token(piece) or "", part, begins):
            if (found := self._tokenizer.token_to_id(name)) is not None:
                return [found]
        encoded = self._tokenizer.encode(part, add_special_tokens=False)
        return encoded.ids[1:] if encoded.tokens[:1] == [_WORD_BEGINS] else encoded.ids


def _names(piece: str, part: str, begins: bool) -> Iterator[str]:
    """What the part may be called in the vocabulary."""
    if begins and piece.startswith(_WORD_BEGINS):
        yield _WORD_BEGINS + part
    if piece.startswith(_CONTINUES) or not begins:
        yield _CONTINUES + part
    yield part
