"""In which languages each prompt there is asks, and what it says of the language of other texts."""

import re

import pytest
from prompt_cases import CASES

from spacy_fewner.prompts.render import prompt_names, render
from spacy_fewner.synthesis.languages import language_name, prompt_in

HAN = re.compile("[\u4e00-\u9fff]")
# The prompts that need no language, each with why.
WITHOUT = {
    "mark_bare.v1": "has no words of its own",
    "conversation.v1": "is the form that models are tuned on",
    "conversation_all.v1": "is the form that models are tuned on",
    "code_task.v1": "is the form that models are tuned on",
    "induce_json.v1": "goes on with a chat in which induce_summary told the language",
    "induce_classes.v1": "goes on with a chat in which induce_summary told the language",
    "induce_instances.v1": "goes on with a chat in which induce_summary told the language",
}
# Discovery names its types in English, whatever the texts are in.
ENGLISH_ONLY = {"open_types.v1", "open_definitions.v1", "induce_summary.v1", "name_types.v1"}
NAMES_NONE = {"merge.v1"}  # of types alone, which are English but for Chinese texts
ASKING = [name for name in prompt_names() if ".zh." not in name and name not in WITHOUT]
CHINESE = [name for name in prompt_names() if ".zh." in name]


def said(name: str, language: str) -> tuple[str, str]:
    """What the prompt for texts in a language says: its system turns, and its last turn."""
    prompt = prompt_in(name, language)
    values = next(values for known, values in CASES.values() if known == prompt)
    turns = render(prompt, **{**values, "language": language_name(language)})
    assert turns[-1].role == "user"
    return "".join(turn.content for turn in turns if turn.role == "system"), turns[-1].content


@pytest.mark.parametrize("name", ASKING)
def test_english_names_no_language_and_other_languages_are_named(name: str):
    english, _ = said(name, "en")
    assert said(name, "xx") == said(name, "en")
    assert "German" not in english and not HAN.search(english)
    for code, called in (("de", "German"), ("ja", "Japanese"), ("nb", "Norwegian")):
        system, last = said(name, code)
        assert last == said(name, "en")[1]
        if name in NAMES_NONE:
            assert system == english
        else:
            assert system.count(called) in (1, 2)
            assert re.search(rf"\b(?:is|are|for|texts) (?:texts )?in {called}\b", system)


@pytest.mark.parametrize("name", [name for name in ASKING if name not in ENGLISH_ONLY])
def test_chinese_is_asked_about_in_chinese(name: str):
    assert prompt_in(name, "zh") in CHINESE
    system, _ = said(name, "zh")
    assert len(HAN.findall(system)) > 20
    english_words = set(re.findall("[A-Za-z]{3,}", system)) - {
        *("JSON", "Lines", "items", "text", "entities", "label", "groups", "types"),
        *("class", "classes", "entity", "type", "word", "pos", "NOUN", "VERB"),
    }
    assert english_words == set()


@pytest.mark.parametrize("name", sorted(ENGLISH_ONLY))
def test_prompts_of_discovery_name_chinese(name: str):
    values = next(values for known, values in CASES.values() if known == name)
    system = render(name, **{**values, "language": language_name("zh")})[0].content
    assert "in Chinese" in system and not HAN.search(system)


def test_no_chinese_prompt_stands_alone():
    assert sorted(prompt_in(name, "zh") for name in ASKING if name not in ENGLISH_ONLY) == CHINESE


def test_exceptions_are_prompts_there_are():
    assert {*WITHOUT, *ENGLISH_ONLY, *NAMES_NONE} <= set(prompt_names())
