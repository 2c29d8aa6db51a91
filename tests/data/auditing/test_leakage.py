import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data.auditing.leakage import Leak, find_leaks


def leaks(texts, against):
    return list(find_leaks(texts, against))


def test_exact_after_normalisation():
    assert leaks(["Ｈｅｌｌｏ  World\n", ""], ["x", "hello world", "hello world", ""]) == [
        Leak(0, 1, True)
    ]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("show me films with tom hanks", "show me films with meg ryan", True),
        ("show me films with tom hanks", "show me films with meg ryan now", False),
        ("show me films with tom", "films with tom", False),
        ("who is he", "who is she", True),
        ("who is he", "who was she", False),  # half or more differs
        ("hi there", "hi you", False),
        ("我们都爱北京大学和它", "我们都爱清华大学和它", True),
        ("我爱北京", "我爱上海", False),
        ("wait, what?", "wait what", True),
        ("?!", "...", False),
    ],
)
def test_short_texts_by_edits(one, other, near):
    assert leaks([one], ["something else", other]) == ([Leak(0, 1, False)] if near else [])


def test_long_texts_by_grams():
    words = [f"w{number}" for number in range(200)]
    other = " ".join(words)
    moved = " ".join([*words[100:], *words[:100]])  # 12 of 188 grams go, no small edit
    half = " ".join([*words[:100], *(f"v{number}" for number in range(100))])
    assert leaks([moved, half], [other]) == [Leak(0, 0, False)]


def edit_distance(one, other):
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


TOKENS = st.lists(st.sampled_from("abc"), min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@given(TOKENS, TOKENS)
def test_blocking_misses_nothing(one, other):
    most = min(2, (min(len(one), len(other)) - 1) // 2)
    found = leaks([" ".join(one)], [" ".join(other)])
    assert bool(found) == (edit_distance(one, other) <= most)


def test_large_sets_are_no_matter():
    rng = random.Random(0)
    words = [f"word{number}" for number in range(3000)]
    texts = [" ".join(rng.choices(words, k=rng.randint(4, 25))) for _ in range(13_000)]
    started = time.process_time()
    assert leaks(texts[:10_000], texts[10_000:]) == []
    assert time.process_time() - started < 30
    assert leaks(texts[5:8], [texts[6] + " more"]) == [Leak(1, 0, False)]
