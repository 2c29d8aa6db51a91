"""Lists of short things, as models write them."""

import json
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reply_strategies import HARD, HARD_TEXT, REPLIES, SAID

from spacy_fewner.llm.replies.entries import read_entries
from spacy_fewner.llm.replies.json_lists import begun_list

WANTED = ["Ann Lee", "St. Mary's", "北京"]


def texts(reply: str, **how) -> list[str]:
    return [one.text for one in read_entries(reply, **how).items]


@pytest.mark.parametrize(
    "reply",
    [
        '{"items": ["Ann Lee", "St. Mary\'s", "北京"]}',
        'Sure:\n```json\n[" Ann Lee ", "St. Mary\'s", "", "北京", 3]\n```',
        "1. Ann Lee\n2. St. Mary's\n3. 北京",
        "Here are three:\n\n1) Ann Lee\n2) St. Mary's\n\n3) 北京\n\nI hope this helps!",
        "(1) Ann Lee\n(2) St. Mary's\n(3) 北京",
        "1.Ann Lee\n2.St. Mary's\n3.北京",
        "1、Ann Lee\n2、St. Mary's\n3、北京",
        "- Ann Lee\n- St. Mary's\n- 北京",
        "* Ann Lee,\n* St. Mary's,\n* 北京,",
        "  • Ann Lee;\n  • St. Mary's;\n  • 北京",
        '1. "Ann Lee"\n2. "St. Mary\'s"\n3. "北京"',
        "1. **Ann Lee**\n2. **St. Mary's**\n3. **北京**",
        "**1.** Ann Lee\n**2.** St. Mary's\n**3.** 北京",
        "1. Ann Lee - a physicist\n2. St. Mary's – a church\n3. 北京 — a city",
        "1. **Ann Lee**: a physicist\n2. **St. Mary's**: old: a church\n3. **北京**: a city",
        "1. **Ann Lee:** a physicist\n2. St. Mary's: a church\n3. 北京：首都",
        "1. Ann Lee\n   - a physicist\n2. St. Mary's\n   - a church\n3. 北京\n   - a city",
    ],
)
def test_forms(reply):
    assert texts(reply) == WANTED


def test_a_dash_or_colon_of_the_name_is_no_gloss():
    lines = "1. Alien: Covenant\n2. Dune\n3. Mad Max\n4. Star Wars: Episode IV - A New Hope"
    assert texts(lines)[::3] == ["Alien: Covenant", "Star Wars: Episode IV - A New Hope"]
    assert texts("1. Alien: Covenant") == ["Alien: Covenant"]
    assert texts("1. Psychology (at: Stanford)\n2. Law (at: Yale)") == [
        "Psychology (at: Stanford)",
        "Law (at: Yale)",
    ]
    first, second = read_entries("1. (W) Ann - of: x\n2. Bo - Dr - y").items
    assert (first.gloss, second.text, second.gloss) == ("of: x", "Bo", "Dr - y")


def test_what_a_limit_cut_is_left_out():
    found = read_entries("1. Ann\n2. Bo\n3. C", cut=True)
    assert [one.text for one in found.items] == ["Ann", "Bo"]
    assert [one.reason for one in found.problems] == ["cut short"]
    assert texts('{"items": ["caf\\u00e9", "a\\"b", "c', cut=True) == ["café", 'a"b']
    assert read_entries('{"items', cut=True).problems[0].reason == "no items"
    assert texts('["a", "b"') == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[1, 2", [1]),
        ("[1, 2 ", [1, 2]),
        ('[ "a" , {"b": [1]}, {"c', ["a", {"b": [1]}]),
        ('["a"] ["b"]', ["a"]),
        ("no list", []),
        ("[" * 100_000, []),
        ("[,", []),
    ],
)
def test_a_list_begun_keeps_what_is_complete(text, found):
    assert begun_list(text) == found


@pytest.mark.parametrize(
    ("reply", "reasons"),
    [
        ("", ["empty reply"]),
        ("As an AI, I cannot.", ["refusal"]),
        ("Ann Lee, Bo and Cid", ["no items"]),
        ("3.5 stars", ["no items"]),
        ("1. Ann\n2.\n3. Bo", ["nothing behind the mark"]),
        ("1. Ann\n" * 50, ["loop"]),
    ],
)
def test_problems(reply, reasons):
    assert [one.reason for one in read_entries(reply).problems] == reasons


ONE_LINE = SAID.map(lambda text: " ".join(text.split())).filter(
    lambda text: text[0].isalnum() and text[-1].isalnum() and ": " not in text and "：" not in text
)
LISTS = st.lists(ONE_LINE, min_size=2, max_size=6, unique=True)


@HARD
@given(LISTS, st.sampled_from(["{n}. {x}", "{n}) {x}", "- {x}", '{n}. "{x}"', "* **{x}**"]))
def test_lines_are_read_back(told, form):
    """Glosses apart: no entry has a dash between spaces here."""
    told = [one for one in told if not {"-", "–"} & set(one.split())]
    reply = "\n".join(form.format(n=n, x=one) for n, one in enumerate(told, 1))
    found = read_entries(f"Some names\n{reply}\n")
    is_plain = not set("\"'*_`“”") & set("".join(told))
    assert len(found.items) == len(told) and (not found.problems or not told)
    if is_plain or form.endswith(" {x}"):
        assert [one.text for one in found.items] == told
    assert [one.source for one in found.items] == reply.split("\n") * bool(told)


@HARD
@given(st.lists(SAID, min_size=1, max_size=6), st.booleans(), st.data())
def test_strings_before_a_cut_are_read_back(told, plain, data):
    whole = json.dumps({"items": told}, ensure_ascii=plain)
    cut = data.draw(st.integers(0, len(whole)))
    ends = [len(json.dumps({"items": told[: n + 1]}, ensure_ascii=plain)) for n in range(len(told))]
    complete = [one for one, end in zip(told, ends, strict=True) if end - 2 <= cut]
    assert texts(whole[:cut], cut=True) == complete
    assert texts(whole) == told


@HARD
@given(REPLIES | st.lists(HARD_TEXT.map("1. {}".format), max_size=5).map("\n".join), st.booleans())
def test_any_reply_is_a_list_or_has_a_reason(reply, cut):
    found = read_entries(reply, cut=cut)
    assert found.items or found.problems
    assert all(one.reason for one in found.problems)
    assert all(one.text and one.text == one.text.strip() for one in found.items)
    lines = [*found.prose, *(one.source for one in (*found.items, *found.problems))]
    if not any(one.source in ("", reply) for one in found.items) and found.prose:
        words = Counter(word for line in lines for word in line.split())
        assert words == Counter(reply.split())


@pytest.mark.parametrize(
    "piece", ["1. ", "1. a\n", "- ", "a: ", " - ", "( - ", "**", '"a", ', "[", "*" * 9]
)
def test_a_megabyte_takes_no_time(piece):
    for start in ("1. ", "", '{"items": ["a", '):
        started = time.process_time()
        for cut in (True, False):
            read_entries(start + piece * (1_000_000 // len(piece)), cut=cut)
        assert time.process_time() - started < 6
