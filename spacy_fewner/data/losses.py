"""What a format cannot hold of samples, counted, so that it can be said."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from ..types import Sample
from .classes.table_out import kept_rows, without_a_place
from .formats.conll_out import kept_lines
from .formats.jsonl import left_out
from .formats.segmented.words_out import lost_in_words
from .formats.sources.conll_lines import ConllLines
from .tokens.joining import usual_joiner
from .tokens.pipeline import blank_pipeline

if TYPE_CHECKING:
    from spacy.language import Language

Target = Literal["jsonl", "json", "conll", "conllu", "words", "csv", "tsv", "spacy", "geic"]

_NAMES = {
    **{"jsonl": "JSONL", "json": "JSON", "spacy": "a DocBin", "conll": "CoNLL", "geic": "GEIC"},
    **{"csv": "CSV", "tsv": "TSV", "conllu": "CoNLL-U", "words": "words"},
}
_MOST = 12  # kinds named


def not_kept(samples: Iterable[Sample], target: Target, nlp: "Language | None" = None) -> str:
    """ "not kept in CoNLL: doc.ents 12, meta 6"; "" if all is kept.

    Counts what the files that the samples were read from hold beside them, where the target is of
    another format or cannot hold it beside what has changed, and those parts of samples that it
    has no place for.
    nlp: as in `write_conll`.
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
    if target == "conll":
        found["spacing of texts"] += _spaced_otherwise(samples, nlp or blank_pipeline())
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
    return +lost


def _spaced_otherwise(samples: Sequence[Sample], nlp: "Language") -> int:
    """How many texts a reader of columns would not have as they are."""
    others = [one for one in samples if not isinstance(one.source, ConllLines)]
    words = [list(filter(str.strip, _words(one, nlp))) for one in others]
    joiner = usual_joiner(words)
    return sum(joiner.join(own) != one.text for own, one in zip(words, others, strict=True))


def _words(sample: Sample, nlp: "Language") -> list[str]:
    if sample.tokens is None:
        return [token.text for token in nlp.make_doc(sample.text)]
    return [sample.text[start:end] for start, end in sample.tokens]
