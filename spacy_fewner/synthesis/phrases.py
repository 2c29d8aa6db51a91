"""What is said around values before a prompt shows them, in the language of the prompt."""

from collections.abc import Sequence
from dataclasses import dataclass

from .languages import prompt_language

# Of spaCy's languages, those whose texts have no spaces between words.
_UNSPACED = ("bo", "ja", "th", "zh")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Those with {} are for str.format.

    words, characters: a length. entity, any_entity: what a text is to mention. text, entities: the
    two lines of an annotated text; comma between entities, none in place of them. both: between
    names of classes. kind_of, such_as: behind a description; listed between examples.
    """

    words: str
    characters: str
    entity: str
    any_entity: str
    text: str
    entities: str
    comma: str
    none: str
    both: str
    kind_of: str
    such_as: str
    listed: str


_ENGLISH = Phrases(
    words="{} words",
    characters="{} characters",
    entity="{} ({})",
    any_entity="some {}",
    text="Text: {}",
    entities="Entities: {}",
    comma=", ",
    none="none",
    both=" and ",
    kind_of=" (a kind of {})",
    such_as=" (such as {})",
    listed=", ",
)
_CHINESE = Phrases(
    words="{}个词",
    characters="{}个字",
    entity="{}（{}）",
    any_entity="某个{}",
    text="文本：{}",
    entities="实体：{}",
    comma="，",
    none="无",
    both="和",
    kind_of="（{}的一种）",
    such_as="（例如{}）",
    listed="、",
)


def phrases_in(code: str) -> Phrases:
    """Those of the prompts for texts in a language, which are English for all but Chinese."""
    return _CHINESE if prompt_language(code) == "zh" else _ENGLISH


def is_unspaced(code: str) -> bool:
    """Whether texts in the language have no spaces between words."""
    return code in _UNSPACED


def pairs_told(pairs: Sequence[tuple[str, str]], said: Phrases) -> str:
    """(surface, label) of each entity, in one line."""
    return said.comma.join(said.entity.format(*pair) for pair in pairs) or said.none
