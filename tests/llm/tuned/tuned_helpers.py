"""Tiny models with adapters of random weights, as `distill` would leave them."""

from pathlib import Path

from tiny_lm import tiny_base

from spacy_fewner.llm.tuned.base import fingerprint, load_base
from spacy_fewner.llm.tuned.card import TunedCard, write_card
from spacy_fewner.llm.types import Message, Prompt

PASSAGES = ("Ann Lee lives in Rome.", "Paris, the capital of France, is older than Berlin.", "Hi.")
TYPES = ("person", "city", "country")


def tiny_adapter(base: Path, folder: Path, seed: int = 1, rank: int = 4) -> Path:
    """A LoRA adapter whose every weight is random, with its card and tokenizer."""
    import torch
    from peft import LoraConfig, get_peft_model

    loaded = load_base(str(base))
    card = TunedCard(str(base), "", fingerprint(loaded.model), "lora", ("mark_entities.v1",), 256)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = LoraConfig(r=rank, target_modules="all-linear", init_lora_weights=False)
        get_peft_model(loaded.model, config).save_pretrained(str(folder))
    loaded.tokenizer.save_pretrained(folder)
    write_card(folder, card)
    return folder


def made_base(folder: Path, **how) -> str:
    return str(tiny_base(folder, **how))


def questions(passages=PASSAGES, types=TYPES) -> list[Prompt]:
    """One a passage and type, so that many begin alike."""
    return [
        Prompt((Message("system", "Answer."), Message("user", text), Message("user", kind)))
        for text in passages
        for kind in types
    ]
