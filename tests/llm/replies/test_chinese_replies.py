"""Replies in Chinese, with the punctuation that Chinese is written with."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.llm.replies.choices import Asked, Verdict, read_choices
from spacy_fewner.llm.replies.entries import read_entries
from spacy_fewner.llm.replies.json_records import read_json_records
from spacy_fewner.llm.replies.json_reply import read_json
from spacy_fewner.llm.replies.listed import read_listed
from spacy_fewner.llm.replies.mention_list import read_mentions
from spacy_fewner.llm.replies.parsed import Problem

CITY = Asked("从昆明", "城市")
HAN = st.text("天地人山水火风云东西南北中王李张上海京", min_size=1, max_size=6)


def listed(reply: str):
    parsed = read_listed(reply)
    assert not parsed.problems
    return [(one.text, [(m.surface, m.label) for m in one.mentions]) for one in parsed.items]


@pytest.mark.parametrize(
    "reply",
    [
        "1. 文本：张三在上海。\n实体：张三（人名），上海（城市）",
        "1、文本：张三在上海。\n   实体：张三（人名）、上海（城市）。",
        "1．文本：“张三在上海。”\n实体：[张三（人名），上海（城市）]",
        "（1）文本：张三在上海。\n命名实体：【张三（人名）】，【上海（城市）】",
        "1.文本：张三在上海。\n实体列表：张三 (人名)；上海 (城市)",
        "文本：张三在上海。实体：张三（人名），上海（城市）",
        "**文本：**张三在上海。\n**实体：**“张三”（人名），“上海”（城市）",
    ],
)
def test_texts_with_their_entities(reply: str):
    assert listed(reply) == [("张三在上海。", [("张三", "人名"), ("上海", "城市")])]


@pytest.mark.parametrize("none", ["无", "无。", "没有实体", "（无）", "[]", "无实体。", "没有"])
def test_no_entities(none: str):
    assert listed(f"1. 文本：真没意思。\n实体：{none}") == [("真没意思。", [])]


def test_brackets_of_a_name_stay_as_they_are():
    found = read_mentions("中国银行（香港）（公司），A (b)（型号）")
    assert [(one.surface, one.label) for one in found.mentions] == [
        ("中国银行（香港）", "公司"),
        ("A (b)", "型号"),
    ]
    assert not found.unread


def test_a_number_that_belongs_to_a_text_stays():
    assert listed("文本：3、4号线停运。\n实体：3、4号线（线路）")[0][0] == "3、4号线停运。"
    assert listed("3、4号线停运。\n实体：4号线（线路）")[0][0] == "3、4号线停运。"


@given(
    texts=st.lists(
        st.tuples(HAN, st.lists(st.tuples(HAN, HAN), max_size=3)), min_size=1, max_size=3
    )
)
def test_the_form_that_is_shown_is_read(texts: list[tuple[str, list[tuple[str, str]]]]):
    shown = [
        f"{number}. 文本：{text}。\n实体："
        + ("，".join(f"{surface}（{label}）" for surface, label in pairs) or "无")
        for number, (text, pairs) in enumerate(texts, 1)
    ]
    parsed = read_listed("\n".join(shown))
    if not parsed.problems:  # a text and its list for the fourth time are a loop
        items = [(one.text, [(m.surface, m.label) for m in one.mentions]) for one in parsed.items]
        assert items == [(f"{text}。", pairs) for text, pairs in texts]


def verdict(answer: str):
    (found,) = read_choices(f'1. 文本片段："从昆明"\n{answer}', [CITY])
    return found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("答案：(A)。", Verdict("kept")),
        ("答案：（A）", Verdict("kept")),
        ("答案：A，片段恰好是一个实体", Verdict("kept")),
        ("**答案：** D", Verdict("none")),
        ("选项：(D)。片段不是任何类型的实体。", Verdict("none")),
        ("选择A", Verdict("kept")),
        ("选D。", Verdict("none")),
        ('答案：(B)。正确的片段是"昆明"。', Verdict("boundary", ("昆明",))),
        ("答案：（B）。正确的片段是“昆明”。", Verdict("boundary", ("昆明",))),
        ("答案：(B)\n正确的片段：「昆明」", Verdict("boundary", ("昆明",))),
        ("答案：(B)。“从昆明”应为“昆明”", Verdict("boundary", ("昆明",))),
        ("答案：(C)。正确的类型是设备。", Verdict("type", (), "设备")),
        ("答案：（C）。正确的类型：“设备”", Verdict("type", (), "设备")),
        ("答案：(C)。类型应为设备，不是城市。", Verdict("type", (), "设备")),
        ("答案：(C)。它不是城市，而是设备。", Verdict("type", (), "设备")),
        ("答案：(C)。片段是实体，但属于另一个类型（设备）。", Verdict("type", (), "设备")),
        ("答案：（C）设备", Verdict("type", (), "设备")),
    ],
)
def test_verdicts(answer: str, expected: Verdict):
    assert verdict(answer) == expected


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("答案：是", "no option chosen"),
        ("答案：(B)。起止位置不对。", "no corrected boundary"),
        ("答案：(B)。正确的片段是“从昆明”。", "correction changes nothing"),
        ("答案：(C)。片段是实体，但属于另一个类型。", "no corrected type"),
        ("答案：(C)。正确的类型是城市。", "correction changes nothing"),
    ],
)
def test_no_verdicts(answer: str, reason: str):
    found = verdict(answer)
    assert isinstance(found, Problem) and found.reason == reason


def test_several_verdicts_with_any_numbers():
    asked = [Asked("从昆明", "城市"), Asked("陈立新", "人名"), Asked("上周", "城市")]
    reply = (
        "1、文本片段：“从昆明”\n答案：（B）。正确的片段是“昆明”。\n"
        "2．片段：陈立新\n答案：（A）\n3）文本片段：“上周”\n答案：（D）"
    )
    assert read_choices(reply, asked) == (
        Verdict("boundary", ("昆明",)),
        Verdict("kept"),
        Verdict("none"),
    )


@given(surface=HAN, label=HAN, to=HAN)
def test_the_answers_that_are_shown_are_read(surface: str, label: str, to: str):
    asked = [Asked(f"x{surface}", f"y{label}")] * 3
    lines = [f'{n}. 文本片段："x{surface}"\n答案：' for n in (1, 2, 3)]
    answers = ("(A)。", f'(B)。正确的片段是"{to}"。', f"(C)。正确的类型是{to}。")
    reply = "\n".join(line + answer for line, answer in zip(lines, answers, strict=True))
    expected = (Verdict("kept"), Verdict("boundary", (to,)), Verdict("type", (), to))
    assert read_choices(reply, asked) == expected


@pytest.mark.parametrize(
    "reply",
    [
        *("1、城市\n2、河流", "（1）城市\n（2）河流", "1．城市\n2．河流", "1）城市\n2）河流"),
        *("1. 城市：较大的城镇\n2. 河流：流水", "1. 城市——较大的城镇\n2. 河流——流水"),
        "- 城市\n- 河流",
    ],
)
def test_entries(reply: str):
    assert [one.text for one in read_entries(reply).items] == ["城市", "河流"]


def test_json_with_the_punctuation_of_a_chinese_keyboard():
    entities = '[{"text"："张三"，"label"："人名"}]'
    reply = '{"text"："张三：你好，上海。"，"entities"：' + entities + "}"
    (item,) = read_json_records(reply).items
    assert item.text == "张三：你好，上海。"
    assert [(one.surface, one.label) for one in item.mentions] == [("张三", "人名")]


@given(value=st.dictionaries(HAN | st.sampled_from(["，", "：", "a：b"]), st.text(), min_size=1))
def test_only_what_is_between_strings_is_narrowed(value: dict[str, str]):
    parts = (f"{json.dumps(k)}：{json.dumps(v, ensure_ascii=False)}" for k, v in value.items())
    (found,) = read_json("{" + "，".join(parts) + "}", ()).items
    assert found == value


@pytest.mark.parametrize(
    "piece", ['\\"', '"', "：", '"：', "，\\", "文本：", "实体：（", "（x）、"]
)
def test_reading_takes_time_that_grows_with_the_length(piece: str):
    start = time.perf_counter()
    for read in (read_listed, read_entries, read_mentions, lambda said: read_json(said, ("a",))):
        read('{"a"：' + piece * 60_000 + "}")
    read_choices(piece * 60_000, [CITY])
    assert time.perf_counter() - start < 20
