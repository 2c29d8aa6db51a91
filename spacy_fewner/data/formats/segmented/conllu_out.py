"""CoNLL-U out: the lines that samples were read from. Others have no lemmas, heads and relations,
which CoNLL-U is for."""

from collections.abc import Iterable
from pathlib import Path

from ....errors import FewnerError
from ....types import Sample
from ...files import atomic_write
from ...given import as_samples
from ..sources.conllu_lines import own_block


def write_conllu(samples: Iterable[Sample], path: str | Path) -> None:
    """Write sentences of CoNLL-U again, as they were read.

    Raises FewnerError for samples that were not read from CoNLL-U, or were changed.
    """
    samples = as_samples(samples, "samples")
    blocks = [_own(sample, sample.place or f"samples[{n}]") for n, sample in enumerate(samples)]
    atomic_write(Path(path), "".join(blocks).encode("utf-8"))


def _own(sample: Sample, where: str) -> str:
    block = own_block(sample)
    if block is None:
        rule = "CoNLL-U is only written of sentences that were read from it, unchanged"
        remedy = "Write .conll, .jsonl or .spacy; words without tags also .words."
        raise FewnerError(where, rule, repr(sample.text[:60]), remedy)
    return block
