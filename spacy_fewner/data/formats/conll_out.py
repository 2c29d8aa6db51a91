"""CoNLL columns out: token TAB BIO tag, or the lines that samples were read from."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FewnerError
from ...types import Sample
from ..alignment import refuse_lost
from ..classes.labels import check_spans_annotated
from ..docs import Alignment, doc_to_sample, samples_to_docs
from ..files import atomic_write
from ..given import as_samples
from ..tokens.pipeline import blank_pipeline
from .conll import DOCUMENT_MARK, samples_in
from .sources.conll_lines import Asked, own_lines
from .tags import OUTSIDE, bio_from_spans

if TYPE_CHECKING:
    from spacy.language import Language


def write_conll(
    samples: Iterable[Sample],
    path: str | Path,
    *,
    nlp: "Language | None" = None,
    alignment: Alignment = "strict",
) -> None:
    """Write token TAB BIO tag, a blank line after each sample; spaces are no tokens.

    nlp: tokenizes the samples that have no tokens; a multi-language tokenizer if None.
    alignment: of spans with an edge inside a token: "strict" refuses them.
    Samples that were read from a column file, and not changed, are the lines they were, with all
    columns. Raises FewnerError for spans that nest, cross or cut a token and for samples without a
    token, and for texts that were not annotated for spans: CoNLL cannot hold them. Scores, cats,
    meta and weight are not written.
    """
    nlp = nlp or blank_pipeline()
    samples = as_samples(samples, "samples")
    check_spans_annotated(samples, "CoNLL")
    lines = kept_lines(samples)
    if lines is None:
        docs, misaligned = samples_to_docs(samples, nlp, alignment=alignment)
        refuse_lost(misaligned, samples, nlp)
        lines = _blocks(list(map(doc_to_sample, docs)), [sample.place for sample in samples])
    atomic_write(Path(path), lines.encode("utf-8"))


def kept_lines(samples: Sequence[Sample]) -> str | None:
    """The lines that the samples were read from; None if they do not say the same any more."""
    own = own_lines(samples)
    if own is None or not _reads_as(own, samples, samples[0].source.asked):
        return None
    return own


def _blocks(samples: Sequence[Sample], places: Sequence[str]) -> str:
    """Token and tag of samples that have tokens; places: what errors call them."""
    lines = "".join(
        _block(sample, place or f"samples[{index}]")
        for index, (sample, place) in enumerate(zip(samples, places, strict=True))
    )
    if samples and not _reads_as(lines, samples, Asked()):
        raise FewnerError(
            "samples",
            "tokens and labels must be read again as written",
            "some that a column file cannot tell from a tag, a comment or a mark",
            "Write .jsonl or .spacy.",
        )
    return lines


def _reads_as(text: str, samples: Sequence[Sample], asked: Asked) -> bool:
    """Whether tokens and spans of the samples would be read from the text."""
    if text.startswith("\ufeff"):  # which a reader takes for a byte order mark
        return False
    try:
        read = samples_in(text, Path("samples"), asked)
    except FewnerError:
        return False
    return list(map(_tokens_and_spans, read)) == list(map(_tokens_and_spans, samples))


def _tokens_and_spans(sample: Sample) -> tuple[list[str], set[tuple[int, int, str]]]:
    """Words, and the first and last one of each span with its label."""
    held = [(s, e) for s, e in sample.tokens or () if sample.text[s:e].strip()]
    first = {start: number for number, (start, _) in enumerate(held)}
    last = {end: number for number, (_, end) in enumerate(held)}
    words = [sample.text[start:end] for start, end in held]
    spans = {(first.get(s.start, -1), last.get(s.end, -1), s.label) for s in sample.spans}
    return words, spans


def _block(sample: Sample, where: str) -> str:
    offsets = sample.tokens or ()
    tokens = [(start, end) for start, end in offsets if sample.text[start:end].strip()]
    if not tokens:
        raise FewnerError(where, "must hold a token", repr(sample.text), "Remove the sample.")
    first = {start: number for number, (start, _) in enumerate(tokens)}
    last = {end: number for number, (_, end) in enumerate(tokens)}
    spans = []
    for span in sample.spans:
        if span.start not in first or span.end not in last:
            raise FewnerError(
                where,
                "spans must begin and end with a token",
                f"{span.surface(sample.text)!r} ({span.label})",
                "Correct its offsets, or give the tokens.",
            )
        spans.append((first[span.start], last[span.end] + 1, span.label))
    words = [sample.text[start:end] for start, end in tokens]
    tags = _tags(spans, len(tokens), sample, where)
    return "".join(f"{word}\t{tag}\n" for word, tag in _checked(words, tags, where)) + "\n"


def _tags(spans: list[tuple[int, int, str]], length: int, sample: Sample, where: str) -> list[str]:
    try:
        return bio_from_spans(spans, length)
    except ValueError as err:
        raise FewnerError(
            where,
            "CoNLL holds neither nested nor crossing spans",
            f"{err} in {sample.text[:60]!r}",
            "Write .jsonl or .spacy, or keep one of the spans.",
        ) from err


def _checked(words: list[str], tags: list[str], where: str) -> Iterable[tuple[str, str]]:
    for word, tag in zip(words, tags, strict=True):
        unwritable = re.search(r"[\t\r\n\ud800-\udfff]", word + tag)
        if unwritable or word == DOCUMENT_MARK or tag != tag.strip():
            raise FewnerError(
                where,
                "tokens and labels must fit a CoNLL column",
                f"{word!r} {tag if tag != OUTSIDE else ''}",
                "Write .jsonl or .spacy.",
            )
        yield word, tag
