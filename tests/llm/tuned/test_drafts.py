"""Guesses at what an answer copies: fewer steps, the same answers."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tuned_helpers import PASSAGES, made_base, questions

from spacy_fewner.llm.tuned.generating.drafts import Drafts
from spacy_fewner.llm.tuned.generating.reading import Reading
from spacy_fewner.llm.tuned.model import TunedModel
from spacy_fewner.llm.types import Message, Prompt

TOKENS = st.lists(st.integers(0, 3), max_size=12)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = made_base(tmp_path_factory.mktemp("base"))
    keeper = TunedModel(path)
    assert keeper.opened
    yield path


@given(TOKENS, TOKENS, st.integers(0, 10))
def test_a_guess_is_a_piece_of_the_prompt(prompt: list[int], answer: list[int], most: int):
    drafts = Drafts(prompt)
    guess = drafts.guess(answer, most)
    assert len(guess) <= most
    if guess:
        piece = [answer[-1], *guess]
        assert any(prompt[at : at + len(piece)] == piece for at in range(len(prompt)))


def test_a_copy_with_marks_is_found_again():
    drafts, answer, right = Drafts([9, 1, 2, 3, 4, 5, 6, 7, 8]), [1], 0
    for token in (2, 3, 77, 4, 5, 78, 6, 7, 8):
        guess = drafts.guess(answer, 8)
        is_right = guess[:1] == [token]
        drafts.learn(int(is_right), len(guess))
        right += is_right
        answer.append(token)
    assert right == 5  # all but the marks, and the words behind them


def test_copies_follow_the_text_and_not_an_earlier_one():
    drafts = Drafts([1, 2, 3, 0, 1, 2, 4, 1, 2, 5])
    assert drafts.guess([0, 1], 2) == [2, 4]
    drafts.learn(2, 2)
    assert drafts.guess([0, 1, 2, 4, 1, 2], 1) == [5]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_answers_are_the_same_in_fewer_steps(base: str, temperature: float):
    model, plain = (TunedModel(base, temperature=temperature, max_tokens=80) for _ in range(2))
    plain.opened.generator.drafts = False
    steps: list[int] = []
    found = []
    for one in (model, plain):
        with pytest.MonkeyPatch.context() as patch:
            steps.append(0)
            patch.setattr(Reading, "read", _counted(Reading.read, steps))
            found.append(one.ask_all(copies()))
    assert found[0] == found[1] and steps[0] < 0.7 * steps[1]
    assert model.ask_all(questions()) == plain.ask_all(questions())


def copies() -> list[Prompt]:
    """Questions whose answer can be nothing but the passage."""
    return [
        Prompt((Message("user", f"Copy: {text}"),), grammar=f"root ::= {json.dumps(text)}")
        for text in PASSAGES
    ]


def _counted(read, steps: list[int]):
    def counting(self, pieces, last=1):
        steps[-1] += 1
        return read(self, pieces, last)

    return counting


def test_prompts_may_be_short(base: str):
    assert TunedModel(base, max_tokens=3).ask(Prompt(questions()[0].messages[:1])).text is not None
