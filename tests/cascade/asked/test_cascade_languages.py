"""The cascade asks in the language of its pipeline, or in the one that it is told."""

import json
import re
from pathlib import Path

import pytest
import spacy
from asked_models import Scripted, is_choice
from spacy.tokens import Span, SpanGroup

from spacy_fewner.cascade.asked.answers import read_answer
from spacy_fewner.cascade.asked.choose import ChooseLabels
from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.asked.options import offered
from spacy_fewner.cascade.rows.chat_rows import classifier_rows
from spacy_fewner.cascade.rows.dynamic import Dynamic
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.data.docs import META
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.types import CharSpan, Sample

TREE = [
    {"id": "人物", "description": "真实的人"},
    {"id": "人物/演奏者", "description": "演奏乐器的人", "examples": ["王芳", "李明"]},
    {"id": "人物/制造者"},
    {"id": "地点"},
]
TEXT = "王芳在上海演出。"
MARK = {"@misc": "spacy-fewner.MarkEntities.v1", "rounds": 1}


def answer(prompt: Prompt) -> str:
    if is_choice(prompt):
        assert prompt.schema
        offers = prompt.schema["properties"]["label"]["enum"]
        wanted = {"王芳": ("人物", "演奏者"), "上海": ("地点",)}
        found = re.search(r'"(王芳|上海)"', prompt.messages[-1].content.split("</text>")[-1])
        assert found
        chosen = next(one for one in wanted[found[1]] if one in offers)
        return json.dumps({"label": chosen}, ensure_ascii=False)
    marks = re.search(
        r"前面加 (\S+?)，后面加 (\S+?)。|with (\S+) before it and (\S+) ", said(prompt)
    )
    assert marks
    opening, closing = filter(None, marks.groups())
    return f"输出：{opening}王芳{closing}在{opening}上海{closing}演出。"


def said(prompt: Prompt) -> str:
    return prompt.messages[0].content


def asking(lang: str, **config):
    nlp = spacy.blank(lang)
    pipe = nlp.add_pipe("fewner_cascade_llm", config={"tree": TREE, "mark": MARK, **config})
    model = Scripted(answer)
    pipe.client = Client(model)
    return nlp, model


@pytest.mark.parametrize(
    ("lang", "config", "expected"),
    [
        ("zh", {}, "中文"),
        ("xx", {"language": "zh"}, "中文"),
        ("zh", {"language": "de"}, "German"),
        ("de", {}, "German"),
        ("de", {"language": "xx"}, ""),
        ("en", {}, ""),
        ("xx", {}, ""),
    ],
)
def test_both_steps_ask_in_the_language(lang: str, config: dict, expected: str):
    nlp, model = asking(lang, **config)
    doc = nlp(TEXT)
    assert bool(doc.spans["sc"]) == (lang == "zh") == any(map(is_choice, model.asked))
    for prompt in model.asked:
        if expected == "中文":
            assert said(prompt).startswith("你负责") and "You " not in said(prompt)
        else:
            assert said(prompt).startswith("You ")
            assert ("The text is in German" in said(prompt)) == bool(expected)


def test_chinese_spans_get_their_paths():
    nlp, _ = asking("zh")
    doc = nlp(TEXT)
    assert [(span.text, span.label_) for span in doc.spans["sc"]] == [
        ("王芳", "人物/演奏者"),
        ("上海", "地点"),
    ]
    assert doc.user_data[META]["prompt"] == "mark_entities.zh.v1 + choose_label.zh.v1"


def test_marking_keeps_a_language_of_its_own():
    nlp, model = asking("zh", mark={**MARK, "language": "de"})
    nlp(TEXT)
    marking = [prompt for prompt in model.asked if not is_choice(prompt)]
    assert all("The text is in German" in said(prompt) for prompt in marking)


def test_the_language_is_saved_and_loaded(tmp_path: Path):
    nlp, _ = asking("xx", language="zh")
    nlp.to_disk(tmp_path / "told")
    asking("zh")[0].to_disk(tmp_path / "own")
    for folder in ("told", "own"):
        again = spacy.load(tmp_path / folder)
        model = Scripted(answer)
        again.get_pipe("fewner_cascade_llm").client = Client(model)
        again(TEXT)
        assert all(said(prompt).startswith("你负责") for prompt in model.asked)
    config = {"components.fewner_cascade_llm.language": "de"}
    assert (
        spacy.load(tmp_path / "told", config=config).get_pipe("fewner_cascade_llm").language == "de"
    )


def test_what_an_older_version_saved_asks_in_the_language_of_the_pipeline(tmp_path: Path):
    nlp, _ = asking("zh")
    nlp.to_disk(tmp_path / "old")
    for file in (tmp_path / "old" / "fewner_cascade_llm" / "cfg", tmp_path / "old" / "config.cfg"):
        text = file.read_text("utf8")
        older = re.sub(r'^\s*"language":null,?\n|^language = null\n', "", text, flags=re.M)
        assert older != text
        file.write_text(older, "utf8")
    again, model = spacy.load(tmp_path / "old"), Scripted(answer)
    again.get_pipe("fewner_cascade_llm").client = Client(model)
    again(TEXT)
    assert model.asked and all(said(prompt).startswith("你负责") for prompt in model.asked)


@pytest.mark.parametrize("language", ["km", "", 3])
def test_a_language_that_there_is_not(language):
    nlp = spacy.blank("xx")
    pipe = nlp.add_pipe("fewner_cascade_llm", config={"tree": TREE})
    with pytest.raises(FewnerError, match="must be a code"):
        pipe.language = language
    for make in (MarkEntities, lambda language: ChooseLabels(tree_of(TREE), language=language)):
        if isinstance(language, str):
            with pytest.raises(FewnerError, match="must be a code"):
                make(language=language)


def test_candidates_are_shown_in_chinese():
    nlp, model = asking("zh", mark=None, candidates_key="sc")
    doc = nlp.make_doc(TEXT)
    doc.spans["sc"] = SpanGroup(doc, spans=[Span(doc, 0, 2)])
    for _, pipe in nlp.pipeline:
        doc = pipe(doc)
    shown = "\n".join(prompt.messages[-1].content for prompt in model.asked)
    assert "- 演奏者：演奏乐器的人（例如王芳、李明）" in shown
    assert "- 未知：其他标签都不合适" in shown


@pytest.mark.parametrize(
    ("reply", "path"),
    [
        ('{"label": "演奏者"}', "人物/演奏者"),
        ('{"label"："演奏者"}', "人物/演奏者"),
        ("标签：演奏者", "人物/演奏者"),
        ("标签：“演奏者”。", "人物/演奏者"),
        ("选择：演奏者", "人物/演奏者"),
        ("未知", ""),
        ("以上都不是", ""),
        ('{"label": "其他"}', ""),
        ('{"label": "unknown"}', ""),
        ("这个片段应该是演奏者。", "人物/演奏者"),
        ("这个片段不是演奏者。", None),
    ],
)
def test_answers_in_chinese(reply: str, path: str | None):
    options = offered(tree_of(TREE), "人物", unknown=True, language="zh")
    found = read_answer(Reply(reply), options)
    assert getattr(found, "path", "no option") == ({None: "no option", "": None}.get(path, path))


def test_no_name_of_a_label_stands_for_none_of_them():
    tree = tree_of([{"id": "人物"}, {"id": "未知"}, {"id": "其他 "[:2]}])
    options = offered(tree, None, unknown=True, language="zh")
    assert len({option.name for option in options}) == len(options)


def test_rows_are_the_questions_in_the_language():
    spans = (CharSpan(0, 2, "人物/演奏者"), CharSpan(3, 5, "地点"))
    samples = [Sample(TEXT, spans)]
    how = Dynamic(merge=0, drop=0, synonyms=0, replace=1, offer=0)
    rows = classifier_rows(samples, tree_of(TREE), how, language="zh").rows
    assert rows and all(row.meta["prompt"] == "choose_label.zh.v1" for row in rows)
    answers = {json.loads(row.messages[-1].content)["label"] for row in rows}
    assert answers <= {"其他", "未知"}
    german = classifier_rows(samples, tree_of(TREE), how, language="de").rows
    assert all("The text is in German" in row.messages[0].content for row in german)
