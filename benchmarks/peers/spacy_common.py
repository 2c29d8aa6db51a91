"""What the two spaCy peers share: documents, the transformer, the training loop.

The recipe is that of `spacy init config -G`: one Adam for encoder and head with L2 0.01 as weight
decay, gradients clipped at 1, dropout 0.1, rate rising linearly and falling linearly, batches by
padded size. What it leaves to the user is in the arguments: rate, batch size and length, since its
20,000 steps with early stopping on a dev set fit neither 100 sentences nor a fit without dev set.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.training.batchers import minibatch_by_padded_size
from spacy.util import fix_random_seed
from thinc.api import Adam, warmup_linear

from benchmarks.datasets import Sentence
from benchmarks.peers.pieces import ALL, OWN, cut, train_rows
from benchmarks.peers.precision import training_precision

PREDICT_BATCH = 32
LISTENER = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "grad_factor": 1.0,
    "pooling": {"@layers": "reduce_mean.v1"},
    "upstream": "*",
}


def transformer_pipeline(encoder_path: str) -> Language:
    """A blank English pipeline with the encoder in it."""
    nlp = spacy.blank("en")
    nlp.add_pipe("transformer", config={"model": _transformer_model(encoder_path)})
    return nlp


def to_doc(nlp: Language, tokens: Sequence[str], joiner: str = " ") -> Doc:
    """joiner: as of `Sentence`, " " or ""."""
    spaces = [bool(joiner)] * (len(tokens) - 1) + [False]
    return Doc(nlp.vocab, words=list(tokens), spaces=spaces)


def to_examples(
    nlp: Language, sentences: Sequence[Sentence], annotate: Callable[[Doc, list[Span]], None]
) -> list[Example]:
    """Examples whose gold spans `annotate` puts where the component looks for them."""
    examples = []
    for sentence in sentences:
        gold, bare = (to_doc(nlp, sentence.tokens, sentence.joiner) for _ in range(2))
        annotate(gold, [Span(gold, *span) for span in sentence.spans])
        examples.append(Example(bare, gold))
    return examples


def fit(
    nlp: Language,
    examples: list[Example],
    seed: int,
    *,
    lr: float,
    epochs: int,
    batch_words: int,
    warmup: float = 0.1,
    train_precision: str = "float32",
    pieces: str = OWN,
    rows: str = ALL,
    head_lr: float | None = None,
) -> None:
    """Initialize and train all of the pipeline in place, on one thread.

    batch_words: most padded tokens in a batch; warmup: share of the steps;
    train_precision: of the encoder's passes (the rest is Thinc's own and in float32);
    pieces, rows: as of `pieces.cut` and `pieces.train_rows`;
    head_lr: rate of all but the encoder; lr when left out.
    """
    torch.set_num_threads(1)
    fix_random_seed(seed)
    nlp.initialize(lambda: examples)
    encoder = _prepared(nlp, examples, pieces, rows)
    encoder.register_forward_hook(_in_float32)
    order = random.Random(seed)
    batches = [
        batch
        for _ in range(epochs)
        for batch in minibatch_by_padded_size(
            order.sample(examples, len(examples)), size=batch_words
        )
    ]
    shape = (int(warmup * len(batches)), len(batches))
    adams = [_adam(rate, *shape) for rate in (lr, head_lr or lr)]
    optimizer = _of_encoder_and_head(encoder, *adams)
    for batch in batches:
        with training_precision(train_precision):
            nlp.update(batch, drop=0.1, sgd=optimizer)
        for adam in adams:
            adam.step_schedules()
        _release(encoder)


def _adam(lr: float, warmup_steps: int, steps: int) -> Adam:
    rates = list(islice(warmup_linear(lr, warmup_steps, steps), steps))
    return Adam(
        learn_rate=rates, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=False
    )


def _of_encoder_and_head(encoder: torch.nn.Module, of_encoder: Adam, of_head: Adam) -> Any:
    """One optimizer to spaCy, which knows parameters by (number, name)."""
    names = {name for name, _ in encoder.named_parameters()}

    def optimizer(key: tuple[int, str], weights: Any, gradient: Any) -> Any:
        adam = of_encoder if key[1] in names else of_head
        return adam(key, weights, gradient)

    return optimizer


def _prepared(nlp: Language, examples: list[Example], pieces: str, rows: str) -> torch.nn.Module:
    """The encoder, after its pieces and their vectors were set up."""
    model = nlp.get_pipe("transformer").model
    cut(model.tokenizer, pieces)
    encoded = model.tokenizer([example.text for example in examples])["input_ids"]
    train_rows(model.transformer, rows, (piece for ids in encoded for piece in ids))
    return model.transformer


def _in_float32(_module: Any, _inputs: Any, output: Any) -> Any:
    """Thinc reads no bfloat16 arrays."""
    for name, value in output.items():
        if isinstance(value, torch.Tensor):
            output[name] = value.float()
    return output


def _release(encoder: torch.nn.Module) -> None:
    """Let go of the parameters of earlier steps.

    Thinc 8.3's PyTorchShim makes each step's array the parameter's data, which then holds on to the
    one before, so memory grows with every step.
    """
    for parameter in encoder.parameters():
        parameter.data = parameter.data.clone()


def annotated(nlp: Language, test_tokens: Sequence[Sequence[str]], joiner: str = " ") -> list[Doc]:
    """One annotated Doc per sentence, in the order given; run in the order of length."""
    docs = [to_doc(nlp, tokens, joiner) for tokens in test_tokens]
    by_length = sorted(docs, key=len)
    for doc in nlp.pipe(by_length, batch_size=PREDICT_BATCH):
        doc._.trf_data = None  # states of thousands of documents would fill the memory
    return docs


def _transformer_model(encoder_path: str) -> dict[str, Any]:
    return {
        "@architectures": "spacy-transformers.TransformerModel.v3",
        "name": encoder_path,
        "tokenizer_config": {"use_fast": True},
        "get_spans": {
            "@span_getters": "spacy-transformers.strided_spans.v1",
            "window": 128,
            "stride": 96,
        },
    }
