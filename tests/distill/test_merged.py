"""Tuned models merged with their base: as transformers writes them, and as GGUF files."""

import importlib.util
from pathlib import Path

import pytest
from tiny_gguf import tiny_gguf
from tiny_lm import tiny_base
from tuned_helpers import questions, tiny_adapter

from spacy_fewner.distill.merged.export import export_merged
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.models.local import LocalModel
from spacy_fewner.llm.tuned.base import load_base
from spacy_fewner.llm.tuned.card import TunedCard, write_card
from spacy_fewner.llm.tuned.model import TunedModel


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_adapter(base, tmp_path_factory.mktemp("adapter"))


@pytest.fixture(scope="module")
def from_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter whose base is a GGUF file."""
    folder = tmp_path_factory.mktemp("gguf")
    return tiny_adapter(tiny_gguf(folder / "base.gguf"), folder / "adapter")


def answers(path: Path) -> list[str]:
    return [one.text for one in TunedModel(str(path), max_tokens=16).ask_all(questions())]


def test_a_merged_folder_answers_as_the_adapter(base: Path, adapter: Path, tmp_path: Path):
    made = export_merged(adapter, tmp_path / "merged", stored="float32")
    assert answers(made.folder) == answers(adapter) != answers(base)
    assert not (made.folder / "tuned.json").exists() and made.gguf is None
    from transformers import AutoModelForCausalLM, AutoTokenizer

    assert AutoModelForCausalLM.from_pretrained(str(made.folder)).dtype is not None
    assert AutoTokenizer.from_pretrained(str(made.folder)).chat_template


def test_weights_are_stored_as_those_of_the_base(base: Path, adapter: Path, tmp_path: Path):
    import torch
    from transformers import AutoConfig

    for stored, expected in (("auto", torch.float32), ("bfloat16", torch.bfloat16)):
        made = export_merged(adapter, tmp_path / stored, stored=stored)
        assert AutoConfig.from_pretrained(str(made.folder)).torch_dtype == expected


def test_a_gguf_file_has_the_merged_weights(from_gguf: Path, tmp_path: Path):
    import torch

    made = export_merged(from_gguf, tmp_path / "merged", stored="float32", gguf=True)
    merged = load_base(str(made.folder)).model.state_dict()
    written = load_base(str(made.gguf)).model.state_dict()
    assert merged.keys() == written.keys()
    for name, weights in merged.items():
        assert torch.equal(weights.half(), written[name].half()), name
    first = load_base(str(from_gguf.parent / "base.gguf")).model.state_dict()
    assert any(not torch.equal(first[name].half(), written[name].half()) for name in first)


@pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="xllamacpp (extra local) is not installed"
)
def test_llama_cpp_answers_as_the_tuned_model(from_gguf: Path, tmp_path: Path):
    made = export_merged(from_gguf, tmp_path / "merged", gguf=True)
    tuned = TunedModel(str(from_gguf), max_tokens=6)
    local = LocalModel(str(made.gguf), max_tokens=6, temperature=0.0, context=512, threads=1)
    pairs = [
        (one.text, local.ask(asked).text)
        for one, asked in zip(tuned.ask_all(questions()), questions(), strict=True)
    ]
    local.close()
    # Its weights are random: it says halves of characters, and two tokens may be as likely; of
    # tokenizers out of GGUF files transformers drops a space at the beginning.
    plain = [[one.replace("\ufffd", "").strip() for one in pair] for pair in pairs]
    assert sum(one == other for one, other in plain) >= 7, pairs


def test_a_fully_tuned_model_is_copied(base: Path, tmp_path: Path):
    whole = tiny_base(tmp_path / "whole", seed=4)
    write_card(whole, TunedCard(str(base), "", "", "full", (), 256))
    made = export_merged(whole, tmp_path / "merged")
    assert answers(made.folder) == answers(whole)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"gguf": True}, "base: must be a GGUF file"),
        ({"stored": "int8"}, "stored: must be one of"),
        ({"base": "/no/such.gguf"}, "base: .*was tuned on a model that must be there"),
    ],
)
def test_what_cannot_be_exported(adapter: Path, tmp_path: Path, how: dict, said: str):
    with pytest.raises(FewnerError, match=said):
        export_merged(adapter, tmp_path / "out", **how)
    assert not (tmp_path / "out").exists()


def test_another_base_or_no_tuned_model(adapter: Path, base: Path, tmp_path: Path):
    other = tiny_base(tmp_path / "other", seed=9)
    with pytest.raises(FewnerError, match="must have been tuned on this base"):
        export_merged(adapter, tmp_path / "out", base=str(other))
    with pytest.raises(FewnerError, match=r"path: must be a folder that `distill` wrote"):
        export_merged(base, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_architecture_is_named(tmp_path: Path):
    folder = tiny_adapter(tiny_base(tmp_path / "base"), tmp_path / "adapter")
    odd = tiny_gguf(tmp_path / "odd.gguf", "gemma")
    with pytest.raises(FewnerError, match=r"must be a GGUF file of llama.*gemma"):
        export_merged(folder, tmp_path / "out", base=str(odd), gguf=True)
