"""Hypothesis strategies for what language models write at their worst, and settings for them."""

from hypothesis import settings
from hypothesis import strategies as st

# The same examples in every run: a failure here is one of the package, never of the day.
HARD = settings(deadline=None, derandomize=True, max_examples=150)
SLOW = settings(HARD, max_examples=60)

PIECES = [
    *('"', "'", "\\", "\\\\", '\\"', "`", "“", "”", "’", "«"),
    *("{", "}", "[", "]", "(", ")", "{}", "[]", "[[", "]]", '{"', '"}', "}]", "{{", "}}", "{%"),
    *("{{ 7 * 7 }}", "{% raw %}", "<|im_end|>", "</text>", "[/INST]", "```", "```json\n", "##"),
    *(",", ":", ";", ".", "-", "–", "•", "*", "**", "1. ", "2) ", "Text: ", "Entities: ", "(A)"),
    *("\n", "\r\n", "\t", "\u2028", "\x0b", "\x00", " ", "  ", "\u00a0", "\u3000", "\ufeff"),
    *("cafe\u0301", "é", "\u0301", "e\u0323\u0301", "straße", "ﬁn", "\u00ad", "\u200b"),
    *("İ", "ı", "i\u0307", "I", "i", "\u200f", "\u200e", "\u202e", "שלום", "مرحبا"),
    *("北京", "大学", "。", "：", "，", "서울에서", "ไทย", "👩\u200d👩\u200d👧", "❤\ufe0f", "🇨🇭"),
    *("Ann", "Oboe 8'", '8"', "a", "b", "0", "-1", "1e999", "null", "true", "NaN", "I'm sorry"),
    *('"text"', '"label"', '"items"', '"entities"', "\ud83d", "\udc69", "\ud800"),
]
HARD_TEXT = st.lists(st.sampled_from(PIECES), max_size=10).map("".join) | st.text(max_size=20)
DEEP = st.tuples(
    st.sampled_from(["[", "{", '{"a":', "[{", "(", '"', "\\", "}"]), st.integers(1, 3000)
)
LONG_RUNS = DEEP.map(lambda run: run[0] * run[1])
WORDS = ['{"items": [', '{"text": "', '"entities": [', '"label": "', '"}', "]}", '", "']
PARTS = st.sampled_from(WORDS) | HARD_TEXT | LONG_RUNS
REPLIES = st.lists(PARTS, max_size=8).map("".join)

WHOLE = HARD_TEXT.filter(lambda text: text.isprintable() or "\n" in text).filter(
    lambda text: text.encode("utf-8", "ignore").decode() == text
)
SAID = WHOLE.map(str.strip).filter(bool)
"""Well-formed Unicode with something in it, no space at its edges."""

PROSE = st.sampled_from(
    ["", 'Sure! It\'s "this":\n', "```json\n", "\n```\nHope it's fine :)", "Here (as asked):\n\n"]
)
