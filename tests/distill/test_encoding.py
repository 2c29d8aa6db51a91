"""What is learnt of rows: read back from the labels."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_lm import CHATML, row, tiny_tokenizer

from spacy_fewner.distill.tuning.tokens.encoding import IGNORED, TOO_LONG, RowEncoder
from spacy_fewner.distill.tuning.tokens.templates import set_template
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.llm.types import Message

LLAMA3 = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n\n{{ m.content | trim }}<|im_end|>"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n\n{% endif %}"
)
TURNS = (
    Message("system", "Be brief."),
    Message("user", "Lima\nOslo"),
    Message("assistant", "I've read this text."),
    Message("user", "What describes city?"),
    Message("assistant", '["Lima"]'),
    Message("user", "What describes [END]?"),
    Message("assistant", "[]"),
)


def learnt(encoder: RowEncoder, one: ChatRow) -> list[str]:
    """Runs of labels as text."""
    encoded = encoder.encode(one)
    runs: list[list[int]] = [[]]
    for token, label in zip(encoded.ids, encoded.labels, strict=True):
        assert label in (IGNORED, token)
        if label == IGNORED:
            runs.append([])
        else:
            runs[-1].append(label)
    return [encoder.tokenizer.decode(run) for run in runs if run]


@pytest.mark.parametrize("template", [CHATML, LLAMA3])
def test_answers_and_the_ends_of_their_turns_are_learnt_and_nothing_else(template: str):
    encoder = RowEncoder(tiny_tokenizer(template), 2048)
    one = ChatRow(TURNS, answers=(4, 6))
    assert learnt(encoder, one) == ['["Lima"]<|im_end|>', "[]<|im_end|>"]
    assert learnt(encoder, ChatRow(TURNS)) == ["[]<|im_end|>"]


def test_all_before_an_answer_is_as_the_model_is_asked():
    encoder = RowEncoder(tiny_tokenizer(), 2048)
    encoded = encoder.encode(ChatRow(TURNS, answers=(4, 6)))
    asked = [{"role": one.role, "content": one.content} for one in TURNS[:6]]
    chat = encoder.tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
    prompt = encoder.tokenizer(chat, add_special_tokens=False).input_ids
    assert encoded.ids[: len(prompt)] == prompt
    assert all(label != IGNORED for label in encoded.labels[len(prompt) :])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
def test_any_text_comes_back(turns: list[tuple[str, str]]):
    messages = [
        Message(role, text)
        for asked, told in turns
        for role, text in (("user", asked), ("assistant", told))
    ]
    one = ChatRow(tuple(messages), answers=tuple(range(1, len(messages), 2)))
    encoded = ENCODER.encode(one)
    said = [token for token in encoded.labels if token != IGNORED]
    assert ENCODER.tokenizer.decode(said) == "".join(f"{told}<|im_end|>" for _, told in turns)


ENCODER = RowEncoder(tiny_tokenizer(), 2048)


def test_longer_rows_are_counted_and_never_cut():
    rows = [row("Name a city.", "Lima"), row("Name a city." * 9, "Oslo", task="mark")]
    length = len(ENCODER.encode(rows[0]))
    found = RowEncoder(ENCODER.tokenizer, length).encode_all(rows)
    assert found.rows == rows[:1] and [len(one) for one in found.encoded] == [length]
    assert [(one.reason, one.meta) for one in found.rejects] == [(TOO_LONG, {"task": "mark"})]
    assert found.rejects[0].detail.startswith("row 2: ")


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ("{% for m in messages %}{{ m.content }}\n{% endfor %}", "at the end of a turn"),
        ("{{ messages | length }}<|im_end|>", "an answer as it is"),
        ("{{ raise_exception('no system') }}", "must take the messages"),
        ("{% for m in messages %}", "must take the messages"),
    ],
)
def test_templates_that_cannot_be_learnt_from_are_refused(template: str, rule: str):
    with pytest.raises(FewnerError, match=rule) as caught:
        RowEncoder(tiny_tokenizer(template), 2048).encode(row("a", "b"))
    assert "chatml" in caught.value.remedy


def test_a_tokenizer_without_a_template_gets_one(tmp_path: Path):
    tokenizer = tiny_tokenizer(None)
    with pytest.raises(FewnerError, match="chat template") as caught:
        set_template(tokenizer, "")
    assert "--chat-template chatml" in caught.value.remedy
    set_template(tokenizer, "chatml")
    assert learnt(RowEncoder(tokenizer, 99), row("a", "b")) == ["b<|im_end|>"]
    (tmp_path / "own.jinja").write_text(LLAMA3)
    set_template(tokenizer, str(tmp_path / "own.jinja"))
    assert tokenizer.chat_template == LLAMA3


def test_chatml_ends_turns_with_a_token_that_is_there():
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    vocabulary = {"</s>": 0, "a": 1}
    plain = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(vocabulary, "a")), eos_token="</s>"
    )
    set_template(plain, "chatml")
    assert "</s>\n" in plain.chat_template and "im_end" not in plain.chat_template
