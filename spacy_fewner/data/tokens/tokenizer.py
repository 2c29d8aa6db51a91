"""A tokenizer that needs no dictionary: one token a character where words are not spaced."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from ...errors import FewnerError
from .characters import characters
from .scripts import HANGUL, PUNCTUATION, UNSPACED
from .spacing import words_and_spaces

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokenizer import Tokenizer
    from spacy.tokens import Doc

Spaced: TypeAlias = Literal["words", "runs", "characters"]
Offsets: TypeAlias = Iterator[tuple[int, int]]

NAME = "spacy-fewner.CharacterTokenizer.v1"
# With the marks that follow; a mark without anything before it is left to the others.
_MARKS = "\u0300-\u036f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_BY_CHARACTER = re.compile(f"[{UNSPACED}{HANGUL}][{UNSPACED}{HANGUL}{_MARKS}]*|[{PUNCTUATION}]")


class CharacterTokenizer:
    """Takes each character of a script without spaces, and of Hangul, as a token.

    words: cuts all other text, as the language's own rules have it.
    spaced: what becomes of that: "words" keeps them; "runs" takes letters that follow each other,
        but for a capital behind a small one, digits, and each sign: names in a script without
        spaces often touch "@", numbers and other names; "characters" takes each of its characters,
        so that spans may begin and end inside a word.

    A character is a sign with its marks (`characters`). Nothing of a text is lost: `doc.text` is
    the text. Ours.
    """

    def __init__(self, words: "Tokenizer", spaced: Spaced = "words"):
        if spaced not in get_args(Spaced):
            rule = f"must be one of {', '.join(get_args(Spaced))}"
            raise FewnerError("spaced", rule, spaced, "Correct the config.")
        self.words, self.spaced = words, spaced

    def __call__(self, text: str) -> "Doc":
        if self.spaced == "characters":
            return self._doc(text, characters(text))
        if self.spaced == "runs":
            return self._doc(text, runs(text))
        # Most texts of most languages have none.
        return self._doc(text, self._mixed(text)) if cut_by_character(text) else self.words(text)

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> "Iterator[Doc]":
        """A doc for each text; batch_size is taken as spaCy's tokenizers take it."""
        return map(self, texts)

    def _mixed(self, text: str) -> Offsets:
        position = 0
        for found in _BY_CHARACTER.finditer(text):
            yield from self._of_words(text[position : found.start()], position)
            for start, end in characters(found[0]):
                yield found.start() + start, found.start() + end
            position = found.end()
        yield from self._of_words(text[position:], position)

    def _of_words(self, text: str, offset: int) -> Offsets:
        for token in self.words(text) if text and not text.isspace() else ():
            if not token.is_space:
                yield offset + token.idx, offset + token.idx + len(token)

    def _doc(self, text: str, offsets: Offsets) -> "Doc":
        from spacy.tokens import Doc

        words, spaces = words_and_spaces(text, offsets)
        return Doc(self.words.vocab, words=words, spaces=spaces)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        return self.words.to_bytes(exclude=list(exclude))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "CharacterTokenizer":
        self.words.from_bytes(data, exclude=list(exclude))
        return self

    def to_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> None:
        self.words.to_disk(path, exclude=list(exclude))

    def from_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> "CharacterTokenizer":
        self.words.from_disk(path, exclude=list(exclude))
        return self


def character_tokenizer(spaced: Spaced = "words") -> "Callable[[Language], CharacterTokenizer]":
    """`spacy-fewner.CharacterTokenizer.v1`: see `CharacterTokenizer`."""

    def make(nlp: "Language") -> CharacterTokenizer:
        from spacy.language import create_tokenizer

        return CharacterTokenizer(create_tokenizer()(nlp), spaced)

    return make


def runs(text: str) -> Offsets:
    """Start and end of letters and of digits that follow each other, and of each other character.

    Characters of scripts without spaces, and of Hangul, stay by themselves.
    """
    start, before = 0, ""
    end = 0
    for at, after in characters(text):
        kind = _kind(text[at])
        joins = at == end and (kind == before != "" or (before, kind) == ("upper", "lower"))
        if not joins and end:
            yield start, end
        if not joins:
            start = at
        before, end = kind, after
    if end:
        yield start, end


def _kind(sign: str) -> str:
    """ "upper" of capitals, "lower" of other letters, "digit"; "" of what joins nothing."""
    if _BY_CHARACTER.match(sign):
        return ""
    if sign.isalpha():
        return "upper" if sign.isupper() else "lower"
    return "digit" if sign.isdigit() else ""


def cut_by_character(text: str) -> bool:
    """Whether the text has anything that is cut by character whatever its language."""
    return _BY_CHARACTER.search(text) is not None
