"""A causal language model of random weights with a tokenizer of its own, made in a second, and rows
that it learns by heart in seconds."""

from pathlib import Path

from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.llm.types import Message

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PAD, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
CONTEXT = 2048  # tokens
CITIES = ("Lima", "Oslo", "Rome", "Bonn", "Cairo", "Paris", "Delhi", "Quito")
_WORDS = ["system user assistant Name the city of Read text and answer entities json " * 8]


def tiny_base(folder: Path, template: str | None = CHATML, seed: int = 0) -> Path:
    """A folder as `save_pretrained` writes it: Llama of two layers, 64 wide, bytes and a few words
    as its vocabulary; the same for the same seed. template: of chats; None for a model without."""
    tiny_tokenizer(template).save_pretrained(folder)
    tiny_model(seed=seed).save_pretrained(folder)
    return folder


def tiny_model(attention: str = "sdpa", seed: int = 0):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = tiny_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        tie_word_embeddings=True,
        initializer_range=0.3,  # wider than usual, or an adapter could not move it
        attn_implementation=attention,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(config).eval()


def memorising_rows(copies: int = 1) -> list[ChatRow]:
    """Eight short chats with an answer each, such as "Name the city of 3." and "Bonn"."""
    return [row(f"Name the city of {at}.", city) for at, city in enumerate(CITIES)] * copies


def row(asked: str, answer: str, **meta: object) -> ChatRow:
    return ChatRow((Message("user", asked), Message("assistant", answer)), dict(meta))


def tiny_tokenizer(template: str | None = CHATML):
    """Bytes, a few words, and the tokens of ChatML."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=[PAD, START, END],
        initial_alphabet=alphabet,
        show_progress=False,
    )
    made.train_from_iterator([*_WORDS, " ".join(CITIES)], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token=PAD, eos_token=END, chat_template=template
    )
