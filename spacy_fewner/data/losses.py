"""What a format cannot hold of samples, counted, so that it can be said."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from ..types import Sample
from .classes.table_out import kept_rows, without_a_place
from .formats.conll_out import kept_lines
from .formats.jsonl import left_out
from .formats.segmented.words_out import lost_in_words
from .formats.sources.conll_lines import ConllLines

Target = Literal["jsonl", "json", "conll", "conllu", "words", "csv", "tsv", "spacy", "geic"]

_NAMES = {
    **{"jsonl": "JSONL", "json": "JSON", "spacy": "a DocBin", "conll": "CoNLL", "geic": "GEIC"},
    **{"csv": "CSV", "tsv": "TSV", "conllu": "CoNLL-U", "words": "words"},
}
_MOST = 12  # kinds named


def not_kept(samples: Iterable[Sample], target: Target) -> str:
    """ "not kept in CoNLL: doc.ents 12, meta 6"; "" if all is kept.

    Counts what the files that the samples were read from hold beside them, where the target is of
    another format or cannot hold it beside what has changed, and those parts of samples that it
    has no place for.
    """
    samples = list(samples)
    found = left_out(samples) if target in ("jsonl", "json") else Counter[str]()
    columns_end = (target == "conll" and kept_lines(samples) is None) or (
        target in ("csv", "tsv") and kept_rows(samples) is None
    )
    for sample in samples:
        if sample.source is not None and (columns_end or target not in sample.source.formats):
            found += sample.source.extras()
        if target in ("csv", "tsv"):
            found += without_a_place(sample)
        if target in ("conll", "conllu", "words", "geic"):
            found += _without_a_place(sample, target)
    found = +found
    if not found:
        return ""
    named = [f"{what} {count}" for what, count in found.most_common(_MOST)]
    more = f", {len(found) - _MOST} more kinds" if len(found) > _MOST else ""
    return f"not kept in {_NAMES[target]}: {', '.join(named)}{more}"


def _without_a_place(sample: Sample, target: Target) -> Counter[str]:
    lost = Counter(cats=len(sample.cats), weight=int(sample.weight != 1), meta=len(sample.meta))
    lost["scores"] = sum(span.score is not None for span in sample.spans)
    if target == "geic":
        lost["meta"] -= "id" in sample.meta
        lost["tokens"] = len(sample.tokens or ())
    elif target == "words":
        lost += lost_in_words(sample)
    elif target == "conllu":
        lost["meta"] -= "sent_id" in sample.meta
    elif sample.tokens is not None and not isinstance(sample.source, ConllLines):
        words = [sample.text[start:end] for start, end in sample.tokens]
        lost["spacing of texts"] = int(" ".join(filter(str.strip, words)) != sample.text)
    return +lost
