"""In which language a stage asks, and what it calls the language of a text."""

import re
from functools import cache

from ..errors import FewnerError

PROMPT_LANGUAGES = ("en", "zh")
_ANY = "MultiLanguage"


def prompt_language(code: str) -> str:
    """The language that there are prompts in: the text's own, else English."""
    return code if code in PROMPT_LANGUAGES else "en"


def prompt_in(name: str, code: str) -> str:
    """The prompt for texts in a language: "generate.v2" itself, or "generate.zh.v1" for Chinese."""
    language = prompt_language(code)
    return name if language == "en" else f"{name.partition('.')[0]}.{language}.v1"


def language_name(code: str) -> str:
    """What an English prompt calls the language of a text: its English name.

    code: as spaCy has it ("de"). Empty for English, and for "xx", which stands for any. Raises
    FewnerError for a code that spaCy does not know.
    """
    try:
        name, own = _known_as(code)
    except (ImportError, TypeError) as err:
        remedy = "Use xx, which stands for any language, or a code that spaCy knows, such as de."
        raise FewnerError("language", "must be a code that spaCy knows", code, remedy) from err
    if own != code:
        rule = "must be the code that spaCy has for the language"
        raise FewnerError("language", rule, code, f"Use {own}.")
    return "" if name in ("English", _ANY) else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)


@cache  # asked of every prompt, and spaCy looks through all entry points, which takes 3 ms
def _known_as(code: str) -> tuple[str, str]:
    """The name of spaCy's class for a code, and the code that the class has."""
    from spacy.util import get_lang_class

    found = get_lang_class(code)
    return found.__name__, str(found.lang)
