"""Texts followed by their mentions, as small and large models write them."""

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.llm.replies.listed import read_listed
from spacy_fewner.llm.replies.mention_list import read_mentions
from spacy_fewner.llm.replies.quotes import unquote

LINES = [
    *('1. "who is Ann"', "2. Query: x y", "Sentence: 'a b'", "Text: plain", "some prose", "Sure:"),
    *("Named Entities: [Ann (per)]", "Entities: Ann (per), Bo (per)", "Named Entities:", "[]"),
    *("   Named Entities: []", "1. [Ann (per)]", "Entities: None", "**Text:** b", "Query 3: z"),
    *("a. Named Entities: [b (c)]", "I'm sorry", "", "  ", "\u2028"),
    *("文本：北京", "实体：北京（地点）", "2. None"),
]  # fmt: skip
REPLIES = st.lists(st.sampled_from(LINES) | st.text(max_size=15), max_size=12).map("\n".join)


def read(reply: str):
    parsed = read_listed(reply)
    items = [
        (item.text, [(one.surface, one.label) for one in item.mentions], list(item.unread))
        for item in parsed.items
    ]
    return items, [problem.reason for problem in parsed.problems], list(parsed.prose)


@pytest.mark.parametrize(
    "reply",
    [
        '1. "who is Ann"\nNamed Entities: [Ann (per)]',
        "1. who is Ann\n   Named Entities: [Ann (per)]\n",
        "Query: 'who is Ann'\nNamed Entities: [Ann (per)]",
        'Spoken Movie Query 2: "who is Ann"\n\nNamed Entities: [Ann (per)]',
        "Text: who is Ann\nEntities: Ann (per)",
        "**Text:** who is Ann\n**Entities:** Ann (per)",
        '- Text: "who is Ann"\n- Entities: ["Ann" (per)]',
        "who is Ann\nNamed Entities: [Ann (per)].",
        "1) who is Ann Named Entities: [Ann (per)]",
        "1. “who is Ann”\nNamed Entities: Ann (per),",
        "文本：who is Ann\n实体：Ann（per）",
    ],
)
def test_forms(reply):
    assert read(reply) == ([("who is Ann", [("Ann", "per")], [])], [], [])


def test_texts_over_several_lines():
    reply = "Text: one\ntwo\nEntities: two (x)\nText: three\nEntities: none"
    assert read(reply)[0] == [("one\ntwo", [("two", "x")], []), ("three", [], [])]


def test_all_lists_after_all_texts():
    texts = "Sentences:\n1. Ann came.\n2. It rained.\n\nNamed Entities:\n"
    wanted = [("Ann came.", [("Ann", "per")], []), ("It rained.", [], [])]
    for lists in ("1. [Ann (per)]\n2. []", "1. Ann (per)\n2. None", "[Ann (per)]\n[]"):
        assert read(texts + lists)[:2] == (wanted, [])
    for lists in ("[Ann (per)]", "Ann (per)\nBob (per)", "1. [Ann (per)]\n2. []\n3. []"):
        assert read(texts + lists)[:2] == ([], ["lists of mentions not told apart"])


def test_prose_is_told_from_texts():
    reply = "Sure, here are some:\n\n1. a b\nEntities: []\n\nI hope this helps!"
    assert read(reply) == ([("a b", [], [])], [], ["Sure, here are some:", "I hope this helps!"])


@pytest.mark.parametrize(
    ("reply", "reasons"),
    [
        ("", ["empty reply"]),
        (" \n ", ["empty reply"]),
        ("I'm sorry, but I cannot do that.", ["refusal"]),
        ("Here is what I think of films.", ["no items"]),
        ("1. a b\n2. c d\nEntities: []", ["text without a list of mentions"]),
        ("Entities: [a (b)]", ["list of mentions without a text"]),
        ("1. a b\nEntities: []\n2. c d", ["cut short"]),
        ("1. a b\nEntities: [a (x), b (", ["cut short"]),
        ("1. a b\nEntities: [a (x)", ["cut short"]),
    ],
)
def test_problems(reply, reasons):
    assert read(reply)[1] == reasons


def test_a_loop_is_stopped():
    items, reasons, _ = read("1. a b\nEntities: [a (x)]\n" * 50 + "2. c\nEntities: []")
    assert len(items) == 3
    assert reasons == ["loop", "loop"]


@pytest.mark.parametrize(
    ("line", "mentions", "unread"),
    [
        ("[Red (Taylor's Version) (album)]", [("Red (Taylor's Version)", "album")], []),
        ("[Tesla, Inc. (org), Rome(loc)]", [("Tesla, Inc.", "org"), ("Rome", "loc")], []),
        ("[Ann (per)], [Bob (per)]", [("Ann", "per"), ("Bob", "per")], []),
        ("[Ann (per)] [Bob (per)]", [("Ann", "per"), ("Bob", "per")], []),
        ('["Let It Go" (Song)]', [("Let It Go", "Song")], []),
        ("[Ann (per); Bob (per)]", [("Ann", "per"), ("Bob", "per")], []),
        ("[Ann (per), organization]", [("Ann", "per")], ["organization"]),
        ("[Ann]", [], ["Ann"]),
        ("[(per)]", [], ["(per)"]),
        ("[Ann ()]", [], ["Ann ()"]),
        ("[](no named entities found)", [], []),
        ("N/A", [], []),
        ("No entities found.", [], []),
        ("无", [], []),
    ],
)
def test_lists_of_mentions(line, mentions, unread):
    found = read_mentions(line)
    assert [(one.surface, one.label) for one in found.mentions] == mentions
    assert list(found.unread) == unread


@pytest.mark.parametrize(
    ("quoted", "bare"),
    [
        ('"a"', "a"),
        ("'it's Ann's'", "it's Ann's"),
        ('"the "Queen" sang"', 'the "Queen" sang'),
        ('"A" and "B"', '"A" and "B"'),
        ('"left open', "left open"),
        ("“a”", "a"),
        ('say "x"', 'say "x"'),
        ('"', ""),
        ('""', ""),
    ],
)
def test_quotes(quoted, bare):
    assert unquote(quoted) == bare


@settings(deadline=None)
@given(st.text(max_size=20))
def test_unquoted_text_is_part_of_the_quoted(text):
    assert unquote(text) in text


@settings(deadline=None)
@given(REPLIES)
def test_each_word_of_a_reply_is_somewhere(reply):
    """In one item, one problem or the prose, and in none twice."""
    parsed = read_listed(reply)
    sources = [*parsed.items, *parsed.problems]
    found = [word for one in sources for word in one.source.split()]
    found += [word for line in parsed.prose for word in line.split()]
    assert Counter(found) == Counter(reply.split())
    assert parsed.items or parsed.problems


SURFACES = st.text(st.sampled_from("aé北 ,'\"-"), min_size=1, max_size=9).map(str.strip)


@settings(deadline=None)
@given(st.lists(st.tuples(SURFACES.filter(lambda s: unquote(s) == s != ""), st.sampled_from("AB"))))
def test_what_is_written_is_read(mentions):
    surfaces = [(" ".join(surface.split()), label) for surface, label in mentions]
    surfaces = [(s, label) for s, label in surfaces if s.strip(" ,;[]") == s]
    line = "[" + ", ".join(f"{surface} ({label})" for surface, label in surfaces) + "]"
    found = read_mentions(line)
    assert [(one.surface, one.label) for one in found.mentions] == surfaces
    assert not found.unread


PIECES = [
    *(
        "[",
        "]",
        "(",
        ")",
        "a (",
        "a (b), ",
        ") ",
        "1. ",
        "1. a\n",
        "Text: ",
        "Entities:\n",
        "Named ",
    ),
    *("'", '"', " ", "\n", "1. a\nEntities:\n1. [a (b)]\n", "Entities: [", "1. a\nb\n"),
    "a\nEntities: [b (c)]\n",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_takes_no_time(piece):
    for reply in (piece * (1_000_000 // len(piece)), "1. a\nEntities: " + piece * 100_000):
        started = time.process_time()
        read_listed(reply)
        assert time.process_time() - started < 6  # 0.1 to 2 s
