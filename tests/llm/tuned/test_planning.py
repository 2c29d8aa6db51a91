"""Batches of prompts, and what of them is read once."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.llm.tuned.generating.planning import batches, prefix, sharing

# Few tokens, and pieces long enough to be worth sharing.
PIECE = st.sampled_from([[1] * 20, [2] * 20, [1, 2] * 10, [3], [1]])
PROMPT = st.lists(PIECE, min_size=1, max_size=4).map(
    lambda parts: [x for part in parts for x in part]
)
PROMPTS = st.lists(PROMPT, min_size=1, max_size=12)


@given(PROMPTS, st.integers(1, 5))
def test_each_prompt_is_in_one_batch(prompts: list[list[int]], size: int):
    found = batches(prompts, size)
    assert Counter(at for batch in found for at in batch) == Counter(range(len(prompts)))
    assert all(1 <= len(batch) <= size for batch in found)


@given(PROMPTS)
def test_what_is_shared_is_shared(prompts: list[list[int]]):
    plan = sharing(prompts)
    assert sum(rows for rows, _ in plan.groups) == len(prompts)
    at = 0
    for rows, tokens in plan.groups:
        group = prompts[at : at + rows]
        at += rows
        assert plan.common <= tokens < min(map(len, group))
        assert all(prefix(group[0], one) >= tokens for one in group)
        assert all(prefix(prompts[0], one) >= plan.common for one in group)


def test_questions_about_one_passage_are_read_together():
    system, one, other = [9] * 20, [1] * 30, [2] * 40
    prompts = [[*system, *text, kind] for kind in (3, 4, 5) for text in (one, other)]
    first, second = batches(prompts, 3)
    assert {first[0], first[1], first[2]} == {0, 2, 4}
    plan = sharing([prompts[at] for at in (*first, *second)])
    assert plan.common == len(system)
    assert plan.groups == ((3, 50), (3, 60))


def test_a_prompt_alone_is_read_at_once():
    assert sharing([[1] * 20, [2] * 40]).groups == ((1, 0), (1, 0))
