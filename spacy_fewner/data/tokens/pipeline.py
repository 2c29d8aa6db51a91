"""Blank pipelines: a language's tokenizer, or one that takes characters."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from ...errors import FewnerError
from .tokenizer import NAME, CharacterTokenizer, cut_by_character

if TYPE_CHECKING:
    from spacy.language import Language

Tokens: TypeAlias = Literal["auto", "words", "mixed", "characters"]
"""What a token is: what spaCy's tokenizer of the language says ("words"), each character
("characters"), or words, and characters where words are not spaced ("mixed"). "auto" is words
or mixed, by language and texts."""

# Those whose texts are cut by character, and those whose tokenizer in spaCy needs a dictionary
# that is not there or belongs to another package.
_UNSPACED = frozenset({"zh", "ja", "ko", "th"})
_OWN_TOKENIZER = _UNSPACED | {"vi", "xx"}


def check_tokens(tokens: str) -> None:
    known = get_args(Tokens)
    if tokens not in known:
        rule = f"must be one of {', '.join(known)}"
        raise FewnerError("tokens", rule, tokens, "Leave it out for the default.")


def settled_tokens(tokens: Tokens, lang: str, texts: Iterable[str]) -> Tokens:
    """What "auto" is: "words" in a language with spaces, if none of the texts has characters of a
    script without them; pipelines of it need no tokenizer of ours. Else "mixed"."""
    if tokens != "auto":
        return tokens
    return "mixed" if lang in _OWN_TOKENIZER or any(map(cut_by_character, texts)) else "words"


def tokenizer_config(tokens: Tokens, lang: str) -> dict[str, Any]:
    """The block [nlp.tokenizer] of a config; empty for the language's own."""
    settled = settled_tokens(tokens, lang, ())
    if settled == "words":
        return {}
    of_words = "runs" if lang in _UNSPACED else "words"
    return {"@tokenizers": NAME, "spaced": of_words if settled == "mixed" else "characters"}


def blank_pipeline(lang: str = "xx", tokens: Tokens = "auto") -> "Language":
    """A tokenizer of the language, by its spaCy code, and nothing else; "xx" for any language.

    Raises FewnerError if spaCy has no such language, or lacks what it needs.
    """
    import spacy

    check_tokens(tokens)
    own = tokenizer_config("mixed" if tokens == "auto" else tokens, lang)
    try:
        nlp = spacy.blank(lang, config={"nlp": {"tokenizer": own}} if own else {})
    except ImportError as err:
        raise (_unknown(lang) if _has_no_class(lang) else _lacking(lang, err)) from err
    if nlp.lang != lang:  # spaCy takes "zho" for "zh", and a config with it for broken
        rule = "must be the code that spaCy has for the language"
        raise FewnerError("lang", rule, lang, f"Use {nlp.lang}.")
    return nlp


def by_characters(nlp: "Language") -> str:
    """What `spaced` is of the pipeline's tokenizer; "" if it is another kind."""
    tokenizer = nlp.tokenizer
    return tokenizer.spaced if isinstance(tokenizer, CharacterTokenizer) else ""


def _has_no_class(lang: str) -> bool:
    from spacy.util import get_lang_class

    try:
        get_lang_class(lang)
    except ImportError:
        return True
    return False


def _unknown(lang: str) -> FewnerError:
    base = re.split("[-_]", lang)[0].lower()
    known = "Use a code such as en, de or zh; for any other language xx, which cuts words at "
    known += "spaces and punctuation, and scripts without spaces by character."
    remedy = known if base == lang or _has_no_class(base) else f"Use {base}."
    return FewnerError("lang", "must be the code of a language that spaCy knows", lang, remedy)


def _lacking(lang: str, err: ImportError) -> FewnerError:
    return FewnerError(
        "tokens",
        f"words of {lang} need a package that is not here",
        " ".join(str(err).split()),
        "Install what it names, or choose --tokens auto (tokens='auto' in Python), which takes "
        "characters and needs no other package.",
    )
