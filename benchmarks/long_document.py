"""One document of N tokens through a whole `fewner` pipeline: seconds and peak memory.

python -m benchmarks.long_document 50000
Runs in a process of its own, since the peak is that of the process; prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from itertools import cycle
from typing import Any

from benchmarks.datasets import ROOT

STEPS = 60
EXAMPLES = ROOT / "assets/organ/train.jsonl"
TEXTS = ROOT / "assets/organ/unlabelled.jsonl"


def measure(n_tokens: int) -> dict[str, Any]:
    """Annotate a document whole, in one call of nlp(text)."""
    import torch

    from spacy_fewner.spans.component import labeller_of

    torch.set_num_threads(1)
    nlp = small_pipeline()
    text = long_text(nlp, n_tokens)
    nlp.max_length = len(text) + 1
    before, started = peak_mb(), time.process_time()
    doc = nlp(text)
    return {
        "tokens": len(doc),
        "width": labeller_of(nlp).max_width,
        "labels": len(labeller_of(nlp).labels),
        "spans": len(doc.spans["sc"]),
        "seconds": time.process_time() - started,
        "peak_before_mb": before,
        "peak_mb": peak_mb(),
    }


def small_pipeline() -> Any:
    """`fewner` on spaCy's CNN, W = 12, trained a little on the embedded examples."""
    import spacy
    from spacy.training import Example
    from spacy.util import fix_random_seed

    from spacy_fewner.data import read_samples, samples_to_docs

    fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner", config={"max_width": 12})
    golds, _ = samples_to_docs(read_samples(EXAMPLES), nlp)
    examples = [Example(nlp.make_doc(gold.text), gold) for gold in golds]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(STEPS):
        nlp.update(examples, sgd=optimizer)
    return nlp


def long_text(nlp: Any, n_tokens: int) -> str:
    """The unlabelled texts, one after the other and again, until they have n_tokens tokens."""
    rows = TEXTS.read_text(encoding="utf8").splitlines()
    pieces: list[str] = []
    count = 0
    for text in cycle(json.loads(row)["text"] for row in rows):
        if count >= n_tokens:
            return " ".join(pieces)
        pieces.append(text)
        count += len(nlp.make_doc(text))
    raise ValueError(f"{TEXTS} has no texts")


def peak_mb() -> float:
    """The most memory this process has ever held (Linux: ru_maxrss is in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
