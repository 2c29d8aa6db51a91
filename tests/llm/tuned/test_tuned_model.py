"""A causal model in this process: the same answers as `generate` gives, in batches, by threads."""

import copy
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tuned_helpers import made_base, questions, tiny_adapter

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.tuned.card import read_card
from spacy_fewner.llm.tuned.model import TunedModel
from spacy_fewner.llm.tuned.shared import _bases
from spacy_fewner.llm.types import Message, Prompt


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = made_base(tmp_path_factory.mktemp("base"))
    keeper = TunedModel(path)
    assert keeper.opened  # so that each test finds it loaded
    yield path


@pytest.fixture(scope="module")
def adapter(base: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_adapter(Path(base), tmp_path_factory.mktemp("adapter")))


def test_answers_are_those_of_generate(base: str):
    import torch

    model = TunedModel(base, max_tokens=20)
    opened = model.opened
    for prompt, reply in zip(questions(), model.ask_all(questions()), strict=True):
        tokens = opened.generator.chats.tokens(prompt.messages)
        ids = torch.tensor([tokens])
        made = opened.base.base.model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=20, do_sample=False
        )
        expected = opened.generator.chats.tokenizer.decode(
            made[0, len(tokens) :], skip_special_tokens=True
        )
        assert reply.text == expected
        assert reply.prompt_tokens == len(tokens)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_other_prompts_of_a_batch_change_nothing(base: str, temperature: float):
    how = {"max_tokens": 16, "temperature": temperature, "seed": 3}
    together = TunedModel(base, batch=5, **how).ask_all(questions())
    alone = TunedModel(base, batch=1, **how).ask_all(reversed(questions()))
    assert together == alone[::-1]
    assert len({reply.text for reply in together}) > 3


def test_threads_get_the_answers_to_their_questions(base: str):
    model = TunedModel(base, max_tokens=8, batch=4)
    with ThreadPoolExecutor(9) as threads:
        asked = list(threads.map(model.ask, questions()))
    assert asked == TunedModel(base, max_tokens=8).ask_all(questions())


def test_samples_differ_and_come_again(base: str):
    messages = questions()[0].messages
    prompts = [Prompt(messages, sample=number) for number in range(4)]
    how = {"max_tokens": 12, "temperature": 1.5, "top_p": 0.9}
    first = TunedModel(base, **how).ask_all(prompts)
    assert len({reply.text for reply in first}) == 4
    assert TunedModel(base, **how).ask_all(prompts) == first
    assert TunedModel(base, **how, seed=1).ask_all(prompts) != first


def test_a_client_takes_it(base: str):
    replies = list(Client(TunedModel(base, max_tokens=4)).complete(questions()))
    assert [reply.completion_tokens for reply in replies] == [4] * len(replies)
    assert all(reply.finish == "length" and reply.key for reply in replies)


def test_adapters_share_their_base(base: str, adapter: str, tmp_path: Path):
    other = str(tiny_adapter(Path(base), tmp_path, seed=2))
    models = [TunedModel(path, max_tokens=12) for path in (base, adapter, other)]
    first = [model.ask_all(questions()) for model in models]
    assert first[0] != first[1] != first[2]
    assert len({id(model.opened.base) for model in models}) == 1
    assert [model.ask_all(questions()) for model in reversed(models)] == first[::-1]


def test_a_folder_tuned_anew_is_read_anew(base: str, tmp_path: Path):
    held = TunedModel(str(tiny_adapter(Path(base), tmp_path, seed=2)), max_tokens=12)
    first = held.ask_all(questions())
    again = TunedModel(str(tiny_adapter(Path(base), tmp_path, seed=3)), max_tokens=12)
    assert again.ask_all(questions()) != first == held.ask_all(questions())


def test_a_base_goes_with_its_last_model(tmp_path: Path):
    path = made_base(tmp_path)
    model = TunedModel(path, max_tokens=2)
    model.ask_all(questions()[:1])
    assert any(str(tmp_path) in key[0] for key in _bases)
    model.close()
    assert not any(str(tmp_path) in key[0] for key in _bases)


def test_identity_is_of_the_content(base: str, adapter: str, tmp_path: Path):
    import shutil

    shutil.copytree(adapter, tmp_path / "elsewhere")
    identity = TunedModel(adapter).identity
    assert TunedModel(str(tmp_path / "elsewhere")).identity == identity
    assert identity != TunedModel(base).identity
    assert identity != TunedModel(adapter, max_tokens=7).identity
    changed = tmp_path / "elsewhere" / "adapter_config.json"
    changed.write_text(changed.read_text() + " ")
    assert TunedModel(str(tmp_path / "elsewhere")).identity != identity


def test_a_prompt_longer_than_the_context_gets_an_error(base: str):
    model = TunedModel(base, max_tokens=4)
    long, short = Prompt((Message("user", "x" * 5000),)), questions()[0]
    replies = model.ask_all([long, short])
    assert "must fit into the model's context of 2048 tokens" in replies[0].error
    assert replies[1] == model.ask(short)


def test_an_answer_may_fill_the_context(base: str):
    prompt = Prompt((Message("user", "x" * 2010),))
    reply = TunedModel(base, max_tokens=500).ask(prompt)
    assert reply.finish == "length" or reply.finish == "stop"
    assert reply.prompt_tokens + reply.completion_tokens <= 2048


def test_a_model_that_only_repeats_is_cut_short(tmp_path: Path):
    model = TunedModel(made_base(tmp_path), max_tokens=400)
    for name, weights in model.opened.base.base.model.named_parameters():
        if "o_proj" in name or "down_proj" in name:
            weights.data.zero_()  # so that each token is answered by itself
    reply = model.ask(questions()[0])
    assert (reply.finish, reply.completion_tokens, set(reply.text)) == ("length", 24, {"\n"})


def test_no_chat_template(tmp_path: Path):
    with pytest.raises(FewnerError, match="must have a tokenizer with a chat template"):
        TunedModel(made_base(tmp_path, template=None)).ask_all(questions())


def test_an_adapter_of_another_base(adapter: str, tmp_path: Path):
    other = made_base(tmp_path, seed=5)
    with pytest.raises(FewnerError, match="must have been tuned on this base"):
        TunedModel(adapter, base=other).ask_all(questions())


def test_a_base_that_moved(base: str, tmp_path: Path):
    import shutil

    moved = tmp_path / "moved"
    shutil.copytree(base, tmp_path / "first")
    folder = tiny_adapter(tmp_path / "first", tmp_path / "adapter")
    shutil.move(tmp_path / "first", moved)
    with pytest.raises(FewnerError, match=r"base: .*adapter was tuned on.*must be there.*Put it"):
        TunedModel(str(folder)).ask_all(questions())
    assert TunedModel(str(folder), base=str(moved), max_tokens=2).ask_all(questions())


def test_an_adapter_whose_settings_name_another_rank(base: str, tmp_path: Path):
    folder = tiny_adapter(Path(base), tmp_path)
    config = folder / "adapter_config.json"
    config.write_text(config.read_text().replace('"r": 4', '"r": 8'))
    with pytest.raises(FewnerError, match="must have an adapter of this base"):
        TunedModel(str(folder)).ask_all(questions())


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors"])
def test_an_adapter_of_which_a_file_is_gone(base: str, tmp_path: Path, name: str):
    folder = tiny_adapter(Path(base), tmp_path)
    (folder / name).unlink()
    with pytest.raises(FewnerError, match=f"path: must have {name}; got .*without it"):
        TunedModel(str(folder)).ask_all(questions())


def test_a_damaged_card_is_told_from_none(base: str, tmp_path: Path):
    folder = tiny_adapter(Path(base), tmp_path)
    (folder / "tuned.json").write_text('{"base": ')
    with pytest.raises(FewnerError, match=r"path: must have its tuned\.json as `distill` wrote it"):
        TunedModel(str(folder)).ask_all(questions())
    with pytest.raises(FewnerError, match=r"got .*without a tuned\.json"):
        read_card(base)


def test_a_base_goes_with_an_adapter_alone(base: str):
    with pytest.raises(FewnerError, match="base: goes with an adapter"):
        TunedModel(base, base=base).ask_all(questions())


def test_a_model_that_is_no_adapter_is_at_fault_itself(tmp_path: Path):
    bare = made_base(tmp_path / "bare", template=None)
    with pytest.raises(FewnerError, match="path: must have a tokenizer with a chat template"):
        TunedModel(bare).ask_all(questions())
    with pytest.raises(FewnerError, match="path: must be a causal language model"):
        TunedModel(str(tmp_path)).ask_all(questions())


def test_an_adapter_is_no_base(base: str, tmp_path: Path):
    folder = tiny_adapter(Path(base), tmp_path / "one")
    other = tiny_adapter(Path(base), tmp_path / "other", seed=2)
    with pytest.raises(FewnerError, match=r"base: must be a whole model; got .*other, an adapter"):
        TunedModel(str(folder), base=str(other)).ask_all(questions())


def test_a_copy_answers_alike(base: str, tmp_path: Path):
    model = TunedModel(str(tiny_adapter(Path(base), tmp_path)), max_tokens=4)
    said = [one.text for one in model.ask_all(questions())]
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [one.text for one in other.ask_all(questions())] == said
        assert other.identity == model.identity


def test_nothing_at_the_path():
    with pytest.raises(FewnerError, match="path: must be a folder or a GGUF file"):
        TunedModel("/no/such/folder")
