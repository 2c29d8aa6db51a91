"""The likely encodings of bytes that are no UTF-8, to be named: nothing is read in a guessed one.

A trial decodes strictly, and counts how much of what comes out is as frequent as text of the script
would have it (rules and limits: ours).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from .frequent import HAN, HANGUL, KANA

_SURE = 0.8  # share that must fit where the bytes are UTF-8 as well
_LEAST = 0.2  # share of the frequent characters; in a wrong encoding it is about a twentieth
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a]")  # half a character of UTF-16
_CODES = re.compile(_CONTROL.pattern.encode())
_RUN = re.compile(r"[À-ÿŒœŠšŽžŸ]{4}")
_LATIN = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸ‘’“”„‚–—…€«»°§·¿¡£©®ªº´\xa0\xad]")


class _Trial(NamedTuple):
    """name, for people; codec of Python; iconv's name; how much fits, from 0 to 1."""

    name: str
    codec: str
    iconv: str
    fit: Callable[[str], float]


def likely_encodings(data: bytes) -> list[str]:
    """Names of the encodings that data may be in, the likeliest first; [] if none fits."""
    return [trial.name for trial in _fitting(data)]


def how_to_convert(data: bytes) -> str:
    """What the encoding may be, and two ways to make it UTF-8; "" if none fits."""
    found = _fitting(data)
    if not found:
        return ""
    named = ", or else ".join(trial.name for trial in found)
    return f"It is likely {named}. {commands(found[0].codec, found[0].iconv)}"


def commands(codec: str, iconv: str) -> str:
    """Two ways to make a file UTF-8; iconv is not there under Windows."""
    program = (
        "from pathlib import Path; Path('OUT').write_bytes("
        f"Path('IN').read_bytes().decode('{codec}').encode())"
    )
    return f'Convert it: iconv -f {iconv} -t UTF-8 IN > OUT, or: python -c "{program}"'


def is_utf16(data: bytes) -> bool:
    """Whether bytes that are UTF-8 as well are rather UTF-16 without a mark: English has a null
    character in every other place, Russian or Arabic text another control character."""
    halves = (data[::2], data[1::2])
    in_one = any(4 * len(_CODES.findall(one)) > 3 * len(one) for one in halves)
    return in_one and len(data) > 7 and max(_score(one, data) for one in _OF_TWO_BYTES) > _SURE


def _fitting(data: bytes) -> list[_Trial]:
    scores = [(_score(trial, data), trial) for trial in _TRIALS]
    best = max(score for score, _ in scores)
    found = [(score, trial) for score, trial in scores if score >= max(_LEAST, best / 2)]
    return [trial for _, trial in sorted(found, key=lambda one: -one[0])]


def _score(trial: _Trial, data: bytes) -> float:
    try:
        return trial.fit(data.decode(trial.codec))
    except UnicodeDecodeError:
        return 0.0


def _share(expected: frozenset[str]) -> Callable[[str], float]:
    def fit(text: str) -> float:
        if _CONTROL.search(text):
            return 0.0
        letters = [char for char in text if char > "\x7f" and char.isalnum()]
        return sum(char in expected for char in letters) / max(len(letters), 1)

    return fit


def _utf16(text: str) -> float:
    """Of UTF-16 all characters count: in a wrong encoding the plain ones are as rare."""
    known = HAN | HANGUL | KANA
    fits = sum("\t" <= char < "\u0700" or char in known for char in text)
    return fits / max(len(text), 1)


def _latin(text: str) -> float:
    """Accents and quotes here and there among plain letters."""
    high = [char for char in text if char > "\x7f"]
    letters = sum(map(str.isalpha, text))
    if _CONTROL.search(text) or not high or 3 * len(high) > letters or _RUN.search(text):
        return 0.0
    return sum(_LATIN.fullmatch(char) is not None for char in high) / len(high)


_OF_TWO_BYTES = (
    _Trial("UTF-16-LE", "utf-16-le", "UTF-16LE", _utf16),
    _Trial("UTF-16-BE", "utf-16-be", "UTF-16BE", _utf16),
)
_TRIALS = (
    *_OF_TWO_BYTES,
    _Trial("GB18030 (or GBK)", "gb18030", "GB18030", _share(HAN)),
    _Trial("Big5", "cp950", "CP950", _share(HAN)),
    _Trial("Shift-JIS", "cp932", "CP932", _share(HAN | KANA)),
    _Trial("EUC-JP", "euc_jp", "EUC-JP", _share(HAN | KANA)),
    _Trial("CP949 (or EUC-KR)", "cp949", "CP949", _share(HANGUL)),
    _Trial("Windows-1252 (or Latin-1)", "cp1252", "WINDOWS-1252", _latin),
)
