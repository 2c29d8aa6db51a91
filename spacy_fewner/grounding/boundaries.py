"""Where in a text a mention may begin and end (rules: ours).

Never inside a grapheme (a letter with its combining marks, a joined emoji, a flag). Never inside
a word of a script written with spaces. Anywhere in scripts written without (Han, kana, Thai,
Khmer, ...), and where such a script meets another. In Hangul a mention may end inside a word, as
particles follow names without a space, but not begin there.
"""

import re

from ..data.tokens.characters import JOINER, REGIONAL, extends
from ..data.tokens.scripts import HANGUL, UNSPACED

_UNSPACED = re.compile(f"[{UNSPACED}]")
_HANGUL = re.compile(f"[{HANGUL}]")
_SOFT_HYPHEN = "\u00ad"

# Over the kinds below: runs of a spaced script; runs of Hangul; before a mark or next to a joiner;
# the two halves of a flag.
_WORD_RUN = re.compile(r"w[wmj]+")
_HANGUL_RUN = re.compile(r"h[hmj]+")
_GRAPHEME = re.compile(r"(?=[mj])|(?<=j)")
_FLAG_PAIR = re.compile(r"rr")


class _Kinds(dict[int, str]):
    """Code point -> one letter: w word, u unspaced, h Hangul, m mark, j joiner, r half a flag,
    p the rest; filled as needed, so that str.translate is fast."""

    def __missing__(self, code: int) -> str:
        kind = self[code] = _kind(chr(code))
        return kind


def _kind(char: str) -> str:
    if char == JOINER:
        return "j"
    if char == _SOFT_HYPHEN or extends(char):
        return "m"
    if REGIONAL.match(char):
        return "r"
    if not char.isalnum():
        return "p"
    if _UNSPACED.match(char):
        return "u"
    return "h" if _HANGUL.match(char) else "w"


_KINDS = _Kinds()


class Boundaries:
    """starts, ends: for each of len(text) + 1 positions 1 if a mention may begin, or end, there.

    kinds: a letter for each character, see _Kinds. Time and memory grow with the text's length.
    """

    def __init__(self, text: str):
        self.kinds = text.translate(_KINDS)
        self.starts = bytearray(b"\1") * (len(text) + 1)
        self.ends = bytearray(self.starts)
        for run in _WORD_RUN.finditer(self.kinds):
            inner = slice(run.start() + 1, run.end())
            self.starts[inner] = self.ends[inner] = bytes(len(run[0]) - 1)
        for run in _HANGUL_RUN.finditer(self.kinds):
            self.starts[run.start() + 1 : run.end()] = bytes(len(run[0]) - 1)
        for place in _GRAPHEME.finditer(self.kinds):
            self.starts[place.start()] = self.ends[place.start()] = 0
        for pair in _FLAG_PAIR.finditer(self.kinds):
            self.starts[pair.start() + 1] = self.ends[pair.start() + 1] = 0
        self.starts[0] = self.ends[len(text)] = 1
