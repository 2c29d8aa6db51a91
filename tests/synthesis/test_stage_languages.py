"""What every stage asks about texts in English, Chinese, German, or in any language."""

import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from synthesis_helpers import Scripted, letters, sample, split, surfaces

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt
from spacy_fewner.synthesis.classes.generate import GenerateTexts
from spacy_fewner.synthesis.planning.plans import length_of
from spacy_fewner.synthesis.stages.correct import Correct
from spacy_fewner.synthesis.stages.explain import Explain
from spacy_fewner.synthesis.stages.extend import Extend
from spacy_fewner.synthesis.stages.generate import Generate
from spacy_fewner.synthesis.stages.key_phrases import KeyPhrases
from spacy_fewner.synthesis.stages.merge import Merge
from spacy_fewner.synthesis.stages.tag import Tag
from spacy_fewner.types import LabelSpec, Sample, Schema

HAN = re.compile("[\u4e00-\u9fff]")
SCHEMA = Schema((LabelSpec("人名", "人的姓名", examples=("王芳",)), LabelSpec("地点")))
CLASSES = Schema((LabelSpec("维修", "有东西坏了"), LabelSpec("调音", "音高不准")))
SEEDS = [
    sample("张三昨天从上海坐火车去了杭州。", ("张三", "人名"), ("上海", "地点"), id="s1"),
    sample("李四住在北京。", ("李四", "人名"), ("北京", "地点"), id="s2"),
    sample("今天没有人来。", id="s3"),
]
EXTENDED = [
    Sample("张三在上海。", SEEDS[0].spans[:0], meta={"id": "e"}),
]
WORDS = [Sample("我在上海。", tokens=((0, 1), (1, 2), (2, 4), (4, 5)), meta={"id": "w"})]
CLASSED = [
    Sample("风箱裂了。", cats={"维修": 1.0, "调音": 0.0}, meta={"id": "c1"}, spans_annotated=False),
    Sample("簧管偏低。", cats={"维修": 0.0, "调音": 1.0}, meta={"id": "c2"}, spans_annotated=False),
]
TYPED = [sample("张三在上海。", ("张三", "ext/人名"), ("上海", "ext/城市"), id="t")]
SMALL: dict[str, Any] = {"rounds": 1, "per_call": 2}

# stage -> (what makes it, the samples, their schema, prompts of its own about Chinese)
Made = tuple[Callable[[str], Any], list[Sample], Schema, set[str]]
STAGES: dict[str, Made] = {
    "generate": (
        lambda code: Generate(2, n_topics=2, n_entities=2, language=code, **SMALL),
        SEEDS,
        SCHEMA,
        {"generate.zh.v1", "topics.zh.v1", "entities.zh.v1"},
    ),
    "generate_texts": (
        lambda code: GenerateTexts(2, n_topics=2, language=code, **SMALL),
        CLASSED,
        CLASSES,
        {"class_texts.zh.v1", "class_topics.zh.v1"},
    ),
    "extend": (
        lambda code: Extend(("entities", "words"), language=code),
        EXTENDED,
        SCHEMA,
        {"extend_entities.zh.v1"},
    ),
    "tag": (lambda code: Tag(code), WORDS, SCHEMA, {"tag.zh.v1"}),
    "key_phrases": (
        lambda code: KeyPhrases(language=code),
        SEEDS[:1],
        SCHEMA,
        {"key_phrases.zh.v1"},
    ),
    "explain": (lambda code: Explain(language=code), SEEDS[:1], SCHEMA, {"explain.zh.v1"}),
    "describe": (lambda code: Explain(language=code), SEEDS[2:], SCHEMA, {"key_phrases.zh.v1"}),
    "correct": (lambda code: Correct(language=code), SEEDS[:1], SCHEMA, {"correct.zh.v1"}),
    "merge": (lambda code: Merge(letters, language=code), TYPED, SCHEMA, {"merge.zh.v1"}),
}


def asked(name: str, code: str) -> tuple[list[Prompt], set[str]]:
    """The prompts of the stage to a model that says nothing, and what provenance calls them."""
    make, samples, schema, _ = STAGES[name]
    model = Scripted(lambda prompt: "[]", concurrency=1)
    with pytest.warns() if name.startswith("generate") else nullcontext():
        outcomes = list(make(code)(samples, schema, Client(model)))
    return model.asked, {str(one.meta.get("prompt", "")) for one in outcomes}


def system_of(prompt: Prompt) -> str:
    return prompt.messages[0].content


@pytest.mark.parametrize("name", STAGES)
def test_chinese_is_asked_about_in_chinese(name: str):
    prompts, called = asked(name, "zh")
    assert prompts and all(HAN.search(system_of(one)) for one in prompts)
    assert not any("You " in message.content for one in prompts for message in one.messages)
    assert STAGES[name][3] & called or name == "extend"


@pytest.mark.parametrize("name", STAGES)
def test_another_language_is_named_and_english_and_any_are_not(name: str):
    german, _ = asked(name, "de")
    english, called = asked(name, "en")
    assert asked(name, "xx") == (english, called)
    assert not any(".zh." in one for one in called)
    assert len(german) == len(english) > 0
    for one, other in zip(german, english, strict=True):
        assert "You " in system_of(one) and "German" not in system_of(other)
        assert ("German" in system_of(one)) == (name != "merge")
        assert one.messages[1:] == other.messages[1:]


@pytest.mark.parametrize("name", STAGES)
def test_a_language_that_spacy_lacks_is_refused_before_anything_is_asked(name: str):
    for code in ("km", "", None, ["de"]):
        with pytest.raises(FewnerError, match=r"language: must be a code.*Use xx"):
            STAGES[name][0](code)  # type: ignore[arg-type]


def test_texts_in_the_chinese_lines_become_samples():
    def answer(prompt: Prompt) -> str:
        assert "文本：张三昨天" in prompt.messages[2].content
        assert "实体：张三（人名），上海（地点）" in prompt.messages[2].content
        assert re.search(r"1\. 约\d+个字；提到：", prompt.messages[-1].content)
        return (
            "1. 文本：王芳上周搬到了成都。\n实体：王芳（人名），成都（地点）\n"
            "2、文本：雨下了一整夜都没停。\n实体：无"
        )

    told: dict[str, Any] = {"n_topics": 0, "n_entities": 0, "form": "list", **SMALL}
    stage = Generate(2, language="zh", **told)
    samples, rejects = split(stage(SEEDS, SCHEMA, Client(Scripted(answer))))
    assert not rejects
    assert [surfaces(one) for one in samples] == [[("王芳", "人名"), ("成都", "地点")], []]
    assert all(one.meta["prompt"] == "generate.zh.v1" for one in samples)


def test_a_correction_in_chinese_moves_and_relabels():
    given = sample("张三从上海来。", ("张三", "地点"), ("从上海", "地点"), id="s")

    def answer(prompt: Prompt) -> str:
        said = system_of(prompt)
        letter = {
            ruling: found[1]
            for ruling, words in (("type", "属于另一个类型"), ("boundary", "起止位置不对"))
            if (found := re.search(rf"\(([A-D])\) 片段[^\n]*{words}", said))
        }
        assert '2. 是地点吗？文本片段："从上海"' in prompt.messages[-1].content
        return (
            f"1. 文本片段：“张三”\n答案：（{letter['type']}）。正确的类型是人名。\n"
            f"2. 文本片段：“从上海”\n答案：（{letter['boundary']}）。正确的片段是“上海”。"
        )

    (one,), rejects = split(Correct(language="zh")([given], SCHEMA, Client(Scripted(answer))))
    assert not rejects and surfaces(one) == [("张三", "人名"), ("上海", "地点")]


def test_classes_are_written_in_chinese():
    def answer(prompt: Prompt) -> str:
        said = prompt.messages[-1].content
        named = re.search("条类别为“(.+?)”的文本", said)
        assert named and re.search(r"1\. 约\d+个字", said)
        other = "风管又漏风了，明天去修。" if named[1] == "维修" else "高音区整体偏高五音分。"
        return json.dumps({"class": named[1], "text": other}, ensure_ascii=False)

    stage = GenerateTexts(2, n_topics=0, language="zh", **SMALL)
    samples, rejects = split(stage(CLASSED, CLASSES, Client(Scripted(answer))))
    assert not rejects
    assert {label for one in samples for label in one.cats} == {"维修", "调音"}


def test_a_class_below_another_is_told_in_chinese():
    tree = Schema((LabelSpec("乐器/管风琴"), LabelSpec("乐器/钢琴", "有弦")))
    seeds = [
        Sample("拉出音栓。", cats={"乐器/管风琴": 1.0}, spans_annotated=False),
        Sample("换了琴弦。", cats={"乐器/钢琴": 1.0}, spans_annotated=False),
    ]
    model = Scripted(lambda prompt: "[]", concurrency=1)
    with pytest.warns(UserWarning):
        list(GenerateTexts(2, n_topics=0, language="zh", **SMALL)(seeds, tree, Client(model)))
    assert "乐器的一种" in system_of(model.asked[0])


def test_lengths_are_told_in_characters_where_words_are_not_spaced():
    assert length_of("我在上海。", "zh") == "5个字"
    assert length_of("東京にいる。", "ja") == "6 characters"
    assert length_of("in Rom", "de") == length_of("in Rom") == "2 words"
    assert length_of("我在上海。", "xx") == length_of("我在上海。", "en")  # as in older journals
