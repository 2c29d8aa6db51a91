"""Answers that only repeat themselves."""

import pytest

from spacy_fewner.llm.tuned.generating.repeats import repeats


@pytest.mark.parametrize("part", [[1], [1, 2], [1, 2, 3, 4, 5, 6, 7], list(range(40))])
def test_copies_of_one_part_are_a_loop(part: list[int]):
    copies = part * max(4, -(-24 // len(part)))
    assert repeats([8, 9, *copies])
    assert not repeats([8, 9, *copies[:-1]])


def test_a_few_equal_signs_are_no_loop():
    assert not repeats([1, 1, 1, 1])


def test_what_the_prompt_repeats_may_be_repeated():
    loop = [5, 6] * 12
    assert repeats(loop, [1, 2, 3])
    assert not repeats(loop, [1, *loop, 2])
