"""In which language a stage asks, and what it calls the language of a text."""

import re

from ..errors import FewnerError

PROMPT_LANGUAGES = ("en", "zh")
_ANY = "MultiLanguage"


def prompt_language(code: str) -> str:
    """The language that there are prompts in: the text's own, else English."""
    return code if code in PROMPT_LANGUAGES else "en"


def language_name(code: str) -> str:
    """What an English prompt calls the language of a text: its English name.

    code: as spaCy has it ("de"). Empty for English, and for "xx", which stands for any. Raises
    FewnerError for a code that spaCy does not know.
    """
    from spacy.util import get_lang_class

    try:
        name = get_lang_class(code).__name__
    except ImportError as err:
        remedy = "Use a code that spaCy knows, such as en, zh or de; or xx."
        raise FewnerError("language", "must be the code of a language", code, remedy) from err
    return "" if name in ("English", _ANY) else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
